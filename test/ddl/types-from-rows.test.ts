// The column type that `createTable` infers from values, in every order of the values.
import { expect, test } from "bun:test";
import { createFromRowsSql } from "../../src/ddl/index.ts";
import { ArgumentError, expr } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables("create table nothing ()");

function typeOf(values: readonly unknown[]): string {
  const rows = values.map(c => ({ c }));
  const [text] = createFromRowsSql(schema, "t", rows as never) as readonly [string];
  return /"c" ([^,\n]+?)(?: NOT NULL)?,?\n/.exec(text)![1]!;
}

const MAX = 2n ** 63n - 1n;
const TYPES: readonly [type: string, ...values: unknown[]][] = [
  ["text", "a"],
  ["boolean", true],
  ["bigint", 5],
  ["bigint", Number.MAX_SAFE_INTEGER],
  ["double precision", 2 ** 53],
  ["double precision", -0],
  ["double precision", 1.5],
  ["bigint", MAX],
  ["numeric", MAX + 1n],
  ["bigint", -MAX - 1n],
  ["numeric", -MAX - 2n],
  ["timestamp with time zone", new Date(0)],
  ["bytea", new Uint8Array(1)],
  ["bytea", new ArrayBuffer(1)],
  ["jsonb", { a: 1 }],
  ["bigint[]", [1, 2]],
  ["bigint[]", [null, 1]],
  ["text[]", ["a", null]],
  ["double precision[]", [1, 1.5]],
  ["jsonb", [1, "a"]],
  ["jsonb", [{ a: 1 }]],
  ["jsonb", [[1]]],
  ["jsonb", [], [1, "a"]],
  ["jsonb", { a: 1 }, []],
  ["bigint[]", [], [1]],
  ["double precision", 1, 1.5],
  ["numeric", 1.5, MAX + 1n],
  ["numeric", 1, MAX + 1n],
  ["bigint", null, 1],
  ["bigint[]", [], [1]],
  ["double precision[]", [1], [1.5]],
  ["numeric[]", [MAX + 1n], [1.5]],
  ["jsonb", [1], ["a"]],
  ["jsonb", [], { a: 1 }],
  ["jsonb", [1], { a: 1 }],
];

for (const [type, ...values] of TYPES)
  test(`${Bun.inspect(values)} is ${type}, in both orders`, () => {
    expect([typeOf(values), typeOf(values.toReversed())]).toEqual([type, type]);
  });

test.each([
  ["a string and a number", "a", 1, /no type holds both/],
  ["a boolean and a number", true, 1, /no type holds both/],
  ["a Date and a text", new Date(0), "a", /no type holds both/],
  ["an object and a number", { a: 1 }, 1, /no type holds both/],
  ["an array and a number", [1], 1, /no type holds both/],
  ["an array and a string", "a", ["a"], /no type holds both/],
  ["an empty array and a number", [], 1, /no type holds both/],
  ["raw SQL", expr`now()`, null, /a value of this kind has no PostgreSQL type/],
  ["an array of raw SQL", [expr`now()`], null, /a value of this kind has no PostgreSQL type/],
  ["a Map", new Map(), null, /a value of this kind has no PostgreSQL type/],
  ["a symbol", Symbol("a"), null, /a value of this kind has no PostgreSQL type/],
])("%s has no type, in both orders", (_name, first, second, message) => {
  for (const values of [
    [first, second],
    [second, first],
  ]) {
    expect(() => typeOf(values)).toThrow(ArgumentError);
    expect(() => typeOf(values)).toThrow(message);
  }
});
