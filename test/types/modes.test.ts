import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  expr,
  get,
  item,
  loadSchema,
  parseSchema,
  q,
  rowsWhere,
  ValueError,
  validateInsert,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table v (id int primary key, big int8, at timestamptz, local timestamp, doc jsonb, raw json, bigs int8[], ats timestamptz[], docs jsonb[]);
      insert into v values
        (1, 9007199254740993, '2024-01-02 03:04:05.123456+00', '2024-01-02 03:04:05.654321', '{"n": 12345678901234567890}', '{"n":  1.10}',
          '{9007199254740993}', '{"2024-01-02 03:04:05.123456+00","infinity"}', '{"12345678901234567890","null",NULL}'),
        (2, 5, '294276-12-31 23:59:59.999999+00', '4714-11-24 00:00:00 BC', '1', '1', '{}', '{}', '{}');
      create table js (id int primary key, doc json);
      insert into js values (1, '{"a":9007199254740993}'), (2, '1e400'), (3, '{"a":"9007199254740993, 1e400"}'), (4, '[0.1,1e22,-5e-324]');
    `,
  });
});
afterAll(() => database.drop());

test("string forms are lossless: microseconds, the last year, digits and whitespace of json", async () => {
  const schema = await loadSchema(database.sql, {
    types: { timestamptz: "string", timestamp: "string", json: "string" },
  });
  const rows = await rowsWhere(database.sql, schema, "v", { orderBy: "id" });
  expect(rows[0]).toEqual({
    id: 1,
    big: "9007199254740993",
    at: "2024-01-02 03:04:05.123456+00",
    local: "2024-01-02 03:04:05.654321",
    doc: '{"n": 12345678901234567890}',
    raw: '{"n":  1.10}',
    bigs: ["9007199254740993"],
    ats: ["2024-01-02 03:04:05.123456+00", "infinity"],
    docs: ["12345678901234567890", "null", null],
  });
  expect(rows[1]).toMatchObject({ at: "294276-12-31 23:59:59.999999+00", local: "4714-11-24 00:00:00 BC" });
});

test("bigint forms read int8 and large json integers as bigint, on handles with and without bigint: true", async () => {
  const schema = await loadSchema(database.sql, { types: { int8: "bigint", json: "bigint" } });
  for (const bigint of [true, false]) {
    const sql = database.connect({ bigint });
    const row = await get(sql, schema, "v", 1, { select: ["big", "bigs", "doc"] });
    expect(row).toEqual({
      big: 9007199254740993n,
      bigs: [9007199254740993n],
      doc: { n: 12345678901234567890n },
    });
  }
});

test("a handle with bigint: true still returns strings if the snapshot's JavaScript form is string", async () => {
  const schema = await loadSchema(database.sql);
  const row = await get(database.connect({ bigint: true }), schema, "v", 1, { select: ["big", "bigs"] });
  expect(row).toEqual({ big: "9007199254740993", bigs: ["9007199254740993"] });
});

test("number form rejects an int8 that a number would round, with the column", async () => {
  const schema = await loadSchema(database.sql, { types: { int8: "number" } });
  expect(await get(database.sql, schema, "v", 2, { select: ["big"] })).toEqual({ big: 5 });
  await expect(get(database.sql, schema, "v", 1, { select: ["big"] })).rejects.toThrow(
    'v.big, rows[0]: 9007199254740993 is not a safe integer; load the snapshot with types: { int8: "bigint" } or types: { int8: "string" }',
  );
});

test("a Date truncates microseconds, and a timestamp outside of Date's range is rejected", async () => {
  const schema = await loadSchema(database.sql);
  expect(await get(database.sql, schema, "v", 1, { select: ["at"] })).toEqual({
    at: new Date("2024-01-02T03:04:05.123Z"),
  });
  await expect(get(database.sql, schema, "v", 2, { select: ["at"] })).rejects.toThrow(ValueError);
});

test("json with a number that a double cannot represent is rejected, and strings that look like one are accepted", async () => {
  const schema = await loadSchema(database.sql);
  await expect(get(database.sql, schema, "js", 1)).rejects.toThrow(
    'js.doc, rows[0]: json has the number 9007199254740993 at "a", which a JavaScript number cannot hold',
  );
  await expect(get(database.sql, schema, "js", 2)).rejects.toThrow(
    "js.doc, rows[0]: json has the number 1e400, which",
  );
  expect(await get(database.sql, schema, "js", 3)).toEqual({ id: 3, doc: { a: "9007199254740993, 1e400" } });
  expect(await get(database.sql, schema, "js", 4)).toEqual({ id: 4, doc: [0.1, 1e22, -5e-324] });
});

test("jsonb with a number that a double cannot represent is rejected in every notation", async () => {
  const schema = await loadSchema(database.sql);
  const read = async (text: string): Promise<unknown> => {
    await database.sql`insert into v (id, doc) values (99, ${text}::text::jsonb) on conflict (id) do update set doc = excluded.doc`;
    return (await get(database.sql, schema, "v", 99, { select: ["doc"] }))?.doc;
  };
  for (const text of [
    "1e400",
    "[1E-400]",
    '{"a": 12345678901234567891e3}',
    '{"b": [0.123456789012345678901]}',
  ])
    await expect(read(text)).rejects.toThrow("which a JavaScript number cannot hold");
  for (const text of ["1e22", "[-1.5e-7, 0.1]", '{"a": "1e400", "1e400": 123456789012345}'])
    expect(await read(text)).toEqual(JSON.parse(text));
});

test("a session with a different DateStyle is rejected", async () => {
  const schema = await loadSchema(database.sql, { types: { timestamp: "string" } });
  await database.sql.begin(async tx => {
    await tx.unsafe("set local datestyle = 'German, DMY'");
    await expect(get(tx, schema, "v", 1, { select: ["local"] })).rejects.toThrow(
      "set the session's DateStyle to ISO",
    );
  });
});

test("raw queries return the same values as reading functions, for every type that the driver converts", async () => {
  const schema = await loadSchema(database.sql);
  const query = expr`select '2024-02-29'::date as d, array['0044-03-15 BC'::date, 'infinity'] as ds, 0.1::real as r, array[0.1::real] as rs,
    array[1, 2] as ints, '\\x01ff'::bytea as bytes, 1.50::money as m, '[1,5)'::int4range as range, array['[1,5)'::int4range] as ranges,
    '(1,2)'::point as p, '{"a": 1}'::jsonb as doc, null::date as missing, '{[1,2)}'::int4multirange as multi, ${1}::int8 as n`;
  expect(await q(database.sql, schema, query)).toEqual([
    {
      d: "2024-02-29",
      ds: ["0044-03-15 BC", "infinity"],
      r: 0.1,
      rs: [0.1],
      ints: [1, 2],
      bytes: new Uint8Array([1, 255]),
      m: "1.50",
      range: { lower: 1, upper: 5, bounds: "[)" },
      ranges: [{ lower: 1, upper: 5, bounds: "[)" }],
      p: { x: 1, y: 2 },
      doc: { a: 1 },
      missing: null,
      multi: [{ lower: 1, upper: 2, bounds: "[)" }],
      n: "1",
    },
  ]);
});

test("a raw query rejects a value that the driver has rounded", async () => {
  const schema = await loadSchema(database.sql);
  await expect(item(database.sql, schema, expr`select '9007199254740993'::jsonb`)).rejects.toThrow(
    "cast the column to text",
  );
  const exact = await loadSchema(database.sql, { types: { timestamptz: "string", json: "string" } });
  await expect(item(database.sql, exact, expr`select now()`)).rejects.toThrow("cast the column to text");
  await expect(item(database.sql, exact, expr`select '1'::jsonb`)).rejects.toThrow("cast the column to text");
});

test("a column can have its own JavaScript form", async () => {
  const types = { columns: { "v.doc": "bigint", "v.big": "number", "v.at": "string", "v.docs": "string" } };
  const schema = await loadSchema(database.sql, { types });
  const select = ["doc", "at", "local", "docs", "bigs"];
  expect(await get(database.sql, schema, "v", 1, { select })).toEqual({
    doc: { n: 12345678901234567890n },
    at: "2024-01-02 03:04:05.123456+00",
    local: new Date("2024-01-02T03:04:05.654Z"),
    docs: ["12345678901234567890", "null", null],
    bigs: ["9007199254740993"],
  });
  expect(await get(database.sql, schema, "v", 2, { select: ["big"] })).toEqual({ big: 5 });
  const doc = { n: 12345678901234567890n };
  expect(validateInsert(schema, "v", { id: 3, doc }).issues).toEqual([]);
  expect(validateInsert(schema, "js", { id: 3, doc }).issues).toHaveLength(1);
  expect(await rowsWhere(database.sql, schema, "v", { where: { doc }, select: ["id"] })).toEqual([{ id: 1 }]);
  expect(parseSchema(JSON.stringify(schema))).toEqual(schema);
});

test("a JavaScript form for a column that does not exist, or that does not support it, is rejected", async () => {
  const rejected = {
    "w.doc": /table "w" does not exist/,
    "v.dcc": /did you mean "doc"/,
    "v.id": /has only one JavaScript form/,
    "v.doc": /must be "parse"/,
  };
  for (const [path, message] of Object.entries(rejected))
    await expect(loadSchema(database.sql, { types: { columns: { [path]: "x" } } })).rejects.toThrow(message);
});
