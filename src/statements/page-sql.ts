import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Family } from "../types/codec.ts";
import { hasOrder } from "../types/has-order.ts";
import { describeValue } from "../types/problem.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { filterClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { isFragment } from "./fragment.ts";
import { limitClause, limitedRowsSql } from "./limit.ts";
import { type OrderBy, orderClause, orderParts, orderTerms } from "./order.ts";
import { type PageColumn, type Position, positionSql } from "./page-position.ts";
import {
  planColumn,
  type RelationPlan,
  relationPlan,
  type Selection,
  selectColumns,
  textColumn,
} from "./relation-plan.ts";
import {
  type Clause,
  NO_CLAUSE,
  namesShape,
  type RowStatement,
  type Statement,
  shapeOf,
  statementOf,
  whereSql,
} from "./statement.ts";

/** Options of the statement of `page`. */
export interface PageOptions<Row = Record<string, unknown>, Column extends string = string> {
  readonly where?: Where<Row>;
  /** The columns to return; default: all readable ones. */
  readonly select?: readonly Column[] | undefined;
  /** Columns, `asc(...)`, `desc(...)`; ties are broken by a unique key. Default: the key alone. */
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** Rows per page, at least 1. */
  readonly limit: number;
}

/** The names of the options of `page`. */
export const PAGE_OPTIONS: OptionNames<PageOptions> = {
  ...{ where: true, select: true, orderBy: true, limit: true, include: true },
  ...{ after: true, before: true, secret: true, total: true },
  ...SEND_OPTIONS,
};

/** The start of a page: after or before a position in the order. */
export interface PageStart {
  readonly direction: "after" | "before";
  readonly position: Position;
}

/** The statement of a page, and the parts of its page tokens. */
export interface PageStatement extends RowStatement {
  /** The result columns with the texts of the columns of the order. */
  readonly positions: readonly string[];
  /** The result columns that are only read for page tokens. */
  readonly hidden: readonly string[];
  /** Identifies the query of a page token: table, filter, scope and order with their values. */
  readonly query: string;
}

/**
 * The statement of a page. It reads one row more than `limit` to detect further rows; backward it reads in reverse.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows, columns and order
 * @param start returns the start of the page, once the query is known; default: the first page
 * @returns the SQL, its parameters, the columns it returns and the parts of page tokens
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an order that is not possible in a page
 * @example `pageSql(schema, "genre", { orderBy: "name", limit: 2 }).text` →
 * `SELECT "genre"."genre_id", "genre"."name" FROM "public"."genre" ORDER BY "genre"."name" LIMIT $1::text::int8`
 */
export function pageSql(
  schema: AnySchema,
  table: string,
  options: PageOptions<never>,
  start: (query: string, columns: readonly PageColumn[]) => PageStart | undefined = () => undefined,
): PageStatement {
  requireOptions("page", options ?? null, PAGE_OPTIONS);
  const plan = relationPlan(schema, table);
  const { key } = plan.relation;
  if (!(Number.isSafeInteger(options.limit) && options.limit > 0))
    throw new ArgumentError(
      `${key}: limit must be a positive integer, received ${describeValue(options.limit)}`,
    );
  const orderBy = options.orderBy as OrderBy | undefined;
  const filter = filterClause(schema, plan, options.where, `${plan.alias}.`);
  const order = orderClause(schema, plan, orderBy).shape;
  const { columns, identity, params } = statementOf<PageQuery>(
    schema,
    plan.relation,
    shapeOf("page query", order),
    [filter],
    where => pageQuery(plan, where, pageColumns(plan, orderBy)),
  );
  const query = identity + JSON.stringify(params);
  const from = start(query, columns);
  const clauses = [
    filter,
    positionClause(plan, columns, from),
    limitClause(key, options.limit + 1, undefined),
  ];
  const statement = statementOf<Omit<PageStatement, "query">>(
    schema,
    plan.relation,
    shapeOf("page", order, namesShape(options.select)),
    clauses,
    (...texts) => pageText(schema, plan, options.select, { columns, texts, isBackward: isBackward(from) }),
  );
  return { ...statement, query };
}

/** The parts of a page that do not depend on its start. */
interface PageQuery extends Statement {
  readonly columns: readonly PageColumn[];
  /** Identifies the query of a page token, without its values. */
  readonly identity: string;
}

function pageQuery(
  plan: RelationPlan,
  where: string,
  columns: readonly PageColumn[],
): Omit<PageQuery, "params"> {
  const order = columns.map(column => pageOrderSql(plan, column, false));
  return { text: where, columns, identity: JSON.stringify([plan.relation.key, where, order]) };
}

function isBackward(start: PageStart | undefined): boolean {
  return start?.direction === "before";
}

function positionClause(
  plan: RelationPlan,
  columns: readonly PageColumn[],
  start: PageStart | undefined,
): Clause {
  if (start === undefined) return NO_CLAUSE;
  const { position, direction } = start;
  const texts = columns.map((_, index) => position.texts[index] ?? null);
  const nulls = texts.map(text => (text === null ? "-" : "+")).join("");
  return {
    shape: `${direction}${position.isInclusive ? "=" : ""}${nulls}`,
    params: texts.filter(text => text !== null),
    sql: binder => positionSql(plan, binder, columns, position, isBackward(start)),
  };
}

