import { expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import * as v from "valibot";
import { insertSchema, rowSchema, rowsWhere, updateSchema } from "../../src/index.ts";
import { TYPES as ALL_TYPES, TYPES_SQL } from "../support/differential-types.ts";
import { EDGE_TYPES } from "../support/edge-values.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

// The boundary values of other types have no pattern.
const TYPES = ALL_TYPES.filter(({ type }) => !EDGE_TYPES.includes(type));
const columns = TYPES.map(({ type }, index) => `c${index} ${type}`).join(", ");
const { schema } = await testTables(`${TYPES_SQL} create table every_type (${columns})`);
const made = updateSchema(schema, "every_type");
const ajv = new Ajv2020({ strict: true });
addFormats.default(ajv);
const validate = ajv.compile(made["~standard"].jsonSchema.input({ target: "draft-2020-12" }));

/** Types whose rules JSON Schema cannot express: the syntax of the string, the order of bounds, rounding. */
const WIDER: ReadonlySet<string> = new Set([
  ...["interval", "interval(2)", "inet", "cidr", "macaddr", "macaddr8"],
  ...["int4range", "numrange", "daterange", "tstzrange", "timestamptz", "timestamptz(3)"],
  ...[
    "int8",
    "money",
    "float4",
    "numeric",
    "numeric(5,2)",
    "numeric(3,-2)",
    "numeric(3,5)",
    "numeric(5,2)[]",
  ],
]);

/**
 * Strings that stand for bytes and are converted by bodies and files, strings that no JSON Schema of rowfn excludes,
 * and the year 0 of ISO 8601, which PostgreSQL lacks.
 */
function isElsewhere(json: string): boolean {
  return /\\u0000|\\ud[89a-f]|"0000-|^"\\\\x/.test(json);
}

/** Returns undefined for a value that JSON cannot represent: a bigint, NaN, a Date, bytes. */
function jsonOf(value: unknown): string | undefined {
  try {
    const json = JSON.stringify(value);
    return json !== undefined && Bun.deepEquals(JSON.parse(json), value, true) ? json : undefined;
  } catch {
    return undefined;
  }
}

for (const [index, { type, values }] of TYPES.entries())
  test(`${type}: the Valibot schema accepts what the JSON Schema accepts`, () => {
    let accepted = 0;
    const wrong: string[] = [];
    for (const value of fc.sample(values, { numRuns: 300, seed: 7 })) {
      const json = jsonOf(value);
      if (json === undefined) continue;
      const row = { [`c${index}`]: value };
      if (!validate(row)) continue;
      if (v.is(made, row)) accepted++;
      else if (!isElsewhere(json)) wrong.push(json);
    }
    if (!WIDER.has(type)) expect(wrong).toEqual([]);
    if (!["bytea", "timestamp(0)"].includes(type)) expect(accepted).toBeGreaterThan(0);
  });

test.each([
  ["float4", "3.4028235e+38", [3.4028235e38, -3.4028235e38], [3.5e38]],
  ...(isServer(15) ? ([['"char"', "\\377", ["\\200", "a", "", "\\"], ["é", "ab", "\\177"]]] as const) : []),
  ["time", "24:00:00", ["24:00", "23:59:59.5"], ["24:00:01", "25:00"]],
  ["timetz", "24:00:00+00", ["24:00Z"], ["24:00", "24:01:00+00"]],
] as const)(
  "the JSON Schemas of %s accept %s, which a row can have",
  async (type, text, others, rejected) => {
    const { sql, schema: own } = await testTables(`create table extreme (v ${type})`);
    await sql.unsafe(`insert into extreme values ('${text}')`);
    const rows = await rowsWhere(sql, own, "extreme");
    const row = rowSchema(own, "extreme")["~standard"].jsonSchema.output({ target: "draft-2020-12" });
    const input = insertSchema(own, "extreme")["~standard"].jsonSchema.input({ target: "draft-2020-12" });
    const isInput = ajv.compile(input);
    expect(ajv.compile(row)(rows[0])).toBe(true);
    expect([rows[0]!["v"], ...others, ...rejected].filter(value => isInput({ v: value }))).toEqual([
      rows[0]!["v"],
      ...others,
    ]);
  },
);

test("money has two decimal places", () => {
  const { properties } = made["~standard"].jsonSchema.input({ target: "draft-2020-12" }) as {
    properties: Record<string, { anyOf: readonly object[] }>;
  };
  const money = properties[`c${TYPES.findIndex(({ type }) => type === "money")}`]!;
  expect(money.anyOf[0]).toEqual({
    anyOf: [
      { type: "string", pattern: "^-?\\d{1,17}(\\.\\d{1,2})?$" },
      { type: "number", minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    ],
  });
});

test("a numeric without decimal places is an integer, and one with a decimal place a number", async () => {
  const { schema: own } = await testTables("create table number (whole numeric(4), tenths numeric(3,1))");
  const { properties } = updateSchema(own, "number")["~standard"].jsonSchema.input({
    target: "draft-2020-12",
  });
  const nullable = (...anyOf: readonly object[]): object => ({ anyOf: [{ anyOf }, { type: "null" }] });
  expect(properties).toEqual({
    whole: nullable(
      { type: "string", pattern: "^-?\\d{1,4}$" },
      { type: "integer", exclusiveMinimum: -1e4, exclusiveMaximum: 1e4 },
    ),
    tenths: nullable(
      { type: "string", pattern: "^-?\\d{1,2}(\\.\\d{1,1})?$" },
      { type: "number", exclusiveMinimum: -100, exclusiveMaximum: 100 },
    ),
  });
});

test("a constant default is valid for the schema of its column, or not described", async () => {
  const { schema: own } = await testTables(`create table constants (
    at timestamptz default '2026-01-02 03:04:05.5+00', late timestamptz default 'infinity', f float8 default 'NaN',
    day date default '2026-01-02', early date default '0044-03-15 BC', local timestamp default '2026-01-02 03:04:05',
    forever timestamp default '-infinity', midnight time default '24:00', noon time default '12:00', span interval default '1 day')`);
  const json = insertSchema(own, "constants")["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  const { properties } = json as { readonly properties: Record<string, { readonly default?: unknown }> };
  const defaults = Object.fromEntries(
    Object.entries(properties).flatMap(([name, one]) => ("default" in one ? [[name, one.default]] : [])),
  );
  expect(defaults).toEqual({
    ...{ at: "2026-01-02T03:04:05.5+00:00", day: "2026-01-02", local: "2026-01-02 03:04:05" },
    ...{ midnight: "24:00:00", noon: "12:00:00", span: "1 day" },
  });
  expect(ajv.compile(json)(defaults)).toBe(true);
});
