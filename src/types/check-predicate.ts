import type { Check } from "../schema/snapshot.ts";
import { printedName } from "./catalogue.ts";
import { type Comparison, type Constant, parseCheck } from "./check-expression.ts";
import type { Codec, Problem } from "./codec.ts";
import { conditionText } from "./condition-text.ts";
import { orderTo } from "./decimal.ts";
import { describeValue } from "./problem.ts";
import { codePoints, utf8Bytes } from "./text.ts";

/** Checks a value that the codec has accepted. */
export type ValueCheck = (value: unknown) => Problem | undefined;

/** The column or domain whose values a CHECK is about. */
export interface CheckedValue {
  /** The column's name; `value` for a domain. */
  readonly name: string;
  readonly codec: Codec;
  /** Whether it has a collation of its own, which can make different strings equal. */
  readonly isCollated: boolean;
}

/**
 * A CHECK of one column as a function; undefined if no part of it can be evaluated exactly without the database. `message` is
 * the application's.
 */
export function checkPredicate(check: Check, of: CheckedValue, message?: string): ValueCheck | undefined {
  const tests = evaluatedComparisons(check, of).map(comparison => comparisonTest(comparison, of)!);
  if (tests.length === 0) return undefined;
  const holds = allHold(tests);
  const own = message === undefined ? {} : { message };
  return value => {
    if (holds(value)) return undefined;
    const expected = `a value that satisfies ${conditionText(check.expression)}`;
    return { expected, received: describeValue(value), reason: `constraint ${check.name}`, ...own };
  };
}

/** The comparisons of a CHECK of one column that can be evaluated exactly without the database. */
export function evaluatedComparisons(check: Check, of: CheckedValue): readonly Comparison[] {
  if (!check.enforced) return [];
  return (parseCheck(check.expression) ?? []).filter(
    comparison => comparison.column === of.name && comparisonTest(comparison, of) !== undefined,
  );
}

type Test = (value: unknown) => boolean;

function comparisonTest(comparison: Comparison, { codec, isCollated }: CheckedValue): Test | undefined {
  const orders =
    comparison.fn !== undefined
      ? lengthOrders(comparison, codec)
      : isCollated
        ? undefined
        : valueOrders(comparison, codec);
  if (orders === undefined) return undefined;
  const tests = orders.map(TESTS[comparison.operator]);
  return comparison.quantifier === "any" ? value => tests.some(test => test(value)) : allHold(tests);
}

function allHold(tests: readonly Test[]): Test {
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : value => tests.every(test => test(value));
}

/** Compares a value with a constant: negative, 0 or positive. */
type Order = (value: unknown) => number;
/** One `Order` per constant. */
type Orders = readonly Order[];

const TESTS: { readonly [Operator in Comparison["operator"]]: (order: Order) => Test } = {
  "=": order => value => order(value) === 0,
  "<>": order => value => order(value) !== 0,
  "<": order => value => order(value) < 0,
  "<=": order => value => order(value) <= 0,
  ">": order => value => order(value) > 0,
  ">=": order => value => order(value) >= 0,
};

function valueOrders(comparison: Comparison, codec: Codec): Orders | undefined {
  const { shape, castType } = codec;
  if (shape.kind === "enum")
    return only(comparison, enumCasts(castType)) ? equalityOrders(comparison) : undefined;
  if (shape.kind !== "scalar") return undefined;
  if (shape.family === "integer" || shape.family === "bigint" || castType === "numeric") {
    const isInteger = castType !== "numeric" && INTEGERS.has(printedName(castType));
    return only(comparison, isInteger ? INTEGERS : EXACT) ? decimalOrders(comparison.constants) : undefined;
  }
  if (castType === "float8") return only(comparison, DOUBLE) ? doubleOrders(comparison.constants) : undefined;
  const isText = castType === "text" || castType === "varchar";
  return isText && only(comparison, TEXT) ? equalityOrders(comparison) : undefined;
}

// The types that values may be cast to without a change, as CHECK expressions name them.
const EXACT: ReadonlySet<string> = new Set(["numeric"].map(printedName));
const INTEGERS: ReadonlySet<string> = new Set(["int2", "int4", "int8", "numeric"].map(printedName));
const DOUBLE: ReadonlySet<string> = new Set(["float8"].map(printedName));
const TEXT: ReadonlySet<string> = new Set(["text", "varchar"].map(printedName));

// As text an enum is its label; PostgreSQL names the type with or without its schema.
function enumCasts(castType: string): ReadonlySet<string> {
  const [schema, name] = castType.slice(1, -1).replaceAll('""', '"').split('"."');
  return new Set([...TEXT, `${schema}.${name}`, `${name}`]);
}

// A cast to a different type could round or truncate either side.
function only({ casts, constants }: Comparison, types: ReadonlySet<string>): boolean {
  return (
    casts.every(type => types.has(type)) &&
    constants.every(constant =>
      constant.casts.every(type =>
        INTEGERS.has(type) && !EXACT.has(type)
          ? isWhole(constant)
          : types.has(type) || (EXACT.has(type) && isWhole(constant)),
      ),
    )
  );
}

function isWhole({ text }: Constant): boolean {
  return /^-?\d+$/.test(text);
}

// The values are numbers, bigints and decimal strings.
function decimalOrders(constants: readonly Constant[]): Orders | undefined {
  const orders = constants.flatMap(({ text }) => orderTo(text) ?? []);
  if (orders.length < constants.length) return undefined;
  return orders as Orders;
}

function doubleOrders(constants: readonly Constant[]): Orders | undefined {
  const numbers = constants.map(({ text }) => Number(text));
  if (numbers.some(Number.isNaN)) return undefined;
  // PostgreSQL sorts NaN last.
  return numbers.map(number => value => ((value as number) < number ? -1 : value === number ? 0 : 1));
}

// The order of strings depends on the collation, so only equality is evaluated.
function equalityOrders({ operator, constants }: Comparison): Orders | undefined {
  if (operator !== "=" && operator !== "<>") return undefined;
  return constants.map(
    ({ text }) =>
      value =>
        value === text ? 0 : 1,
  );
}

function lengthOrders(comparison: Comparison, codec: Codec): Orders | undefined {
  const measure = measureOf(comparison.fn!, codec);
  if (measure === undefined || !only(comparison, TEXT)) return undefined;
  const limits = comparison.constants.map(({ text }) => Number(text));
  if (limits.some(Number.isNaN)) return undefined;
  return limits.map(limit => value => measure(value) - limit);
}

function measureOf(fn: string, codec: Codec): ((value: unknown) => number) | undefined {
  const { shape, castType } = codec;
  if (castType === "text" || castType === "varchar")
    return TEXT_MEASURES.get(fn) as (value: unknown) => number;
  if (castType === "bytea" && (fn === "length" || fn === "octet_length"))
    return value => (value as Uint8Array | ArrayBuffer).byteLength;
  if (fn === "cardinality" && shape.kind === "array" && isPlainElement(shape.element)) return elementCount;
  return undefined;
}

const TEXT_MEASURES: ReadonlyMap<string, (value: string) => number> = new Map([
  ["length", codePoints],
  ["char_length", codePoints],
  ["character_length", codePoints],
  ["octet_length", utf8Bytes],
]);

// Elements that are JavaScript arrays cannot be distinguished from dimensions.
function isPlainElement({ shape }: Codec): boolean {
  return shape.kind === "enum" || (shape.kind === "scalar" && shape.family !== "json");
}

function elementCount(value: unknown): number {
  return Array.isArray(value) ? value.flat(Infinity).length : (value as ArrayLike<unknown>).length;
}
