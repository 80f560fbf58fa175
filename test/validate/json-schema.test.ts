import { beforeAll, describe, expect, test } from "bun:test";
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import * as v from "valibot";
import {
  filterSchema,
  insertSchema,
  refine,
  rowSchema,
  rowsWhere,
  tableNames,
  updateSchema,
  viewNames,
} from "../../src/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { testTables } from "../support/test-tables.ts";

const { schema, sql } = await testTables(`
  create type mood as enum ('sad', 'ok');
  create domain percent as int check (value between 0 and 100);
  create domain code as varchar(8) check (length(value) >= 2) not null;
  create type pair as (a int, b text);
  create table tk (
    id int generated always as identity primary key,
    name varchar(40) not null check (name <> ''),
    n int check (n > 0) default 7,
    big bigint check (big >= 0),
    p numeric(10,2) default 1.50,
    free numeric,
    f float8 check (f > 0.5),
    at timestamptz,
    local timestamp(3),
    day date,
    hour time(0),
    key uuid,
    raw bytea,
    bits bit(3),
    flag boolean not null default false,
    m mood not null default 'ok',
    status text check (status in ('new', 'old')) default 'new',
    short text check (char_length(short) <= 3),
    share percent,
    c code,
    tags text[] check (cardinality(tags) <= 2),
    span int4range,
    pr pair,
    doc jsonb,
    twice int generated always as (2) stored
  );
  create table forms (n int, doc json, span int4range, many int4multirange, low varchar(1) default 'ab');
  comment on column tk.name is 'The name.';
  insert into tk (name, big, p, free, f, at, local, day, hour, key, raw, bits, short, share, c, tags, span, pr, doc) values
    ('a', 9223372036854775807, -12345678.90, 1e30, 1, '2026-01-02 03:04:05.678901+00', '2026-01-02 03:04', '2026-01-02',
     '23:59:59', gen_random_uuid(), '\\x00ff', '101', 'äöü', 100, 'ab', '{a,null}', '[1,5)', '(1,)', '{"a": [1]}');
  insert into tk (name, c) values ('b', 'cd')`);

const ajv = new Ajv2020({ strict: true, keywords: [] });
addFormats.default(ajv);

type Schema = Parameters<typeof ajv.compile>[0];
type Standard = {
  readonly "~standard": { readonly jsonSchema: { input(options: { target: "draft-2020-12" }): object } };
};

const standard = (made: Standard): Schema => made["~standard"].jsonSchema.input({ target: "draft-2020-12" });
const property = (made: Standard, name: string): unknown =>
  (standard(made) as { properties: Record<string, unknown> }).properties[name];

describe("the rules of a column are keywords:", () => {
  const nullable = (part: object): object => ({ anyOf: [part, { type: "null" }] });
  test.each<[string, object]>([
    ["name", { type: "string", maxLength: 40, not: { enum: [""] }, description: "The name." }],
    ["n", { ...nullable({ type: "integer", minimum: 1, maximum: 2_147_483_647 }), default: 7 }],
    ["m", { type: "string", enum: ["sad", "ok"], default: "ok" }],
    ["status", { ...nullable({ type: "string", enum: ["new", "old"] }), default: "new" }],
    ["flag", { type: "boolean", default: false }],
    ["at", nullable({ type: "string", format: "date-time" })],
    ["day", nullable({ type: "string", format: "date" })],
    ["key", nullable({ type: "string", format: "uuid" })],
    ["raw", nullable({ type: "string", pattern: "^\\\\x([0-9A-Fa-f]{2})*$" })],
    ["bits", nullable({ type: "string", pattern: "^[01]{3}$" })],
    ["short", nullable({ type: "string", maxLength: 3 })],
    ["share", nullable({ type: "integer", minimum: 0, maximum: 100 })],
    ["c", { type: "string", minLength: 2, maxLength: 8 }],
    ["tags", nullable({ type: "array", items: nullable({ type: "string" }), maxItems: 2 })],
    ["f", nullable({ type: "number", exclusiveMinimum: 0.5 })],
    ["doc", nullable({})],
    [
      "p",
      {
        ...nullable({
          anyOf: [
            { type: "string", pattern: "^-?\\d{1,8}(\\.\\d{1,2})?$" },
            { type: "number", exclusiveMinimum: -1e8, exclusiveMaximum: 1e8 },
          ],
        }),
        default: "1.50",
      },
    ],
  ])("%s", (name, keywords) => {
    expect(property(insertSchema(schema, "tk"), name)).toEqual(keywords);
  });

  test("generated columns are read-only in rows and not allowed in inserts", () => {
    expect(property(rowSchema(schema, "tk"), "twice")).toMatchObject({ readOnly: true });
    expect(property(rowSchema(schema, "tk"), "id")).toMatchObject({ type: "integer", readOnly: true });
    expect(property(insertSchema(schema, "tk"), "twice")).toBeUndefined();
    expect(standard(updateSchema(schema, "tk"))).toMatchObject({ required: [], minProperties: 1 });
  });

  test("OpenAPI 3.0 has nullable instead of the type null", () => {
    const made = insertSchema(schema, "tk")["~standard"].jsonSchema.input({ target: "openapi-3.0" });
    expect((made["properties"] as Record<string, unknown>)["f"]).toEqual({
      ...{ type: "number", minimum: 0.5, exclusiveMinimum: true, nullable: true },
    });
  });
});

