// Rows in one call whose keys PostgreSQL considers equal are written one after the other, however the keys are spelled.
import { describe, expect, test } from "bun:test";
import { loadSchema, scope, updateMany, upsert, upsertMany } from "../../src/index.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const MOMENT = "2026-01-02 03:04:05.000006+00";
const TYPES: readonly (readonly [name: string, type: string, one: unknown, same: unknown, other: unknown])[] =
  [
    ["numerics", "numeric", "1.0", "1.00", "1.01"],
    ["powers", "numeric", "1e2", 100n, "1e3"],
    ["nans", "numeric", "NaN", "NaN", "Infinity"],
    ["prices", "money", "1.5", "1.50", "1.51"],
    ["bigs", "int8", "7", "007", "8"],
    ["doubles", "float8", 0, -0, 5e-324],
    ["singles", "float4", 0.1, Math.fround(0.1), 0.2],
    [
      "moments",
      "timestamptz",
      MOMENT,
      "2026-01-02T05:04:05.000006+02:00",
      "2026-01-02T05:04:05.000007+02:00",
    ],
    [
      "dates",
      "timestamptz",
      new Date("2026-01-02T03:04:05Z"),
      "2026-01-02 03:04:05+00",
      "2026-01-02 03:04:05.001+00",
    ],
    ["locals", "timestamp", "2026-01-02 03:04:05", "2026-01-02T03:04:05.000", "infinity"],
    ["days", "date", "0099-01-02 BC", "0099-01-02 BC", "0099-01-02"],
    ["times", "time", "03:04", "03:04:00", "03:04:01"],
    ["spans", "interval", "1 day", "24:00:00", "25:00:00"],
    ["chars", "char(3)", "a", "a  ", "b"],
    ["words", "citext", "Ab", "aB", "b"],
    ["names", `text collate "nocase"`, "Ab", "aB", "b"],
    [
      "ids",
      "uuid",
      "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
      "{a0eebc999c0b4ef8bb6d6bb9bd380a11}",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12",
    ],
    ["hosts", "inet", "10.0.0.1", "10.0.0.1/32", "10.0.0.1/31"],
    ["docs", "jsonb", { a: 1, b: 1 }, { b: 1, a: 1 }, { a: 1 }],
    ["ranges", "int4range", "[1,2]", { lower: 1, upper: 3, bounds: "[)" }, "[1,3]"],
    ["lists", "numeric[]", ["1.0"], ["1.00"], ["1.0", "1"]],
    ["pairs", "pair", { a: "1.0", b: "x" }, { a: "1.00", b: "x" }, { a: "1.0", b: "y" }],
  ];

const { sql, schema, plain } = await testTables(
  `create extension if not exists citext; create type pair as (a numeric, b text);
   create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
   create table plain (id int primary key, x int);
   create table tenant_names (tenant int, k text collate nocase, x int, primary key (tenant, k));
   create table tenant_numbers (tenant int, k numeric, x int, primary key (tenant, k));
   create table tenants (tenant int primary key, x int);
   create table both_keys (a numeric, b int, x int, primary key (a, b));
   ${TYPES.map(([name, type]) => `create table ${name} (k ${type} primary key, x int, y int)`).join(";")}`,
  `truncate tenant_names, tenant_numbers, tenants, both_keys, plain, ${TYPES.map(([name]) => name).join(", ")}`,
);

