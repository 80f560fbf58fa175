import { ArgumentError } from "../errors.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { received } from "../types/problem.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { scopedWhereSql } from "./condition.ts";
import type { Where } from "./filter.ts";
import { isFragment } from "./fragment.ts";
import { limitClause, limitedRowsSql } from "./limit.ts";
import { type OrderBy, orderParts, orderTerms } from "./order.ts";
import { type PageColumn, type Position, positionCondition } from "./page-position.ts";
import {
  type ConditionContext,
  planColumn,
  type RelationPlan,
  relationPlan,
  type Selection,
  selectColumns,
  textColumn,
} from "./relation-plan.ts";
import { newBinder, type RowStatement } from "./statement.ts";

/** Which rows of a table are paged through. */
export interface PageOptions<Row = Record<string, unknown>, Column extends string = string> {
  readonly where?: Where<Row>;
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
  /** Columns, `asc(...)`, `desc(...)`; ties are broken by the key, by which alone it is ordered by default. */
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** Rows of a page, from 1. */
  readonly limit: number;
}

/** Where a page begins: after or before the row that had these texts in the columns of the order. */
export interface PageStart {
  readonly direction: "after" | "before";
  readonly position: Position;
}

/** The statement of a page, and what a cursor is made of. */
export interface PageStatement extends RowStatement {
  /** The columns of the result that have the texts of the order's columns. */
  readonly positions: readonly string[];
  /** What the cursor belongs to: table, filter, scope and order with their values. */
  readonly query: string;
}

/**
 * The statement of a page: one row more than wanted, to know whether there are others; backwards in the reverse order.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows, columns and order
 * @param start where the page begins; at the start by default. It is asked for when the query is known
 * @returns the SQL, its parameters, the columns it returns and what a cursor is made of
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an order that no cursor can hold
 * @example `pageSql(schema, "genre", { orderBy: "name", limit: 2 }).text` →
 * `SELECT "genre"."genre_id", "genre"."name", "genre"."name"::text AS "position1" FROM "public"."genre" ORDER BY "genre"."name" LIMIT $1::text::int8`
 */
export function pageSql(
  schema: AnySchema,
  table: string,
  options: PageOptions<never>,
  start: (query: string, columns: readonly PageColumn[]) => PageStart | undefined = () => undefined,
): PageStatement {
  const plan = relationPlan(schema, table);
  if (!(Number.isSafeInteger(options.limit) && options.limit > 0))
    throw new ArgumentError(
      `${plan.relation.key}: limit must be a positive integer, received ${received(options.limit)}`,
    );
  const binder = newBinder();
  const context: ConditionContext = { schema, plan, binder, prefix: `${plan.alias}.` };
  const columns = pageColumns(plan, options.orderBy as OrderBy | undefined);
  const where = scopedWhereSql(context, options.where);
  const query = JSON.stringify([
    plan.relation.key,
    where,
    columns.map(column => orderText(plan, column, false)),
    binder.params,
  ]);
  const from = start(query, columns);
  const isBackward = from?.direction === "before";
  const beginning =
    from === undefined ? "" : positionCondition(plan, binder, columns, from.position, isBackward);
  const filter = beginning === "" ? where : `${where === "" ? " WHERE" : `${where} AND`} ${beginning}`;
  const order = columns.map(column => orderText(plan, column, isBackward)).join(", ");
  const limit = limitClause(plan.relation.key, options.limit + 1, undefined).sql(binder);
  const selected = selectColumns(plan, options.select, context.prefix);
  const extra = columns.map(({ column }, index) => textColumn(schema, plan, column, `position${index + 1}`));
  const list = [selected.text, ...extra.map(({ sql }) => sql)].filter(text => text !== "").join(", ");
  const clauses = `${filter} ORDER BY ${order}${limit}`;
  return {
    text:
      selected.text === selected.stored
        ? `SELECT ${list} FROM ${plan.name}${clauses}`
        : limitedRowsSql(plan, list, storedColumns(plan, selected, columns), clauses),
    params: binder.params,
    output: [...selected.output, ...extra.map(({ output }) => output)],
    positions: extra.map(({ output }) => output.name),
    query,
  };
}

function storedColumns({ alias }: RelationPlan, { output }: Selection, order: readonly PageColumn[]): string {
  const names = [...output.map(({ name }) => name), ...order.map(({ column }) => column.column.name)];
  return [...new Set(names)].map(name => `${alias}.${quoteIdentifier(name)}`).join(", ");
}

function orderText(
  { alias }: RelationPlan,
  { column, isDescending, nullsFirst }: PageColumn,
  isReversed: boolean,
): string {
  const direction = isDescending === isReversed ? "" : " DESC";
  // Only where it is not the default (manual 7.5), so that plain indexes fit.
  const isDefault = isDescending === nullsFirst || column.column.notNull;
  const nulls = isDefault ? "" : nullsFirst === isReversed ? " NULLS LAST" : " NULLS FIRST";
  return `${alias}.${column.quoted}${direction}${nulls}`;
}

function pageColumns(plan: RelationPlan, orderBy: OrderBy | undefined): readonly PageColumn[] {
  const given = orderTerms(orderBy).map(term => {
    if (isFragment(term))
      throw new ArgumentError(`${plan.relation.key}: a page is ordered by columns, not by expr`);
    const { name, isDescending, nulls } = orderParts(plan.relation.key, term);
    const nullsFirst = nulls === undefined ? isDescending : nulls === "first";
    return { column: planColumn(plan, name), isDescending, nullsFirst };
  });
  const isDescending = given.at(-1)?.isDescending ?? false;
  const names = new Set(given.map(({ column }) => column.column.name));
  const ties = tieBreakers(plan, names).filter(({ column }) => !names.has(column.name));
  return [...given, ...ties.map(column => ({ column, isDescending, nullsFirst: isDescending }))];
}

/** The columns of the first key whose values are never null and never twice. */
function tieBreakers(plan: RelationPlan, ordered: ReadonlySet<string>): readonly ColumnPlan[] {
  const { relation } = plan;
  const keys = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys]
    .filter(({ valid, predicate, deferrable }) => valid && predicate === null && !deferrable)
    .filter(({ columns }) => columns.every(name => name !== null && plan.columns.get(name)?.column.notNull))
    .map(({ columns }) => columns.filter(name => name !== null));
  const key = keys.find(names => names.every(name => ordered.has(name))) ?? keys[0];
  if (key === undefined)
    throw new ArgumentError(`${relation.key} has no key to break ties by, so it cannot be paged through`);
  return key.map(name => planColumn(plan, name));
}
