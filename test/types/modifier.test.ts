// The numbers in parentheses after a type's name, and the parameters of raw SQL that have no type.
import { expect, test } from "bun:test";
import { ArgumentError } from "../../src/index.ts";
import { containsDate } from "../../src/types/holds-dates.ts";
import {
  isWiderModifier,
  type ModifierKind,
  packModifier,
  printModifier,
  unpackModifier,
} from "../../src/types/modifier.ts";
import { printUntyped } from "../../src/types/untyped.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { plain } = await testTables("create table nothing ()");

/** Kind, numbers, and the type as PostgreSQL prints it. */
const MODIFIERS: readonly [kind: ModifierKind, numbers: number[], type: string, sql: string][] = [
  ["length", [1], "varchar(1)", "character varying(1)"],
  ["length", [10_485_760], "varchar(10485760)", "character varying(10485760)"],
  ["bits", [1], "bit(1)", "bit(1)"],
  ["bits", [83_886_080], "bit(83886080)", "bit(83886080)"],
  ["maxBits", [1], "varbit(1)", "bit varying(1)"],
  ["maxBits", [83_886_080], "varbit(83886080)", "bit varying(83886080)"],
  ["numeric", [5, 2], "numeric(5,2)", "numeric(5,2)"],
  ["numeric", [1000, 1000], "numeric(1000,1000)", "numeric(1000,1000)"],
  ["numeric", [1, 0], "numeric(1,0)", "numeric(1,0)"],
  ["numeric", [1, -1000], "numeric(1,-1000)", "numeric(1,-1000)"],
  ["time", [0], "time(0)", "time(0) without time zone"],
  ["time", [6], "time(6)", "time(6) without time zone"],
  ["interval", [3], "interval(3)", "interval(3)"],
];

// Before PostgreSQL 15 a scale cannot be negative.
const KNOWN = MODIFIERS.filter(([, numbers]) => isServer(15) || numbers.every(number => number >= 0));

test.each(KNOWN)("%s %p is packed and parsed as by PostgreSQL", async (kind, numbers, type, sql) => {
  const packed = packModifier(kind, numbers, type);
  expect(await plain(`select format_type('${type.split("(")[0]}'::regtype, ${packed})`)).toEqual([[sql]]);
  expect(unpackModifier(kind, packed).slice(0, numbers.length)).toEqual(numbers);
  expect(printModifier(kind, packed)).toBe(`(${numbers.join(",")})`);
});

test.each([
  [undefined, [1], "this type has no modifier"],
  ["length", [0], "the modifier must be from 1 to 10485760"],
  ["length", [10_485_761], "the modifier must be from 1 to 10485760"],
  ["length", [1, 2], "the modifier has more than one number"],
  ["bits", [0], "the modifier must be from 1 to 83886080"],
  ["maxBits", [0], "the modifier must be from 1 to 83886080"],
  ["maxBits", [83_886_081], "the modifier must be from 1 to 83886080"],
  ["time", [-1], "the modifier must be from 0 to 6"],
  ["time", [7], "the modifier must be from 0 to 6"],
  ["interval", [7], "the modifier must be from 0 to 6"],
  ["numeric", [0, 0], "the modifier must be from 1 to 1000"],
  ["numeric", [1001, 0], "the modifier must be from 1 to 1000"],
  ["numeric", [5, 1001], "the scale must be from -1000 to 1000"],
  ["numeric", [5, -1001], "the scale must be from -1000 to 1000"],
] as [ModifierKind | undefined, number[], string][])("%s %p is rejected: %s", (kind, numbers, message) => {
  const attempt = (): unknown => packModifier(kind, numbers, "t");
  expect(attempt).toThrow(ArgumentError);
  expect(attempt).toThrow(`t: ${message}`);
});

const pack = (kind: ModifierKind, numbers: number[] | undefined): number =>
  numbers === undefined ? -1 : packModifier(kind, numbers, "t");

test.each([
  ["length", [5], [5], true],
  ["length", [5], [6], true],
  ["length", [5], [4], false],
  ["length", [5], undefined, true],
  ["length", undefined, [5], false],
  ["length", undefined, undefined, true],
  ["bits", [5], [5], true],
  ["bits", [5], [6], false],
  ["maxBits", [5], [6], true],
  ["time", [3], [6], true],
  ["time", [3], [2], false],
  ["numeric", [5, 2], [6, 2], true],
  ["numeric", [5, 2], [6, 3], true],
  ["numeric", [5, 2], [5, 3], false],
  ["numeric", [5, 2], [7, 1], false],
  ["numeric", [5, 2], [4, 2], false],
  ["interval", [3], [6], false],
  ["interval", [3], undefined, true],
] as [ModifierKind, number[] | undefined, number[] | undefined, boolean][])(
  "%s %p becomes %p without loss: %p",
  (kind, before, after, isWider) => {
    expect(isWiderModifier(kind, pack(kind, before), pack(kind, after))).toBe(isWider);
  },
);

test("a type without modifiers is as wide only as itself", () => {
  expect(isWiderModifier(undefined, -1, -1)).toBe(true);
  expect(isWiderModifier(undefined, 5, 6)).toBe(false);
  expect([unpackModifier(undefined, 5), printModifier(undefined, 5), printModifier("time", -1)]).toEqual([
    [],
    "",
    "",
  ]);
});

test.each([
  [null, null],
  ["a", "a"],
  [1.5, "1.5"],
  [2n ** 64n, "18446744073709551616"],
  [true, "true"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Uint8Array([0, 255]), "\\x00ff"],
  [[1, null, "a,b"], '{1,NULL,"a,b"}'],
  [[[1], [2]], "{{1},{2}}"],
  [[], "{}"],
  [[true, new Uint8Array([1])], '{"true","\\\\x01"}'],
])("%p is the parameter %p", (value, text) => {
  expect(printUntyped(value)).toBe(text);
});

test.each([
  [{ a: 1 }, "a parameter of expr must be a scalar or an array, received an object"],
  [undefined, "a parameter of expr must be a scalar or an array, received undefined"],
  [() => 1, "a parameter of expr must be a scalar or an array"],
  [Symbol("a"), "a parameter of expr must be a scalar or an array"],
  [new Date(Number.NaN), "a parameter of expr must be valid, received an invalid Date"],
  ["a\0", "a parameter of expr has a NUL character or a lone surrogate"],
  ["\ud800", "a parameter of expr has a NUL character or a lone surrogate"],
  [["a\0"], "a parameter of expr has a NUL character or a lone surrogate"],
  [[{}], "a parameter of expr must be a scalar or an array"],
])("%p is not a parameter", (value, message) => {
  expect(() => printUntyped(value)).toThrow(ArgumentError);
  expect(() => printUntyped(value)).toThrow(message);
});

test.each([
  [new Date(0), true],
  [[new Date(0)], true],
  [{ a: { b: [null, new Date(0)] } }, true],
  [[1, "a", null], false],
  [{ a: 1 }, false],
  ["2020-01-01", false],
  [null, false],
  [undefined, false],
  [new Uint8Array(2), false],
])("%p contains a Date: %p", (value, contains) => {
  expect(containsDate(value)).toBe(contains);
});
