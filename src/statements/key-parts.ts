import { ArgumentError } from "../errors.ts";
import { containsDate, holdsDates } from "../types/holds-dates.ts";
import { type ColumnPlan, comparedSql, filterText, nullSql } from "./column-plan.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import type { RelationPlan } from "./relation-plan.ts";
import { type Binder, bind, joinConditions } from "./statement.ts";

/** The text of a key's value. */
export interface KeyText {
  readonly text: string;
  /** The text of the last value that a Date stands for: a Date has no microseconds, so it stands for its millisecond. */
  readonly last: string | undefined;
}

/** The text of a key's value; throws ValueError and ArgumentError if the value cannot identify a row. */
export function keyText(column: ColumnPlan, value: unknown): KeyText {
  const text = filterText(column.label, column.filterCodec, value);
  requireIdentity(column, value);
  return { text, last: column.codec.last?.(value) };
}

// Rows hold such Dates without their microseconds, and a comparison by millisecond is only possible for a plain Date.
function requireIdentity({ label, codec, column }: ColumnPlan, value: unknown): void {
  if (codec.last !== undefined || !holdsDates(codec) || !containsDate(value)) return;
  throw new ArgumentError(
    `${label}: a Date in a value of type ${column.type} cannot identify a row, because it has no microseconds; pass timestamps as text, or load the snapshot with types: { timestamptz: "string", timestamp: "string" }`,
  );
}

/** The key columns whose value is a Date in one of the rows; throws ArgumentError as `keyText` does. */
export function dateColumns(
  key: readonly ColumnPlan[],
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly ColumnPlan[] {
  return key.filter(column => {
    const {
      codec,
      column: { name },
    } = column;
    if (codec.last !== undefined) return rows.some(row => row[name] instanceof Date);
    if (holdsDates(codec)) for (const row of rows) requireIdentity(column, row[name]);
    return false;
  });
}

/** A column of a key and the SQL of its value. */
export interface KeyPart {
  readonly column: ColumnPlan;
  readonly value: string;
  /** The SQL of the last value that the value stands for. */
  readonly last?: string | undefined;
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
    const value = bind(binder, text, castType, column);
    return { column, value, last: last === undefined ? undefined : bind(binder, last, castType, column) };
  });
}

/**
 * `"id" = $1::text::int4 AND "at" = (SELECT ...)`: a Date is compared through the stored value in its millisecond, so
 * that PostgreSQL rejects a Date that stands for several rows (21000).
 */
export function keyPartsSql(
  plan: RelationPlan,
  binder: Binder,
  parts: readonly KeyPart[],
  prefix: string,
): string {
  const exact = parts.filter(({ last }) => last === undefined).map(part => equalSql(part, prefix));
  const dates = parts.flatMap(({ column, last }) => (last === undefined ? [] : [column]));
  if (dates.length === 0) return joinConditions(exact);
  const names = dates.map(({ quoted }) => prefix + quoted).join(", ");
  const left = dates.length === 1 ? names : `(${names})`;
  return joinConditions([...exact, `${left} = ${storedSql(plan, binder, parts, dates)}`]);
}

function equalSql({ column, value }: KeyPart, prefix: string): string {
  const { quoted, filterCodec } = column;
  if (value === "NULL") return nullSql(column, prefix + quoted);
  return `${comparedSql(column, prefix)} ${filterCodec.equals} ${value}`;
}

/** A subquery that returns the stored values of some columns of the row with a key, inside the scope. */
export function storedSql(
  plan: RelationPlan,
  binder: Binder,
  parts: readonly KeyPart[],
  wanted: readonly ColumnPlan[],
  target?: ConflictTarget,
): string {
  const conditions = parts.map(part =>
    part.last === undefined
      ? equalSql(part, SAME)
      : `${SAME}${part.column.quoted} BETWEEN ${part.value} AND ${part.last}`,
  );
  const where = joinConditions([
    ...conditions,
    target?.key.predicate ?? "",
    plan.scope.condition(binder, SAME),
  ]);
  return `(SELECT ${wanted.map(({ quoted }) => SAME + quoted).join(", ")} FROM ${plan.name} ${STORED_ROW} ${where})`;
}

const SAME = `"same".`;

/** The part of a statement by which it is known to look a Date up. */
export const STORED_ROW = `AS "same" WHERE`;
