// A Date has no microseconds. Wherever rowfn reuses a value it passes PostgreSQL's text, and a Date of the caller
// matches its whole millisecond.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { keySchema } from "../../src/http/index.ts";
import {
  ArgumentError,
  deleteMany,
  deleteRow,
  get,
  getMany,
  insert,
  link,
  loadSchema,
  lookup,
  NotUniqueError,
  pksAndRowsWhere,
  rowsWhere,
  ScopeError,
  StaleError,
  scope,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain moment as timestamptz;
   create table ev (id int, at timestamptz default now(), v int, primary key (id, at));
   create table plainly (at timestamp primary key, v int);
   create table named (at moment primary key, code int unique, v int);
   create table ranged (during tstzrange primary key, v int);
   create table listed (list timestamptz[] primary key, v int);
   create table twice (a timestamptz, b timestamptz, v int, primary key (a, b));
   create table partly (id int primary key, at timestamptz, live bool not null default true, v int);
   create unique index on partly (at) where live;
   create table brief (at timestamptz(3) primary key, v int);
   create table tag (id int primary key); insert into tag values (1), (2);
   create table plainly_tag (at timestamp references plainly, tag_id int references tag, primary key (tag_id, at));
   create table tenant (org int, at timestamptz, v int, primary key (org, at))`,
  `truncate ev, plainly, plainly_tag, named, ranged, listed, twice, partly, brief, tenant`,
);
const AT = "2020-01-01 00:00:00.123456+00";
const DATE = new Date("2020-01-01T00:00:00.123Z");
const exact = await loadSchema(sql, { types: { timestamptz: "string" } });

async function event(...rows: readonly string[]): Promise<void> {
  await sql.unsafe(`insert into ev values ${rows.join(", ")}`);
}

describe("the key of a row that was read finds the row", () => {
  test("a key of pksAndRowsWhere is in text format, and its row has Dates", async () => {
    await event(`(1, '${AT}', 1)`);
    const [[key, row]] = (await pksAndRowsWhere(sql, schema, "ev")) as [[[number, Date], object]];
    expect([key, row] as unknown[]).toEqual([[1, AT], { id: 1, at: DATE, v: 1 }]);
    expect(await pksAndRowsWhere(sql, schema, "ev", { select: ["v"] })).toEqual([[[1, AT], { v: 1 }]]);
    expect(await get(sql, schema, "ev", key)).toEqual({ id: 1, at: DATE, v: 1 });
    expect(await getMany(sql, schema, "ev", [key])).toHaveLength(1);
    expect(await deleteMany(sql, schema, "ev", [key])).toBe(1);
  });

  test("a range and an array can be keys", async () => {
    await sql.unsafe(
      `insert into ranged values ('[${AT},)', 1); insert into listed values ('{${AT},NULL}', 1)`,
    );
    for (const table of ["ranged", "listed"]) {
      const [[key]] = (await pksAndRowsWhere(sql, schema, table)) as [[unknown, object]];
      expect(await get(sql, schema, table, key)).toHaveProperty("v", 1);
      expect(await getMany(sql, schema, table, [key])).toHaveLength(1);
      expect(await deleteRow(sql, schema, table, key)).toHaveProperty("v", 1);
    }
  });

  test("a Date in a range or an array is rejected, because it would find nothing", async () => {
    await sql.unsafe(`insert into ranged values ('[${AT},)', 1); insert into listed values ('{${AT}}', 1)`);
    for (const table of ["ranged", "listed"]) {
      const [row] = (await rowsWhere(sql, schema, table)) as [Record<string, unknown>];
      const key = { [table === "ranged" ? "during" : "list"]: Object.values(row)[0] };
      for (const call of [
        () => get(sql, schema, table, key),
        () => deleteRow(sql, schema, table, key),
        () => update(sql, schema, table, row),
        () => upsert(sql, schema, table, row),
      ])
        expect(await failure(call())).toBeInstanceOf(ArgumentError);
      expect(await failure(updateMany(sql, schema, table, [row]))).toBeInstanceOf(ArgumentError);
      expect(await failure(upsertMany(sql, schema, table, [row]))).toBeInstanceOf(ArgumentError);
      expect(await plain(`select count(*)::int from ${table}`)).toEqual([[1]]);
    }
  });
});

describe("a row that was read with a Date can be written back", () => {
  const tables: readonly (readonly [string, string])[] = [
    ["ev", `(1, '${AT}', 1), (1, '2020-01-01 00:00:00.124+00', 2), (2, '${AT}', 3)`],
    ["plainly", `('2020-01-01 00:00:00.123456', 1), ('2020-01-01 00:00:00.122999', 2)`],
    ["named", `('${AT}', 1, 1), ('2020-01-01 00:00:00.124+00', 2, 2)`],
    ["twice", `('${AT}', '${AT}', 1), ('${AT}', '2020-01-01 00:00:00.124+00', 2)`],
    ["brief", `('2020-01-01 00:00:00.123+00', 1), ('2020-01-01 00:00:00.124+00', 2)`],
    ["plainly", `('infinity', 1), ('-infinity', 2), ('4000-01-01 BC', 3), ('1950-01-01 00:00:00.0009', 4)`],
  ];
  describe.each(tables)("%s %s", (table, values) => {
    const stored = (): Promise<unknown[][]> => plain(`select t::text from ${table} as t order by v`);
    const changed = (rows: readonly unknown[][]): unknown[][] =>
      rows.map(([text]) => [(text as string).replace(/,(\d+)\)$/, (_, v) => `,${Number(v) + 10})`)]);
    const read = async (): Promise<Record<string, unknown>[]> => {
      await sql.unsafe(`insert into ${table} values ${values}`);
      return (await rowsWhere(sql, schema, table, { orderBy: "v" })) as Record<string, unknown>[];
    };
    const plus = (row: Record<string, unknown>): Record<string, unknown> => ({
      ...row,
      v: (row["v"] as number) + 10,
    });

    test("update, upsert, updateMany and upsertMany change exactly the row and preserve its microseconds", async () => {
      let rows = await read();
      let before = await stored();
      const writes: readonly ((row: Record<string, unknown>[]) => Promise<unknown>)[] = [
        list => Promise.all(list.map(row => update(sql, schema, table, row))),
        list => Promise.all(list.map(row => upsert(sql, schema, table, row))),
        list => Promise.all(list.map(row => upsert(sql, schema, table, row, { update: "changed" }))),
        list => updateMany(sql, schema, table, list),
        list => updateMany(sql, schema, table, list, { returning: true, version: "v" }),
        list => upsertMany(sql, schema, table, list),
        list => upsertMany(sql, schema, table, list, { returning: true }),
      ];
      for (const [index, write] of writes.entries()) {
        await write(index === 4 ? rows : rows.map(plus));
        if (index !== 4) {
          expect(await stored()).toEqual(changed(before));
        }
        before = await stored();
        rows = (await rowsWhere(sql, schema, table, { orderBy: "v" })) as Record<string, unknown>[];
      }
    });

    test("get, getMany and lookup find the row, and deleteRow and deleteMany delete it", async () => {
      const rows = await read();
      const { primaryKey } = schema.relations.find(relation => relation.name === table)!;
      const keys = rows.map(row => Object.fromEntries(primaryKey!.columns.map(name => [name, row[name!]])));
      for (const [index, key] of keys.entries()) {
        expect(await get(sql, schema, table, key)).toEqual(rows[index]);
        expect(await lookup(sql, schema, table, rows[index]!, { key: Object.keys(key) })).toEqual(
          rows[index]!,
        );
      }
      expect(await getMany(sql, schema, table, keys)).toEqual(rows);
      expect(await deleteRow(sql, schema, table, keys[0])).toEqual(rows[0]);
      expect(await deleteMany(sql, schema, table, keys)).toBe(rows.length - 1);
    });
  });
});

test("a Date in a partial unique key matches the millisecond of a row inside the predicate", async () => {
  await sql.unsafe(
    `insert into partly values (1, '${AT}', true, 1), (2, '${AT.replace("456", "457")}', false, 2)`,
  );
  await upsert(sql, schema, "partly", { id: 1, at: DATE, v: 9 }, { key: ["at"] });
  await upsertMany(sql, schema, "partly", [{ id: 1, at: DATE, v: 10 }], { key: ["at"] });
  expect(await plain("select id, at::text, v from partly order by id")).toEqual([
    [1, AT, 10],
    [2, AT.replace("456", "457"), 2],
  ]);
});

test("update with a version finds a row whose key is a Date, and reports a stale one", async () => {
  await sql.unsafe(`insert into named values ('${AT}', 1, 1)`);
  const row = { at: DATE, code: 5, v: 1 };
  expect(await update(sql, schema, "named", row, { version: "v" })).toEqual({ ...row, v: 2 });
  expect(await failure(update(sql, schema, "named", row, { version: "v" }))).toBeInstanceOf(StaleError);
  expect(await plain("select at::text, code, v from named")).toEqual([[AT, 5, 2]]);
});

test("a key in a URL with milliseconds matches the millisecond, and one with microseconds the exact timestamp", async () => {
  await event(`(1, '${AT}', 1)`);
  const parse = (text: string): never => v.parse(keySchema(schema, "ev"), text) as never;
  const row = { id: 1, at: DATE, v: 1 };
  expect(await get(sql, schema, "ev", parse("1,2020-01-01T00:00:00.123Z"))).toEqual(row);
  expect(await get(sql, schema, "ev", parse("1,2020-01-01T00:00:00.123456Z"))).toEqual(row);
  expect(await get(sql, schema, "ev", parse("1,2020-01-01T00:00:00.123457Z"))).toBeUndefined();
  expect(await get(sql, schema, "ev", parse("1,2020-01-01T00:00:00.124Z"))).toBeUndefined();
});

test("link with a Date links the row in its millisecond", async () => {
  await sql.unsafe(
    "insert into plainly values ('2020-01-01 00:00:00.123456', 1), ('2020-01-01 00:00:00.5', 2)",
  );
  const half = new Date("2020-01-01T00:00:00.5Z");
  expect(await link(sql, schema, "plainly", DATE, "tag", [1, 2])).toBe(2);
  expect(await link(sql, schema, "tag", 1, "plainly", [half, DATE])).toBe(1);
  const mine = scope(schema, { plainly: { v: 2 } });
  expect(await failure(link(sql, mine, "tag", 2, "plainly", [DATE]))).toBeInstanceOf(ScopeError);
  expect(await plain("select at::text, tag_id from plainly_tag order by 1, 2")).toEqual([
    ["2020-01-01 00:00:00.123456", 1],
    ["2020-01-01 00:00:00.123456", 2],
    ["2020-01-01 00:00:00.5", 1],
  ]);
  await sql.unsafe("insert into plainly values ('2020-01-01 00:00:00.123457', 3)");
  expect(await failure(link(sql, schema, "tag", 2, "plainly", [DATE]))).toBeInstanceOf(NotUniqueError);
});

test("the default of a key is returned exactly and finds the row", async () => {
  const row = (await insert(sql, schema, "ev", { id: 7, v: 1 })) as { id: number; at: Date };
  expect(await get(sql, schema, "ev", [7, row.at])).toEqual({ ...row, v: 1 } as never);
});

describe("a Date that matches several rows is rejected and changes nothing", () => {
  const row = { id: 1, at: DATE, v: 9 };
  test.each([
    ["get", () => get(sql, schema, "ev", [1, DATE])],
    ["getMany", () => getMany(sql, schema, "ev", [[1, DATE]])],
    ["update", () => update(sql, schema, "ev", row)],
    ["updateMany", () => updateMany(sql, schema, "ev", [row])],
    ["upsert", () => upsert(sql, schema, "ev", row)],
    ["upsertMany", () => upsertMany(sql, schema, "ev", [row])],
    ["deleteRow", () => deleteRow(sql, schema, "ev", [1, DATE])],
    ["deleteMany", () => deleteMany(sql, schema, "ev", [[1, DATE]])],
    ["lookup", () => lookup(sql, schema, "ev", row)],
  ])("%s", async (_, call) => {
    await event(`(1, '${AT}', 1)`, `(1, '2020-01-01 00:00:00.123457+00', 2)`);
    const error = await failure(call());
    expect(error).toBeInstanceOf(NotUniqueError);
    expect(error.message).toBe(
      "a Date in the key stands for several rows, which differ in their microseconds; nothing was written; pass the timestamp as text",
    );
    expect(await plain("select v from ev order by v")).toEqual([[1], [2]]);
  });
});

describe("a Date or a string that matches no row in its millisecond is stored as given", () => {
  test("upsert and upsertMany insert the row", async () => {
    await event(`(1, '2020-01-01 00:00:00.122999+00', 1)`, `(1, '2020-01-01 00:00:00.124+00', 2)`);
    await upsert(sql, schema, "ev", { id: 1, at: DATE, v: 3 });
    await upsertMany(sql, schema, "ev", [
      { id: 2, at: DATE, v: 4 },
      { id: 2, at: AT, v: 5 },
    ]);
    expect(await plain("select id, at::text, v from ev order by v")).toEqual([
      [1, "2020-01-01 00:00:00.122999+00", 1],
      [1, "2020-01-01 00:00:00.124+00", 2],
      [1, "2020-01-01 00:00:00.123+00", 3],
      [2, "2020-01-01 00:00:00.123+00", 4],
      [2, AT, 5],
    ]);
  });

  test("thousands of rows with Dates are upserted without duplicates", async () => {
    await sql.unsafe(
      `insert into ev select n, '${AT}'::timestamptz + n * '1.000007 s'::interval, n from generate_series(1, 2500) n`,
    );
    const before = await plain("select at::text from ev order by id");
    const rows = (await rowsWhere(sql, schema, "ev")) as Record<string, unknown>[];
    expect(
      await upsertMany(
        sql,
        schema,
        "ev",
        rows.map(row => ({ ...row, v: 0 })),
      ),
    ).toBe(2500);
    expect(await plain("select at::text from ev where v = 0 order by id")).toEqual(before);
  });
});

test("if timestamps are strings, a string is compared exactly, and a Date by its millisecond", async () => {
  await event(`(1, '${AT}', 1)`);
  expect(await get(sql, exact, "ev", [1, AT])).toEqual({ id: 1, at: AT, v: 1 });
  expect(await get(sql, exact, "ev", [1, "2020-01-01T00:00:00.123Z"])).toBeUndefined();
  expect(await get(sql, exact, "ev", [1, DATE])).toEqual({ id: 1, at: AT, v: 1 });
  await upsert(sql, exact, "ev", { id: 1, at: DATE, v: 2 });
  expect(await plain("select at::text, v from ev")).toEqual([[AT, 2]]);
  await upsertMany(sql, exact, "ev", [{ id: 1, at: DATE, v: 3 }]);
  expect(await plain("select at::text, v from ev")).toEqual([[AT, 3]]);
});

test("a row outside the scope is not found by its millisecond", async () => {
  await sql.unsafe(`insert into tenant values (1, '${AT}', 1), (2, '${AT}', 2)`);
  const one = scope(schema, { tenant: { org: 1 } });
  expect(await update(sql, one, "tenant", { org: 1, at: DATE, v: 5 })).toEqual({ org: 1, at: DATE, v: 5 });
  await upsert(sql, one, "tenant", { at: DATE, v: 6 });
  await upsertMany(sql, one, "tenant", [{ at: DATE, v: 7 }]);
  expect(await plain("select org, at::text, v from tenant order by org")).toEqual([
    [1, AT, 7],
    [2, AT, 2],
  ]);
});
