import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Family } from "../types/codec.ts";
import { type AnyAlias, aliasNames, aliasOutput } from "./alias.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { limitedRowsSql } from "./limit.ts";
import { isNeverNull, type PageColumn } from "./page-position.ts";
import { type RelationPlan, type Selection, selectColumns, textColumn } from "./relation-plan.ts";
import { type OutputColumn, whereSql } from "./statement.ts";

/** The table and the columns that a page reads. */
interface PageRead {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly select: readonly string[] | undefined;
  readonly aliases: readonly AnyAlias[];
}

/** The clauses of a page. */
interface PageClauses {
  readonly columns: readonly PageColumn[];
  readonly join: string;
  readonly where: string;
  /** The conditions of the rows of the page; those of the second follow those of the first. */
  readonly starts: readonly string[];
  readonly limit: string;
  /** The computed columns. */
  readonly computed: string;
  readonly isBackward: boolean;
}

/** The text of a page, and the columns of its result. */
export interface PageText {
  readonly text: string;
  readonly output: readonly OutputColumn[];
  /** The result columns that contain the texts of the columns in the order. */
  readonly positions: readonly string[];
  /** The result columns that are only read for page tokens. */
  readonly hidden: readonly string[];
}

/** The text of a page from its clauses. */
export function pageText(
  { schema, plan, select, aliases }: PageRead,
  { columns, join, where, starts, limit, computed, isBackward: isReversed }: PageClauses,
): PageText {
  const order = columns.map(column => pageOrderSql(column, isReversed)).join(", ");
  const selected = selectColumns(plan, select, `${plan.alias}.`);
  // Raw SQL may use any column of the table, so it belongs to the query of the table.
  const isPlain = selected.text === selected.stored || computed !== "";
  const positions = columns.map(({ column, path, prefix }, index) =>
    path === undefined && select === undefined && hasTextInRow(selected, column)
      ? column.column.name
      : textColumn(schema, plan, column, positionName(aliases, index + 1), isPlain ? prefix : undefined),
  );
  const extra = positions.filter(position => typeof position !== "string");
  const items = [selected.text, computed, ...extra.map(({ sql }) => sql)];
  const list = items.filter(text => text !== "").join(", ");
  const stored = storedColumns(plan, selected, columns);
  const texts = starts.map(start => {
    const clauses = `${join}${whereSql([where, start])} ORDER BY ${order}${limit}`;
    return isPlain
      ? `SELECT ${list} FROM ${plan.name}${clauses}`
      : limitedRowsSql(plan, list, stored, plan.name + clauses);
  });
  return {
    // UNION ALL reads its parts in order, and the second one only if LIMIT needs it.
    text: texts.length === 1 ? texts[0]! : `${texts.map(text => `(${text})`).join(" UNION ALL ")}${limit}`,
    output: [
      ...selected.output,
      ...aliasOutput(schema, plan.relation.key, selected.output, aliases),
      ...extra.map(({ output }) => output),
    ],
    positions: positions.map(position => (typeof position === "string" ? position : position.output.name)),
    hidden: extra.map(({ output }) => output.name),
  };
}

function positionName(aliases: readonly AnyAlias[], number: number): string {
  const names = aliasNames(aliases);
  let name = `position${number}`;
  while (names.includes(name)) name += "_";
  return name;
}

const TEXT_IN_ROW: ReadonlySet<Family> = new Set<Family>(["integer", "bigint", "numeric", "text"]);

// The value in a row is the server's text, or an integer with the same digits. With `select` another relation can hide it.
function hasTextInRow({ output }: Selection, { column: { name }, codec }: ColumnPlan): boolean {
  const { shape, castType } = codec;
  const isExact = shape.kind === "scalar" && TEXT_IN_ROW.has(shape.family) && !castType.includes("::");
  return isExact && name !== "__proto__" && output.some(one => one.name === name);
}

function storedColumns({ alias }: RelationPlan, { output }: Selection, order: readonly PageColumn[]): string {
  const selected = output.map(({ name }) => `${alias}.${quoteIdentifier(name)}`);
  return [...new Set([...selected, ...order.map(({ column, prefix }) => prefix + column.quoted)])].join(", ");
}

/** The item of ORDER BY. */
export function pageOrderSql(
  { column, prefix, isDescending, nullsFirst }: PageColumn,
  isReversed: boolean,
): string {
  const direction = isDescending === isReversed ? "" : " DESC";
  // Only if it differs from the default (manual 7.5), so that plain indexes are used.
  const isDefault = isDescending === nullsFirst || isNeverNull(column);
  const nulls = isDefault ? "" : nullsFirst === isReversed ? " NULLS LAST" : " NULLS FIRST";
  return `${prefix}${column.quoted}${direction}${nulls}`;
}
