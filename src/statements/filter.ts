import { ArgumentError } from "../errors.ts";
import { received } from "../types/problem.ts";
import type { ColumnOperatorName } from "./column-operators.ts";
import type { Fragment } from "./fragment.ts";

// A symbol as the key: no JSON from the network can carry one, so data never becomes an operator.
const OPERATOR: unique symbol = Symbol("rowfn operator");

/** A comparison of one column, made by `gt`, `oneOf`, `like` ...; `Value` is what it compares with. */
export interface Operator<Value = unknown> {
  readonly [OPERATOR]: OperatorName;
  readonly operands: readonly unknown[];
  readonly "~value"?: Value;
  readonly "~kind"?: "operator";
}

/** In place of a value: what only text is compared with, by `like`, `matches`, `search`. */
export interface Pattern {
  readonly "~compares": "text";
}

/** In place of a value: what only an array, a range or jsonb is compared with, by `contains`, `hasKey` ... */
export interface Content {
  readonly "~compares": "content";
}

/** A combination of filters, made by `and`, `or`, `not`. */
export interface Combination<Row = object> {
  readonly [OPERATOR]: CombinationName;
  readonly operands: readonly unknown[];
  // The row comes from where the combination is used, never from the filters inside it. A method, which compares both
  // ways, so that one made before its table is known fits any table.
  "~row"?(row: Row): void;
  readonly "~kind"?: "combination";
}

const COMBINATIONS = ["and", "or", "not", "some", "none", "every"] as const;
export type CombinationName = (typeof COMBINATIONS)[number];
export type OperatorName = ColumnOperatorName | CombinationName;

/** A filter: an object of column → value or operator (all must hold), a combination, or an `expr`. */
export type Where<Row = Record<string, unknown>> = keyof Row extends never
  ? AnyFilter<Row>
  : string extends keyof Row
    ? AnyFilter<Row>
    : KnownFilter<Row>;

type AnyFilter<Row> = ColumnFilters<Row> | Combination<Row> | Fragment;

// Where the columns are known, one object type that combinations and fragments have as well: for a misspelt column the
// compiler then says which one may be meant.
type KnownFilter<Row> = ColumnFilters<Row> & Pick<Combination<Row>, "~row">;

export type ColumnFilters<Row> = {
  readonly [Column in keyof Row & string]?: Row[Column] | null | Operator<Operand<Row[Column]> | null>;
};

type Operand<Value> =
  NonNullable<Value> extends string
    ? Value | Pattern
    : NonNullable<Value> extends string | number | bigint | boolean | Date | Uint8Array | ArrayBuffer
      ? Value
      : Value | Content;

/** An operator or a combination with its operands. */
export function operator(name: OperatorName, operands: readonly unknown[]): Operator<never> {
  return Object.freeze({ [OPERATOR]: name, operands: Object.freeze(operands) });
}

/** The name of an operator or combination; undefined for anything else. */
export function operatorName(value: unknown): OperatorName | undefined {
  return typeof value === "object" && value !== null ? (value as Partial<Operator>)[OPERATOR] : undefined;
}

/** A copy of the list of `oneOf` or `noneOf`; throws ArgumentError for anything but an array. */
export function listOf(name: string, values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return Object.freeze([...values]);
  throw new ArgumentError(`${name} requires an array of values, received ${received(values)}`);
}

/** Whether the name is of a combination of filters, not of an operator on a column. */
export function isCombination(name: OperatorName): name is CombinationName {
  return COMBINATIONS.includes(name as CombinationName);
}
