// Values at the edges of their types, which PostgreSQL accepts or rejects alike.
import { expect, test } from "bun:test";
import { insert, loadSchema, validateInsert } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

// A scale is from 0 to the precision before PostgreSQL 15.
const SCALED = isServer(15) ? "small numeric(2,4), tens numeric(2,-1)" : "small numeric(4,4), tens int";
const { sql, schema, plain } = await testTables(
  `create table t (at timestamptz, local timestamp, part numeric(2,2), ${SCALED}, span numrange)`,
  "truncate t",
);

// As a double it is 0.
const TINY = `0.${"0".repeat(399)}1`;

const CASES: readonly (readonly [column: string, value: unknown, isValid: boolean])[] = [
  ["at", "infinity", true],
  ["local", "4714-11-24T00:00:00 BC", true],
  ["local", "4714-11-23T23:59:59 BC", false],
  ["part", "0.12", true],
  ["part", "-0.99", true],
  ["part", "0.123", false],
  ["part", "1", false],
  ["small", "0.0012", true],
  ["small", isServer(15) ? "0.01" : "1.01", false],
  ["tens", isServer(15) ? "120" : 120, true],
  ["tens", "125", false],
  ["span", { lower: "0.05", upper: "0", bounds: "[)" }, false],
  ["span", { lower: "0", upper: "0.05", bounds: "[)" }, true],
  ["span", { lower: "-0.05", upper: "0", bounds: "[)" }, true],
  ["span", { lower: "0", upper: "-0.05", bounds: "[)" }, false],
  ["span", { lower: TINY, upper: "0", bounds: "[)" }, false],
  ["span", { lower: "0", upper: TINY, bounds: "[)" }, true],
  ["span", { lower: `-${TINY}`, upper: "0", bounds: "[)" }, true],
  ["span", { lower: "0", upper: `-${TINY}`, bounds: "[)" }, false],
  ["span", { lower: "1", upper: "2", bounds: "[)", step: 1 }, false],
  ["span", { lower: TINY, upper: `${TINY}0`, bounds: "[]" }, true],
];

test.each(CASES)("%s: %j is valid: %j", async (column, value, isValid) => {
  const row = { [column]: value };
  expect(validateInsert(schema, "t", row).issues ?? []).toHaveLength(isValid ? 0 : 1);
  if (isValid) await insert(sql, schema, "t", row);
  else expect((await failure(insert(sql, schema, "t", row))).name).toBe("ValidationError");
  expect(await plain("select count(*)::int from t")).toEqual([[isValid ? 1 : 0]]);
});

test("the last microsecond of a timestamp is valid as text, and the next one is rejected", async () => {
  const texts = await loadSchema(sql, { types: { timestamp: "string", timestamptz: "string" } });
  await insert(sql, texts, "t", {
    local: "294276-12-31T23:59:59.999999",
    at: "294276-12-31T23:59:59.999999Z",
  });
  expect(await plain("select local::text, (at at time zone 'UTC')::text from t")).toEqual([
    ["294276-12-31 23:59:59.999999", "294276-12-31 23:59:59.999999"],
  ]);
  for (const row of [{ local: "294277-01-01T00:00:00" }, { at: "294277-01-01T00:00:00Z" }])
    expect(validateInsert(texts, "t", row).issues?.[0]?.message).toContain(
      "Expected a timestamp from 4714-11-24 BC to 294276-12-31",
    );
});