describe("a filter has the operators of the column's type:", () => {
  type Entry = {
    readonly anyOf: readonly { readonly type?: unknown; readonly properties?: Record<string, unknown> }[];
  };
  const entry = (name: string): Entry => property(filterSchema(schema, "forms"), name) as Entry;
  const nullable = (part: object): object => ({ anyOf: [part, { type: "null" }] });
  const integer = { type: "integer", minimum: -2_147_483_648, maximum: 2_147_483_647 };

  test("json has no equality, so only NULL can be compared", () => {
    const { anyOf } = entry("doc");
    expect(anyOf).toHaveLength(2);
    expect(anyOf[0]).toEqual({ type: "null" });
    expect(anyOf[1]!.properties).toMatchObject({ eq: { type: "null" }, ne: { type: "null" } });
    expect(Object.keys(anyOf[1]!.properties!)).not.toContain("oneOf");
  });

  test("a value of a different type, NULL, lists and pairs", () => {
    const [value, none, filter] = entry("n").anyOf;
    expect<unknown>([value, none]).toEqual([integer, { type: "null" }]);
    expect(filter!.properties).toMatchObject({
      eq: nullable(integer),
      oneOf: { type: "array", items: nullable(integer) },
      between: { type: "array", items: integer, minItems: 2, maxItems: 2 },
    });
  });

  test("a range contains its bounds' type and ranges, a multirange also multiranges", () => {
    const range = expect.objectContaining({ anyOf: expect.any(Array) });
    const contents = (name: string): unknown[] => {
      const { contains, overlaps } = entry(name).anyOf.at(-1)!.properties as Record<string, Entry>;
      return [contains!.anyOf, overlaps!.anyOf];
    };
    expect(contents("span")).toEqual([[range, integer], [range]]);
    const many = { type: "array", items: range };
    expect(contents("many")).toEqual([
      [range, expect.objectContaining(many), integer],
      [range, expect.objectContaining(many)],
    ]);
  });
});

test("a default that the column rejects and the values of a custom schema are not described", () => {
  expect(property(insertSchema(schema, "forms"), "low")).not.toHaveProperty("default");
  const refined = refine(schema, { tk: { name: v.string() } });
  expect(property(insertSchema(refined, "tk"), "name")).toEqual({ description: "The name." });
});