interface PageTexts {
  readonly columns: readonly PageColumn[];
  /** The filter, the start and the limit. */
  readonly texts: readonly string[];
  readonly isBackward: boolean;
}

function pageText(
  schema: AnySchema,
  plan: RelationPlan,
  select: readonly string[] | undefined,
  { columns, texts: [where, beginning, limit], isBackward: isReversed }: PageTexts,
): Omit<PageStatement, "query" | "params"> {
  const filter = whereSql([where!, beginning!]);
  const order = columns.map(column => pageOrderSql(plan, column, isReversed)).join(", ");
  const selected = selectColumns(plan, select, `${plan.alias}.`);
  const positions = columns.map(({ column }, index) =>
    select === undefined && hasTextInRow(selected, column)
      ? column.column.name
      : textColumn(schema, plan, column, `position${index + 1}`),
  );
  const extra = positions.filter(position => typeof position !== "string");
  const list = [selected.text, ...extra.map(({ sql }) => sql)].filter(text => text !== "").join(", ");
  const clauses = `${filter} ORDER BY ${order}${limit}`;
  return {
    text:
      selected.text === selected.stored
        ? `SELECT ${list} FROM ${plan.name}${clauses}`
        : limitedRowsSql(plan, list, storedColumns(plan, selected, columns), clauses),
    output: [...selected.output, ...extra.map(({ output }) => output)],
    positions: positions.map(position => (typeof position === "string" ? position : position.output.name)),
    hidden: extra.map(({ output }) => output.name),
  };
}

const TEXT_IN_ROW: ReadonlySet<Family> = new Set<Family>(["integer", "bigint", "numeric", "text"]);

// The value in a row is the server's text, or an integer with the same digits. With `select` another relation can hide it.
function hasTextInRow({ output }: Selection, { column: { name }, codec }: ColumnPlan): boolean {
  const { shape, castType } = codec;
  const isExact = shape.kind === "scalar" && TEXT_IN_ROW.has(shape.family) && !castType.includes("::");
  return isExact && name !== "__proto__" && output.some(one => one.name === name);
}

function storedColumns({ alias }: RelationPlan, { output }: Selection, order: readonly PageColumn[]): string {
  const names = [...output.map(({ name }) => name), ...order.map(({ column }) => column.column.name)];
  return [...new Set(names)].map(name => `${alias}.${quoteIdentifier(name)}`).join(", ");
}

function pageOrderSql(
  { alias }: RelationPlan,
  { column, isDescending, nullsFirst }: PageColumn,
  isReversed: boolean,
): string {
  const direction = isDescending === isReversed ? "" : " DESC";
  // Only if it differs from the default (manual 7.5), so that plain indexes are used.
  const isDefault = isDescending === nullsFirst || column.column.notNull;
  const nulls = isDefault ? "" : nullsFirst === isReversed ? " NULLS LAST" : " NULLS FIRST";
  return `${alias}.${column.quoted}${direction}${nulls}`;
}

function pageColumns(plan: RelationPlan, orderBy: OrderBy | undefined): readonly PageColumn[] {
  const given = orderTerms(orderBy).map(term => {
    if (isFragment(term))
      throw new ArgumentError(`${plan.relation.key}: a page cannot be ordered by expr; order by columns`);
    const { name, isDescending, nulls } = orderParts(plan.relation.key, term);
    const nullsFirst = nulls === undefined ? isDescending : nulls === "first";
    return { column: orderedColumn(plan, name), isDescending, nullsFirst };
  });
  const isDescending = given.at(-1)?.isDescending ?? false;
  const names = new Set(given.map(({ column }) => column.column.name));
  const ties = tieBreakers(plan, names).filter(({ column }) => !names.has(column.name));
  return [...given, ...ties.map(column => ({ column, isDescending, nullsFirst: isDescending }))];
}

function orderedColumn(plan: RelationPlan, name: string): ColumnPlan {
  const column = planColumn(plan, name);
  if (hasOrder(column.filterCodec)) return column;
  throw new ArgumentError(
    `${column.label}: type ${column.column.type} has no order, so a page by this column is not possible`,
  );
}

/** The columns of a unique key that is never null: one inside the order, or else the first. */
function tieBreakers(plan: RelationPlan, ordered: ReadonlySet<string>): readonly ColumnPlan[] {
  const { relation } = plan;
  const keys = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys]
    .filter(({ valid, predicate, deferrable }) => valid && predicate === null && !deferrable)
    .filter(({ columns }) => columns.every(name => name !== null && plan.columns.get(name)?.column.notNull))
    .map(({ columns }) => columns.filter(name => name !== null));
  const key = keys.find(names => names.every(name => ordered.has(name))) ?? keys[0];
  if (key === undefined)
    throw new ArgumentError(`${relation.key} has no unique key to break ties, so page is not possible`);
  return key.map(name => planColumn(plan, name));
}
