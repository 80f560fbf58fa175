// A value that PostgreSQL can store and the chosen JavaScript form cannot represent would make its row unreadable.
import { describe, expect, test } from "bun:test";
import {
  count,
  deleteMany,
  deleteRow,
  deleteWhere,
  get,
  insert,
  insertMany,
  loadSchema,
  rowsWhere,
  update,
  updateMany,
  updateWhere,
  upsert,
  upsertMany,
  ValueError,
  validateInsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain moment as timestamptz;
   create type span as ("from" timestamptz, "to" timestamp);
   create table big (id int primary key, at timestamptz, at2 timestamp, list timestamptz[], during tstzrange,
     many tstzmultirange, spans span, at3 moment, n int8, ns int8range);
   create table document (id int primary key, j json, b jsonb);
   create table amount (id int primary key, v numeric, p numeric(30, 2), list numeric[], r numrange, m money)`,
  `truncate big, amount`,
);
const LATE = "275760-09-13T00:00:00";
const exact = await loadSchema(sql, { types: { timestamptz: "string", timestamp: "string" } });
const numbers = await loadSchema(sql, { types: { int8: "number" } });

describe("a timestamp that a Date cannot represent is rejected before it is sent", () => {
  const values: readonly (readonly [string, unknown])[] = [
    ["at", "294276-01-01T00:00:00Z"],
    ["at", `${LATE}Z`],
    ["at", `${LATE.replace("T00", "T01")}+01`],
    ["at2", LATE],
    ["list", ["2026-01-01T00:00:00Z", `${LATE}Z`]],
    ["during", { lower: null, upper: `${LATE}Z`, bounds: "[)" }],
    ["during", `[2026-01-01 00:00:00+00,${LATE}Z)`],
    ["many", [{ lower: `${LATE}Z`, upper: null, bounds: "[)" }]],
    ["spans", { from: `${LATE}Z`, to: null }],
    ["at3", `${LATE}Z`],
  ];
  test.each(values)("%s: %j", async (column, value) => {
    const row = { id: 1, [column]: value };
    expect(validateInsert(schema, "big", row).issues).toHaveLength(1);
    await failure(insert(sql, schema, "big", row));
    await failure(insertMany(sql, schema, "big", [row]));
    expect(await plain("select count(*)::int from big")).toEqual([[0]]);
    expect(validateInsert(exact, "big", row).issues).toEqual([]);
  });
});

test("the last timestamps before the limit and infinity are stored and read back", async () => {
  const last = "275760-09-12T23:59:59.999Z";
  await insert(sql, schema, "big", { id: 1, at: last, at2: "infinity", list: [last, "-infinity"] });
  const row = (await get(sql, schema, "big", 1)) as Record<string, unknown>;
  expect(row["at"]).toEqual(new Date(8.64e15 - 1));
  expect(row["at2"]).toEqual(new Date(8.64e15));
  expect(row["list"]).toEqual([new Date(8.64e15 - 1), new Date(-8.64e15)]);
  await update(sql, schema, "big", row as never);
  expect(await plain("select at::text, at2::text, list::text from big")).toEqual([
    ["275760-09-12 23:59:59.999+00", "infinity", '{"275760-09-12 23:59:59.999+00",-infinity}'],
  ]);
});

describe("a finite timestamp at or after the limit is distinguished from infinity", () => {
  test.each([`${LATE}Z`, "294276-12-31T23:59:59Z"])("%s", async value => {
    await sql.unsafe(`insert into big (id, at) values (1, '${value}')`);
    expect(await failure(rowsWhere(sql, schema, "big"))).toBeInstanceOf(ValueError);
    expect(await rowsWhere(sql, exact, "big", { select: ["id"] })).toEqual([{ id: 1 }]);
    expect((await get(sql, exact, "big", 1))?.["at"]).toBe(value.replace("T", " ").replace("Z", "+00"));
  });
});

test("a write succeeds although JavaScript cannot represent a value of the row; reading the value throws", async () => {
  await sql.unsafe(`insert into big (id, at, list) values (1, '${LATE}Z', '{2026-01-01Z}')`);
  const stored = (await update(sql, schema, "big", { id: 1, at2: "2026-01-01T00:00:00" }))!;
  expect(stored["at2"]).toEqual(new Date("2026-01-01T00:00:00Z"));
  expect(() => stored["at"]).toThrow(ValueError);
  const deleted = (await deleteRow(sql, schema, "big", 1))!;
  expect(deleted["id"]).toBe(1);
  expect(() => deleted["at"]).toThrow("big.at, rows[0]: a Date cannot hold the timestamp");
  expect(await plain("select count(*)::int from big")).toEqual([[0]]);
});

describe("a write of many rows returns them although JavaScript cannot represent one of their values", () => {
  const row = { id: 1, n: 5 };
  const returning = true;
  const where = { id: 1 };
  test.each<[string, number, () => Promise<readonly object[]>]>([
    ["upsert", 5, async () => [(await upsert(sql, schema, "big", row))!]],
    ["upsertMany", 5, () => upsertMany(sql, schema, "big", [row], { returning })],
    ["updateMany", 5, async () => (await updateMany(sql, schema, "big", [row], { returning })).updated],
    ["updateWhere", 5, () => updateWhere(sql, schema, "big", { n: 5 }, { where, returning })],
    ["deleteMany", 4, () => deleteMany(sql, schema, "big", [1], { returning })],
    ["deleteWhere", 4, () => deleteWhere(sql, schema, "big", { where, returning })],
  ])("%s", async (name, n, write) => {
    await sql.unsafe(`insert into big (id, at, n) values (1, '${LATE}Z', 4)`);
    const [written] = (await write()) as [Record<string, unknown>];
    expect([written["id"], written["n"]]).toEqual([1, String(n)]);
    expect(() => written["at"]).toThrow(ValueError);
    const left = name.startsWith("delete") ? [] : [["275760-09-13 00:00:00+00", "5"]];
    expect(await plain("select at::text, n::text from big")).toEqual(left);
  });
});

test("each of several written rows throws for its own value that JavaScript cannot represent", async () => {
  await sql.unsafe(`insert into big (id, at) select id, '${LATE}Z' from generate_series(1, 4) id`);
  const rows = await updateWhere(sql, schema, "big", { n: 5 }, { all: true, returning: true });
  const messages = rows.map(row => {
    try {
      return String(row["at"]);
    } catch (error) {
      return (error as Error).message.slice(0, 15);
    }
  });
  expect(messages).toEqual([0, 1, 2, 3].map(row => `big.at, rows[${row}]`));
});

test("with numbers for int8 an unsafe integer is rejected, also as a bound in the canonical form of a range", async () => {
  const unsafe = "9007199254740993";
  const values = { n: unsafe, ns: { lower: 1, upper: Number.MAX_SAFE_INTEGER, bounds: "[]" } };
  for (const [name, value] of Object.entries(values)) {
    expect(validateInsert(numbers, "big", { id: 1, [name]: value }).issues).toHaveLength(1);
    expect(validateInsert(schema, "big", { id: 1, [name]: value }).issues).toEqual([]);
  }
  await insert(sql, numbers, "big", { id: 1, n: "9007199254740991" });
  expect((await get(sql, numbers, "big", 1))?.["n"]).toBe(9007199254740991);
});

describe("a JavaScript number above 2^53 is rejected for numeric, because it may have been rounded", () => {
  const values: readonly (readonly [string, unknown])[] = [
    ["v", 2 ** 60],
    ["v", -(2 ** 53)],
    ["v", 1e21],
    ["p", 2 ** 54],
    ["list", [1, 2 ** 60]],
    ["r", { lower: 2 ** 60, upper: null, bounds: "[)" }],
    ["m", 2 ** 54],
  ];
  test.each(values)("%s: %j", async (name, value) => {
    const [issue] = validateInsert(schema, "amount", { id: 1, [name]: value }).issues;
    expect(issue?.message).toContain("may already have been rounded");
    const where = { [name]: value };
    for (const read of [
      () => rowsWhere(sql, schema, "amount", { where }),
      () => count(sql, schema, "amount", { where }),
      () => updateWhere(sql, schema, "amount", { id: 2 }, { where }),
    ])
      expect(await failure(read())).toBeInstanceOf(ValueError);
    for (const write of [
      () => insert(sql, schema, "amount", { id: 1, ...where }),
      () => insertMany(sql, schema, "amount", [{ id: 1, ...where }]),
      () => upsert(sql, schema, "amount", { id: 1, ...where }),
    ])
      expect((await failure(write())).message).toContain("may already have been rounded");
    expect(await plain("select * from amount")).toEqual([]);
  });

  test("bigints, strings and safe numbers are stored exactly", async () => {
    const v = ["1152921504606846976", 2n ** 60n, 2 ** 53 - 1, 0.1];
    await insertMany(
      sql,
      schema,
      "amount",
      v.map((value, id) => ({ id, v: value })),
    );
    expect(await plain("select v::text from amount order by id")).toEqual([
      ["1152921504606846976"],
      ["1152921504606846976"],
      ["9007199254740991"],
      ["0.1"],
    ]);
  });
});

test("as text, json with numbers that no double holds, and of many levels, is read and written back", async () => {
  const texts = await loadSchema(sql, { types: { json: "string" } });
  const numbers = [["1e400"], ["1e-400"], ["[".repeat(2000) + "]".repeat(2000)]];
  for (const [id, [text]] of numbers.entries())
    await sql.unsafe(`insert into document values (${id}, '${text}', '${text}')`);
  const stored = await plain("select id, j::text, b::text from document order by id");
  const rows = await rowsWhere(sql, texts, "document", { orderBy: "id" });
  await sql`truncate document`;
  expect(await insertMany(sql, texts, "document", rows)).toBe(3);
  for (const row of rows) expect(await update(sql, texts, "document", row)).toEqual(row);
  expect(await plain("select id, j::text, b::text from document order by id")).toEqual(stored);
});
