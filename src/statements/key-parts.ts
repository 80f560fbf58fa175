import { ArgumentError } from "../errors.ts";
import {
  boundSql,
  type ColumnPlan,
  comparedSql,
  type KeyText,
  nullSql,
  requireIdentity,
} from "./column-plan.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import { ownTableSql, type RelationPlan } from "./relation-plan.ts";
import { type Binder, joinConditions } from "./statement.ts";

/** The key columns whose value is a Date in one of the rows; throws ArgumentError as `keyText` does. */
export function dateColumns(
  key: readonly ColumnPlan[],
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly ColumnPlan[] {
  return key.filter(plan => {
    const { codec, hasDates } = plan;
    const { name } = plan.column;
    if (codec.last !== undefined) return rows.some(row => row[name] instanceof Date);
    if (hasDates) for (const row of rows) requireIdentity(plan, row[name]);
    return false;
  });
}

/** A column of a key and the SQL of its value. */
export interface KeyPart {
  readonly column: ColumnPlan;
  readonly value: string;
  /** The SQL of the last value that the value stands for. */
  readonly last?: string | undefined;
  /** Whether the value can be NULL and then equals a stored NULL. */
  readonly isNullEqual?: boolean;
}

/** The parts of one key, added to the parameters. */
export function keyParts(
  binder: Binder,
  columns: readonly ColumnPlan[],
  texts: readonly KeyText[],
): readonly KeyPart[] {
  return columns.map((column, index) => {
    const { text, last } = texts[index]!;
    const { castType } = column.filterCodec;
    const value = boundSql(binder, column, text, castType);
    return { column, value, last: last === undefined ? undefined : boundSql(binder, column, last, castType) };
  });
}

/**
 * `"id" = $1::text::int4 AND "at" = (SELECT ...)`: a Date is compared through the stored value in its millisecond, so
 * that PostgreSQL rejects a Date that stands for several rows (21000); of a conflict target, for several of its rows.
 */
export function keyPartsSql(
  plan: RelationPlan,
  binder: Binder,
  parts: readonly KeyPart[],
  prefix: string,
  target?: ConflictTarget,
): string {
  const exact = parts.filter(({ last }) => last === undefined).map(part => equalSql(part, prefix));
  const dates = parts.flatMap(({ column, last }) => (last === undefined ? [] : [column]));
  if (dates.length === 0) return joinConditions(exact);
  const names = dates.map(({ quoted }) => prefix + quoted).join(", ");
  const left = dates.length === 1 ? names : `(${names})`;
  return joinConditions([...exact, `${left} = ${storedSql(plan, binder, parts, dates, target)}`]);
}

function equalSql({ column, value }: KeyPart, prefix: string): string {
  const { quoted, filterCodec, label } = column;
  if (value === "NULL") return nullSql(column, prefix + quoted);
  // PostgreSQL creates keys of arrays and composite types whose parts it cannot compare.
  if (filterCodec.equals === null)
    throw new ArgumentError(
      `${label}: type ${column.column.type} has no equality operator, so a key of it finds no row; use a filter`,
    );
  return `${comparedSql(column, prefix)} ${filterCodec.equals} ${value}`;
}

/** `"id" = $1::text::int4`, or the milliseconds of a Date: `"at" BETWEEN $1::text::timestamptz AND $2::text::timestamptz`. */
export function matchSql(part: KeyPart, prefix: string): string {
  const { column, value, last, isNullEqual } = part;
  const stored = prefix + column.quoted;
  const same = last === undefined ? equalSql(part, prefix) : `${stored} BETWEEN ${value} AND ${last}`;
  return isNullEqual ? `(${same} OR ${nullSql(column, stored)} AND ${nullSql(column, value)})` : same;
}

const TABLE_OF_ROW = { quoted: "tableoid" };

/**
 * As `keyPartsSql`, for the primary key. Tables that inherit from the table can have rows with the same key; the condition
 * then compares the table of the row too, so that PostgreSQL rejects a key of several rows (21000).
 */
export function rowKeySql(
  plan: RelationPlan,
  binder: Binder,
  parts: readonly KeyPart[],
  prefix: string,
): string {
  const same = keyPartsSql(plan, binder, parts, prefix);
  if (!plan.hasChildren) return same;
  return `${same} AND ${prefix}tableoid = ${storedSql(plan, binder, parts, [TABLE_OF_ROW])}`;
}

/** A subquery that returns the stored values of some columns of the row with a key, inside the scope. */
export function storedSql(
  plan: RelationPlan,
  binder: Binder,
  parts: readonly KeyPart[],
  wanted: readonly Pick<ColumnPlan, "quoted">[],
  target?: ConflictTarget,
): string {
  const where = joinConditions([
    ...parts.map(part => matchSql(part, SAME)),
    target?.key.predicate ?? "",
    plan.scope.condition(binder, SAME),
  ]);
  const from = target === undefined ? plan.name : ownTableSql(plan);
  return `(SELECT ${wanted.map(({ quoted }) => SAME + quoted).join(", ")} FROM ${from} ${STORED_ROW} ${where})`;
}

const SAME = `"same".`;

/** The part of a statement by which it is known to look up the one row that a key stands for. */
export const STORED_ROW = `AS "same" WHERE`;

/** The part of such a statement for a key that rows of several tables can have. */
export const STORED_TABLE: string = SAME + TABLE_OF_ROW.quoted;