/** JSON values that a client could send, valid and invalid ones. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  name: ["", "x", "ä".repeat(40), "😀".repeat(40), "x".repeat(41), 1, null],
  n: [0, 1, 2_147_483_647, 2_147_483_648, 1.5, "1", null, true],
  big: ["9223372036854775807", "1", 1, 1.5, 2 ** 60, "x", "1.0", null],
  p: ["1.50", "1.505", 1.5, 1e9, "123456789", "-12345678.90", "x", null],
  free: ["123456789012345678901234567890.5", 1.25, "1,5", null],
  f: [0.5, 0.6, "1", null],
  at: [
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.678+02:00",
    "2026-02-30T00:00:00Z",
    "2026-01-02",
    5,
    null,
  ],
  local: ["2026-01-02T03:04:05", "2026-01-02 03:04:05.678", "2026-01-02T03:04:05Z", "x", null],
  day: ["2026-02-28", "2026-02-30", "02/28/2026", 5, null],
  hour: ["23:59:59", "23:59", "25:00", "23:59:59.5", null],
  key: ["6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b", "6ec0bd7f", 1, null],
  bits: ["101", "10", "1012", null],
  flag: [true, "true", 0, null],
  m: ["sad", "bad", null],
  status: ["new", "other", null],
  short: ["abc", "abcd", "😀😀😀", null],
  share: [0, 100, 101, -1, null],
  c: ["ab", "a", "abcdefghi", null],
  tags: [[], ["a", null], ["a", "b", "c"], [1], "a", null],
  span: [
    { lower: 1, upper: null, bounds: "[)" },
    "empty",
    { lower: 1, upper: 2 },
    { lower: "1", upper: 2, bounds: "[)" },
    null,
  ],
  pr: [{ a: 1, b: null }, { a: 1 }, { a: 1, b: "x", c: 1 }, { a: "1", b: "x" }, null],
  doc: [{ a: 1 }, [], "x", 1, null],
};

test.each(Object.keys(VALUES))("%s: an independent validator accepts and rejects the same values", name => {
  const made = updateSchema(schema, "tk");
  const validate = ajv.compile(standard(made));
  const results = VALUES[name]!.map(value => [
    value,
    validate({ [name]: value }),
    v.is(made, { [name]: value }),
  ]);
  // Only the Valibot schema detects a number with too many decimals.
  const different = results.filter(([, json, own]) => json !== own);
  expect(different).toEqual([]);
});

test("for a row and for an entire table missing and unknown columns are detected too", () => {
  const made = insertSchema(schema, "tk");
  const validate = ajv.compile(standard(made));
  for (const row of [
    { name: "a", c: "ab" },
    { c: "ab" },
    { name: "a", c: "ab", x: 1 },
    {},
    { name: "a", id: 1 },
    [],
  ])
    expect([row, validate(row)]).toEqual([row, v.is(made, row)]);
});

test("stored rows as JSON are accepted by the JSON Schema of rows", async () => {
  const rows = await rowsWhere(sql, schema, "tk", {
    orderBy: "id",
  });
  const validate = ajv.compile(standard(rowSchema(schema, "tk")));
  for (const row of rows) {
    const bytes = row["raw"] as Uint8Array | null;
    const sent = JSON.parse(JSON.stringify({ ...row, raw: bytes === null ? null : `\\x${bytes.toHex()}` }));
    expect([validate(sent), validate.errors]).toEqual([true, null]);
  }
});

describe("for every table of the music store", () => {
  let store: MusicStore;
  beforeAll(async () => {
    store = await musicStore();
  });

  test("@valibot/to-json-schema and the Standard JSON Schema interface return the same schema", () => {
    const plain = ({ $schema: _, minProperties: __, ...made }: JsonSchema): unknown => made;
    for (const [whole, names] of [
      [store.schema, [...tableNames(store.schema), ...viewNames(store.schema)]],
      [schema, ["tk"]],
    ] as const) {
      for (const name of names)
        for (const made of [
          ...[rowSchema(whole, name), insertSchema(whole, name), updateSchema(whole, name)],
          filterSchema(whole, name),
        ]) {
          const converted = toJsonSchema(made as v.GenericSchema, {
            target: "draft-2020-12",
            errorMode: "throw",
          });
          expect(plain(converted)).toEqual(plain(standard(made) as JsonSchema));
          expect(() => ajv.compile(standard(made))).not.toThrow();
        }
    }
  });

  test("a filter's columns, operators and operands are described", () => {
    const made = filterSchema(store.schema, "track", {
      columns: ["name", "milliseconds"],
      operators: ["gt", "like"],
    });
    const validate = ajv.compile(standard(made));
    const filters = [
      { name: "x" },
      { name: null },
      { milliseconds: { gt: 5 } },
      { milliseconds: { gt: "x" } },
      { milliseconds: { like: "x" } },
      { milliseconds: 1.5 },
      { name: { like: "x" } },
      { name: { ilike: "x" } },
      { name: {} },
      { album_id: 1 },
      { or: [{ name: "x" }] },
      { or: { name: "x" } },
    ];
    for (const filter of filters) expect([filter, validate(filter)]).toEqual([filter, v.is(made, filter)]);
  });
});