describe.each(TYPES)("%s: %s", (table, _type, one, same, other) => {
  const rows = [
    { k: one, x: 1, y: 1 },
    { k: other, x: 2, y: 2 },
    { k: same, x: 3, y: 3 },
  ];
  const stored = (): Promise<unknown[][]> => plain(`select x, y from ${table} order by x`);

  test("the last row wins, each row counts, and rows are returned in input order", async () => {
    expect(await upsertMany(sql, schema, table, rows)).toBe(3);
    expect(await stored()).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(await upsertMany(sql, schema, table, rows, { returning: ["x"] })).toEqual([
      { x: 1 },
      { x: 2 },
      { x: 3 },
    ]);
    expect(
      await updateMany(
        sql,
        schema,
        table,
        rows.map(row => ({ ...row, x: row.x + 10 })),
      ),
    ).toEqual({
      updated: 3,
      missing: [],
      stale: [],
      suppressed: [],
    });
    expect(await stored()).toEqual([
      [12, 2],
      [13, 3],
    ]);
  });

  test("an upsert of the key alone leaves the stored text of the key unchanged", async () => {
    const text = () => plain(`select k::text from ${table}`);
    await upsertMany(sql, schema, table, [{ k: one, x: 1 }]);
    const before = await text();
    await upsertMany(sql, schema, table, [{ k: same }]);
    expect(await upsert(sql, schema, table, { k: same })).toMatchObject({ x: 1 });
    expect(await text()).toEqual(before);
  });

  test("with an update list the first row is inserted and the last one updates it", async () => {
    expect(await upsertMany(sql, schema, table, rows, { update: ["x"] })).toBe(3);
    expect(await stored()).toEqual([
      [2, 2],
      [3, 1],
    ]);
    await sql.unsafe(`truncate ${table}`);
    expect(await upsertMany(sql, schema, table, rows, { update: "nothing" })).toBe(2);
    expect(await stored()).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });
});

test("a key of several columns", async () => {
  const rows = [
    { a: "1.0", b: 1, x: 1 },
    { a: "1.00", b: 2, x: 2 },
    { a: "1.000", b: 1, x: 3 },
  ];
  expect(await upsertMany(sql, schema, "both_keys", rows)).toBe(3);
  expect(await plain("select a::text, b, x from both_keys order by b")).toEqual([
    ["1.0", 1, 3],
    ["1.00", 2, 2],
  ]);
});

test("no statement is added if rowfn itself can compare the keys", async () => {
  const { sent, onStatement } = recorder();
  const rows = [
    { id: 1, x: 1 },
    { id: 2, x: 2 },
  ];
  await upsertMany(sql, schema, "plain", rows, { onStatement });
  await updateMany(sql, schema, "plain", rows, { onStatement });
  expect(sent).toHaveLength(2);
});

describe.each([
  ["a collation", "tenant_names", [{ k: "a" }, { k: "b" }, { k: "A" }], ["a 2", "b 1"]],
  ["numbers", "tenant_numbers", [{ k: "1.0" }, { k: "2" }, { k: "1.00" }], ["1.0 2", "2 1"]],
  ["only the scope's column", "tenants", [{}, {}, {}], ["1 2"]],
] as const)("inside a scope that completes a key of %s", (_, table, keys, stored) => {
  const mine = scope(schema, { [table]: { tenant: 1 } });
  const rows = keys.map((key, x) => ({ ...key, x }));

  test.each([
    ["without the scope's column", rows],
    ["with the scope's column", rows.map(row => ({ ...row, tenant: 1 }))],
  ])("the last of equal rows wins %s", async (_name, list) => {
    expect(await upsertMany(sql, mine, table, list)).toBe(3);
    const key = table === "tenants" ? "tenant" : "k";
    expect(await plain(`select ${key} || ' ' || x from ${table} order by 1`)).toEqual(
      stored.map(text => [text]),
    );
  });
});

test("no statement is added for a single row", async () => {
  await sql.unsafe("insert into names values ('a', 1, 1)");
  const { sent, onStatement } = recorder();
  await updateMany(sql, schema, "names", [{ k: "A", x: 2 }], { onStatement });
  expect(sent).toHaveLength(1);
});

test("equal keys of a collation in a later batch, and rows without the key", async () => {
  await sql.unsafe(`create table named (name text collate nocase primary key default 'none', v int)`);
  const own = await loadSchema(sql);
  const rows: { readonly name?: string; readonly v: number }[] = Array.from(
    { length: 10_000 },
    (_, index) => ({
      name: `n${index}`,
      v: 0,
    }),
  );
  rows.push({ name: "Same", v: 1 }, { v: 2 }, { name: "SAME", v: 3 }, { name: "N5", v: 4 });
  expect(await upsertMany(sql, own, "named", rows)).toBe(10_004);
  expect(await plain("select name, v from named where v > 0 order by v")).toEqual([
    ["none", 2],
    ["Same", 3],
    ["n5", 4],
  ]);
});
