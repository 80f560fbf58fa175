import { ArgumentError } from "../errors.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import type { Codec } from "../types/codec.ts";
import { hasInequality } from "../types/type-operators.ts";
import { boundSql, type ColumnPlan, filterText, nullSql } from "./column-plan.ts";
import type { ConditionContext } from "./relation-plan.ts";
import { type Binder, bind } from "./statement.ts";

/** A column and the operands that an operator compares it with. */
export interface Comparison {
  readonly context: ConditionContext;
  readonly column: ColumnPlan;
  /** The column as SQL, quoted and qualified. */
  readonly sql: string;
  readonly operands: readonly unknown[];
}

/** The condition that no row meets. */
export const NEVER = "false";

/** An operand as a parameter; throws ArgumentError and ValueError if the type of the column, or `codec`, cannot hold it. */
export function valueSql(
  { context, column, operands }: Comparison,
  index: number,
  codec: Codec = column.filterCodec,
): string {
  return boundSql(context.binder, column, filterText(column.label, codec, operands[index]), codec.castType);
}

/** `"id" = $1::text::int4`, or IS NULL. */
export function equalitySql(comparison: Comparison): string {
  if (comparison.operands[0] === null) return nullSql(comparison.column, comparison.sql);
  return `${comparison.sql} ${equalsOf(comparison)} ${valueSql(comparison, 0)}`;
}

/** `"id" <> $1::text::int4`, or IS NOT NULL. */
export function inequalitySql(comparison: Comparison): string {
  if (comparison.operands[0] === null) return nullSql(comparison.column, comparison.sql, false);
  const isPlain = hasInequality(comparison.column.filterCodec);
  return isPlain ? `${comparison.sql} <> ${valueSql(comparison, 0)}` : `NOT (${equalitySql(comparison)})`;
}

/** `"id" IS DISTINCT FROM $1::text::int4`, or IS NOT NULL. */
export function distinctionSql(comparison: Comparison): string {
  if (comparison.operands[0] === null) return nullSql(comparison.column, comparison.sql, false);
  if (equalsOf(comparison) === "=") return `${comparison.sql} IS DISTINCT FROM ${valueSql(comparison, 0)}`;
  return `(${equalitySql(comparison)}) IS NOT TRUE`;
}

/** The equality operator of a column's type; throws ArgumentError if it has none. */
export function equalsOf(comparison: Comparison): "=" | "~=" {
  const { column, filterCodec } = comparison.column;
  if (filterCodec.equals !== null) return filterCodec.equals;
  throw new ArgumentError(
    `${comparison.column.label}: type ${column.type} has no equality operator; use expr with a cast`,
  );
}

/** `"id" = ANY ($1::int4[])`; a null in the list matches NULL. */
export function membershipSql(comparison: Comparison): string {
  const { column, sql, operands } = comparison;
  const equals = equalsOf(comparison);
  if (isEmptyList(operands)) return NEVER;
  const test = `${sql} ${equals} ANY (${listSql(comparison)})`;
  return hasNull(operands[0]) ? `(${test} OR ${nullSql(column, sql)})` : test;
}

/** `"id" <> ALL ($1::int4[])`; with a null in the list, NULL does not match. */
export function absenceSql(comparison: Comparison): string {
  const { column, sql, operands } = comparison;
  const equals = equalsOf(comparison);
  if (isEmptyList(operands)) return "";
  const list = listSql(comparison);
  const isPlain = hasInequality(column.filterCodec);
  const test = isPlain ? `${sql} <> ALL (${list})` : `NOT (${sql} ${equals} ANY (${list}))`;
  return hasNull(operands[0]) ? `(${test} AND ${nullSql(column, sql, false)})` : test;
}

function isEmptyList([list]: readonly unknown[]): boolean {
  return (list as readonly unknown[]).length === 0;
}

function hasNull(list: unknown): boolean {
  return (list as readonly unknown[]).includes(null);
}

// An array of arrays cannot be unnested, box has its own delimiter, money its own cast: their elements travel as text.
function listSql({ context, column, operands }: Comparison): string {
  const { filterCodec: codec, label } = column;
  const values = (operands[0] as readonly unknown[]).filter(value => value !== null);
  const text = printArrayLiteral(values.map(value => filterText(label, codec, value)));
  const { castType, shape } = codec;
  const isPlain = shape.kind !== "array" && castType !== "box" && !castType.includes("numeric::");
  if (isPlain) return bindList(context.binder, text, castType, column);
  return `SELECT "element"::${castType} FROM unnest(${bind(context.binder, text, "text[]", column)}) AS "list" ("element")`;
}

// Adds a list as one array parameter. An array of a built-in type is cast directly, because such a type never changes: the
// planner then sees a constant and hashes a long list instead of scanning it for each row.
function bindList(binder: Binder, text: string, elementType: string, column: ColumnPlan): string {
  if (/["]|::/.test(elementType)) {
    const list = boundSql(binder, column, text, `${elementType}[]`);
    return column.isSubquery ? `${list}::${elementType}[]` : list;
  }
  bind(binder, text, "text", column);
  return `$${binder.params.length}::${elementType}[]`;
}
