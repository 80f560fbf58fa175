import { expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { keySchema } from "../../src/http/index.ts";
import { keySegment } from "../../src/http/query/key-schema.ts";
import { get, loadSchema } from "../../src/index.ts";
import type { AnySchema } from "../../src/schema/snapshot.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table one (id int primary key); create table name (k text primary key); create table pair (a int, b text, primary key (b, a));
  create table keyless (a int); insert into pair values (7, 'x,y'); insert into name values ('a,b')`,
);

const key = (table: string, text: string) => v.safeParse(keySchema(schema, table), text);

test("a key of one column is the entire segment", () => {
  expect(key("one", "7").output).toBe(7);
  expect(key("name", "a,b").output).toBe("a,b");
});

test("a key of several columns is in key order, with quotes around values that contain commas", async () => {
  const { output } = key("pair", '"x,y",7');
  expect(output).toEqual(["x,y", 7]);
  expect(await get(sql, schema, "pair", output)).toEqual({ a: 7, b: "x,y" });
});

test("a value in quotes is the string between them, so that empty strings, dots and quotes are possible", () => {
  for (const [text, value] of [
    ['""', ""],
    ['"."', "."],
    ['".."', ".."],
    ['"a,b"', "a,b"],
    [String.raw`"\"q\""`, '"q"'],
    [String.raw`"\\"`, "\\"],
    [String.raw`a\b`, String.raw`a\b`],
    ['q"', 'q"'],
    ["...", "..."],
  ] as const)
    expect([text, key("name", text).output]).toEqual([text, value]);
  expect(key("one", '"7"').output).toBe(7);
});

test("a segment has quotes only if its key needs them", () => {
  const segment = (table: string, row: object): string =>
    decodeURIComponent(keySegment(schema as AnySchema, table, row as never));
  expect([segment("pair", { a: 7, b: "x" }), segment("pair", { a: 7, b: "x,y" })]).toEqual([
    "x,7",
    '"x,y",7',
  ]);
  expect([segment("name", { k: "a,b" }), segment("name", { k: "" })]).toEqual(["a,b", '""']);
});

test("every key is parsed back from its segment, which is never a dot segment of a URL", () => {
  const plain = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(...'".,\\/%#?') }),
  );
  const text = plain.filter(one => !one.includes("\0"));
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 9 }), (k, a) => {
      for (const [table, row, value] of [
        ["name", { k }, k],
        ["pair", { a, b: k }, [k, a]],
      ] as const) {
        const { pathname } = new URL(`http://h/${table}/${keySegment(schema as AnySchema, table, row)}`);
        expect(pathname.startsWith(`/${table}/`)).toBe(true);
        const segment = decodeURIComponent(pathname.slice(table.length + 2));
        expect(key(table, segment).output).toEqual(value);
      }
    }),
  );
});

test("a timestamp key with the milliseconds of a response is a Date, and one with more digits is a string", async () => {
  await sql.unsafe(`create table moment (at timestamptz primary key);
    insert into moment values ('2026-01-02 03:04:05.123456Z'), ('2026-01-02 03:04:06Z')`);
  const moments = await loadSchema(sql);
  const keyOf = (text: string) => v.parse(keySchema(moments, "moment"), text);
  expect(keyOf("2026-01-02T03:04:05.123Z")).toEqual(new Date("2026-01-02T03:04:05.123Z"));
  expect(keyOf("2026-01-02T03:04:06Z")).toEqual(new Date("2026-01-02T03:04:06Z"));
  expect(typeof keyOf("2026-01-02T03:04:05.123456Z")).toBe("string");
  for (const text of ["2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:06Z"])
    expect(await get(sql, moments, "moment", keyOf(text) as never)).toBeDefined();
});

test("an invalid key is an issue with the path key", () => {
  for (const [table, text] of [
    ["one", "x"],
    ["one", ""],
    ["one", "99999999999"],
    ["pair", "7"],
    ["pair", "x,1,2"],
    ["pair", '"x,1'],
    ["name", "\0"],
    ["name", ""],
    ["name", '"a'],
    ["name", '"a"b'],
    ["name", '"a","b"'],
  ] as const)
    expect(key(table, text).issues?.map(issue => v.getDotPath(issue))).toEqual(["key"]);
});

test("a table without a primary key has no keys", () => {
  expect(() => keySchema(schema, "keyless")).toThrow("keyless has no primary key");
});

test("a parameter that the route does not have is an issue, not the key undefined", () => {
  const { params } = { params: {} as { readonly id: string } };
  expect(v.safeParse(keySchema(schema, "name"), params.id).issues).toMatchObject([
    { type: "string", received: "undefined" },
  ]);
});
