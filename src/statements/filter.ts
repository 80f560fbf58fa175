import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";
import type { ColumnOperatorName } from "./column-operators.ts";
import type { Fragment } from "./fragment.ts";

// The key is a symbol, which JSON cannot contain, so that data from the network never becomes an operator.
const OPERATOR: unique symbol = Symbol.for("rowfn: an operator");

/** A comparison of one column with a `Value`, created by `gt`, `oneOf`, `like` ... */
export interface Operator<Value = unknown> {
  readonly [OPERATOR]: OperatorName;
  readonly operands: readonly unknown[];
  readonly "~value"?: Value;
  readonly "~kind"?: "operator";
}

/** The operand of `like`, `matches` and `search`, which only text columns accept. */
export interface Pattern {
  readonly "~compares": "text";
}

/** A full-text search, created by `search`: an operator on a column, or a filter of a table with one tsvector column. */
export interface TextSearch extends Operator<Pattern> {
  /** A search fits a filter of any table, and where a combination does. */
  "~row"?(row: unknown): void;
  readonly "~kind"?: never;
  readonly "~search"?: true;
}

/** The operand of `contains`, `hasKey` ..., which only arrays, ranges and jsonb accept. */
export interface Content {
  readonly "~compares": "content";
}

/** A combination of filters, created by `and`, `or`, `not`, `some`, `none`, `every`. */
export interface Combination<Row = object> {
  readonly [OPERATOR]: OperatorName;
  readonly operands: readonly unknown[];
  // The row type comes from the place of use, never from the filters inside. It is a method, because methods are
  // bivariant: a combination that was created before its table is known fits any table.
  "~row"?(row: Row): void;
  readonly "~kind"?: "combination";
}

const COMBINATIONS = ["and", "or", "not", "some", "none", "every"] as const;
export type CombinationName = (typeof COMBINATIONS)[number];
export type OperatorName = ColumnOperatorName | CombinationName;

/** A filter: an object of column → value or operator (all must hold), a combination, or an `expr`. */
export type Where<Row = Record<string, unknown>> = keyof Row extends never
  ? UnknownFilter<Row>
  : string extends keyof Row
    ? AnyFilter<Row>
    : KnownFilter<Row>;

type AnyFilter<Row> = ColumnFilters<Row> | Combination<Row> | Fragment;

// A filter of a table that is not known yet. An operator or a search alone is not one, because it may be of a column.
type UnknownFilter<Row> = (UnknownColumns | object | Combination<Row> | Fragment) & {
  readonly "~kind"?: "combination";
  readonly "~search"?: never;
};
interface UnknownColumns {
  readonly [column: string]: object | string | number | bigint | boolean | null | undefined;
}

// With known columns this is one object type, which combinations and fragments also have, because only then does the
// compiler suggest a name for a misspelled column.
type KnownFilter<Row> = ColumnFilters<Row> & Pick<Combination<Row>, "~row">;

export type ColumnFilters<Row> = {
  readonly [Column in keyof Row & string]?:
    | Row[Column]
    | null
    | Operator<Operand<Row[Column]>>
    | InheritedMember<Column>;
};

// For the compiler every object has `constructor` and `toString`, which a column of that name would reject.
type InheritedMember<Column extends string> = ObjectPrototype[Column & keyof ObjectPrototype];
type ObjectPrototype = ObjectConstructor["prototype"];

// Without null: `eq` and the like accept it themselves, and the other operators reject it.
type Operand<Value> = unknown extends Value
  ? unknown
  : NonNullable<Value> extends string
    ? NonNullable<Value> | Pattern
    : NonNullable<Value> extends string | number | bigint | boolean | Date | Uint8Array | ArrayBuffer
      ? NonNullable<Value>
      : NonNullable<Value> | Content;

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
  throw new ArgumentError(`${name} requires an array of values, received ${describeValue(values)}`);
}

/** Whether the name is of a combination of filters, not of an operator on a column. */
export function isCombination(name: OperatorName): name is CombinationName {
  return COMBINATIONS.includes(name as CombinationName);
}
