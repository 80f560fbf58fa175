import { ArgumentError } from "../errors.ts";
import type { Codec } from "../types/codec.ts";
import { describeValue } from "../types/problem.ts";
import { codecFor } from "../types/resolve.ts";
import { hasOrder } from "../types/type-operators.ts";
import { type ColumnPlan, comparedSql, nullSql } from "./column-plan.ts";
import {
  absenceSql,
  type Comparison,
  distinctionSql,
  equalitySql,
  equalsOf,
  inequalitySql,
  membershipSql,
  valueSql,
} from "./equality-sql.ts";
import { type SearchOptions, searchSql } from "./full-text.ts";
import type { ConditionContext } from "./relation-plan.ts";

/** A comparison by an operator of `COLUMN_OPERATORS`. */
interface OperatorComparison extends Comparison {
  readonly name: ColumnOperatorName;
}

/** The kinds of operands, by which JSON filters and the command line read an operand. */
export type OperandKind =
  /** A value of the column's type. */
  | "value"
  /** A value of the column's type, or null. */
  | "value or null"
  /** Two values of the column's type. */
  | "pair"
  /** An array of values of the column's type, null among them. */
  | "list"
  /** A string, for a text column. */
  | "string"
  /** An array, a range or jsonb. */
  | "content"
  /** A string, for a jsonb column. */
  | "key"
  /** `true`, or `false` for the opposite. */
  | "flag"
  /** An operand that JSON filters cannot have. */
  | "none";

interface ColumnOperator {
  readonly operand: OperandKind;
  /** PostgreSQL's operator, or the whole condition. */
  readonly sql: string | ((comparison: OperatorComparison) => string);
  /** Whether the type needs an order. */
  readonly ordered?: boolean;
  /** Its spellings in `--where` of the command line. */
  readonly signs?: readonly string[];
}

/**
 * All that is known of each operator on a column. A new one is an entry here and the function of its name in
 * `operators.ts`, which `src/index.ts` exports.
 */
export const COLUMN_OPERATORS = {
  eq: { operand: "value or null", signs: ["="], sql: (one: Comparison): string => equalitySql(one) },
  ne: { operand: "value or null", signs: ["!=", "<>"], sql: (one: Comparison): string => inequalitySql(one) },
  distinctFrom: { operand: "value or null", sql: (one: Comparison): string => distinctionSql(one) },
  lt: { operand: "value", signs: ["<"], sql: "<", ordered: true },
  lte: { operand: "value", signs: ["<="], sql: "<=", ordered: true },
  gt: { operand: "value", signs: [">"], sql: ">", ordered: true },
  gte: { operand: "value", signs: [">="], sql: ">=", ordered: true },
  between: {
    operand: "pair",
    ordered: true,
    sql: (one: Comparison): string => `${one.sql} BETWEEN ${valueSql(one, 0)} AND ${valueSql(one, 1)}`,
  },
  oneOf: { operand: "list", sql: (one: Comparison): string => membershipSql(one) },
  noneOf: { operand: "list", sql: (one: Comparison): string => absenceSql(one) },
  contains: { operand: "content", signs: ["@>"], sql: "@>" },
  containedBy: { operand: "content", sql: "<@" },
  overlaps: { operand: "content", sql: "&&" },
  hasKey: { operand: "key", sql: "?" },
  matches: { operand: "string", signs: ["~"], sql: "~" },
  like: { operand: "string", signs: ["~~"], sql: "LIKE" },
  ilike: { operand: "string", signs: ["~~*"], sql: "ILIKE" },
  isNull: {
    operand: "flag",
    sql: ({ column, sql, operands }: Comparison): string => nullSql(column, sql, operands[0] !== false),
  },
  notNull: { operand: "none", sql: ({ column, sql }: Comparison): string => nullSql(column, sql, false) },
  search: {
    operand: "none",
    sql: ({ context, column, sql, operands }: Comparison): string =>
      searchSql(context.binder, column, sql, operands[0] as string, operands[1] as SearchOptions),
  },
} as const;

export type ColumnOperatorName = keyof typeof COLUMN_OPERATORS;
export const COLUMN_OPERATOR_NAMES: readonly ColumnOperatorName[] = Object.keys(
  COLUMN_OPERATORS,
) as ColumnOperatorName[];

/** The entry of an operator. */
export function columnOperator(name: ColumnOperatorName): ColumnOperator {
  return COLUMN_OPERATORS[name];
}

/** One comparison of a column as SQL; empty if every row meets it. */
export function comparisonSql(
  context: ConditionContext,
  column: ColumnPlan,
  name: ColumnOperatorName,
  operands: readonly unknown[],
): string {
  const comparison = { context, column, name, operands, sql: comparedSql(column, context.prefix) };
  const { operand, sql, ordered } = columnOperator(name);
  if (ordered && !hasOrder(column.filterCodec))
    throw operatorError(
      comparison,
      `requires a type with an order; this column has type ${column.column.type}`,
    );
  if (typeof sql === "function") return sql(comparison);
  return `${comparison.sql} ${sql} ${valueSql(comparison, 0, operandCodec(comparison, operand))}`;
}

function operandCodec(comparison: OperatorComparison, operand: OperandKind): Codec {
  const { context, column, operands } = comparison;
  if (operand === "content") return contentCodec(comparison);
  if (operand !== "string" && operand !== "key") return column.filterCodec;
  const { shape } = column.filterCodec;
  const isText = shape.kind === "scalar" && shape.family === "text";
  if (operand === "string" ? !isText : !isJsonb(column.filterCodec))
    throw columnTypeError(comparison, operand === "string" ? "text" : "jsonb");
  if (typeof operands[0] !== "string")
    throw operatorError(comparison, `requires a string, received ${describeValue(operands[0])}`);
  return codecFor(context.schema, "text", -1);
}

function contentCodec(comparison: OperatorComparison): Codec {
  const { name, operands } = comparison;
  const codec = comparison.column.filterCodec;
  const { shape } = codec;
  // Arrays are searched by the equality of their elements.
  if (shape.kind === "array") equalsOf(comparison);
  if (shape.kind === "array" || (isJsonb(codec) && name !== "overlaps")) return codec;
  const range = shape.kind === "multirange" ? shape.range : codec;
  if (range.shape.kind !== "range")
    throw columnTypeError(comparison, name === "overlaps" ? "array or range" : "array, range or jsonb");
  if (shape.kind === "multirange" && isMultirange(codec, operands[0])) return codec;
  const isElement = name === "contains" && range.check(operands[0]) !== undefined;
  return isElement ? range.shape.subtype : range;
}

// An array, or its text: no range is written in braces.
function isMultirange(codec: Codec, operand: unknown): boolean {
  if (typeof operand !== "string") return Array.isArray(operand);
  return operand.trimStart().startsWith("{") && codec.check(operand) === undefined;
}

function isJsonb({ castType }: Codec): boolean {
  return castType === "jsonb";
}

function columnTypeError(comparison: OperatorComparison, wanted: string): ArgumentError {
  return operatorError(
    comparison,
    `requires a column of type ${wanted}; this column has type ${comparison.column.column.type}`,
  );
}

function operatorError({ column, name }: OperatorComparison, what: string): ArgumentError {
  return new ArgumentError(`${column.label}: ${name} ${what}`);
}
