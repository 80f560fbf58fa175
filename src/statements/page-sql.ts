import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Family } from "../types/codec.ts";
import { describeValue } from "../types/problem.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { filterClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { limitClause, limitedRowsSql } from "./limit.ts";
import { type OrderBy, orderClause } from "./order.ts";
import { pageColumns } from "./page-columns.ts";
import { type PageColumn, type Position, positionSql } from "./page-position.ts";
import {
  type RelationPlan,
  relationPlan,
  type Selection,
  selectColumns,
  textColumn,
} from "./relation-plan.ts";
import {
  type Clause,
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

/** Returns the start of a page from its query and the columns of its order. */
type StartOf = (query: string, columns: readonly PageColumn[]) => PageStart;

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
 * @param start returns the start of a later page, once the query is known
 * @returns the SQL, its parameters, the columns it returns and the parts of page tokens
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an order that is not possible in a page
 * @example `pageSql(schema, "genre", { orderBy: "name", limit: 2 }).text` →
 * `SELECT "genre"."genre_id", "genre"."name" FROM "public"."genre" ORDER BY "genre"."name" LIMIT 3`
 */
export function pageSql(
  schema: AnySchema,
  table: string,
  options: PageOptions<never>,
  start?: StartOf,
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
  const limit = limitClause(key, options.limit + 1, undefined);
  const parts = { schema, plan, filter, limit, order, orderBy, select: options.select };
  return start === undefined ? firstPage(parts) : laterPage(parts, start);
}

interface PageParts {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly filter: Clause;
  readonly limit: Clause;
  /** The shape of the order. */
  readonly order: string | undefined;
  readonly orderBy: OrderBy | undefined;
  readonly select: readonly string[] | undefined;
}

function firstPage(parts: PageParts): PageStatement {
  const { schema, plan, filter, limit, order, orderBy, select } = parts;
  const shape = shapeOf("page", order, namesShape(select));
  const statement = statementOf<FirstPage>(schema, plan.relation, shape, [filter, limit], (where, end) => {
    const { columns, identity } = pageQuery(plan, where!, pageColumns(plan, orderBy));
    const texts = { columns, where: where!, beginning: "", limit: end!, isBackward: false };
    return { ...pageText(schema, plan, select, texts), identity };
  });
  // A token is also valid for pages with a different number of rows.
  const params = statement.params.slice(0, statement.params.length - limit.params.length);
  return { ...statement, query: queryText(statement.identity, params) };
}

function laterPage(parts: PageParts, start: StartOf): PageStatement {
  const { schema, plan, filter, limit, order, orderBy, select } = parts;
  const { columns, identity, params } = statementOf<PageQuery>(
    schema,
    plan.relation,
    shapeOf("page query", order),
    [filter],
    where => pageQuery(plan, where!, pageColumns(plan, orderBy)),
  );
  const query = queryText(identity, params);
  const from = start(query, columns);
  const isBackward = from.direction === "before";
  const shape = shapeOf("page", order, namesShape(select));
  const clauses = [filter, positionClause(plan, columns, from), limit];
  const statement = statementOf<LaterPage>(schema, plan.relation, shape, clauses, (where, beginning, end) => {
    const texts = { columns, where: where!, beginning: beginning!, limit: end!, isBackward };
    return pageText(schema, plan, select, texts);
  });
  return { ...statement, query };
}

/** The parts of a page that do not depend on its start. */
interface PageQuery extends Statement {
  readonly columns: readonly PageColumn[];
  /** Identifies the query of a page token, without its values. */
  readonly identity: string;
}

type LaterPage = Omit<PageStatement, "query">;
type FirstPage = LaterPage & Pick<PageQuery, "identity">;

function queryText(identity: string, params: Statement["params"]): string {
  return identity + JSON.stringify(params);
}

function pageQuery(
  plan: RelationPlan,
  where: string,
  columns: readonly PageColumn[],
): Omit<PageQuery, "params"> {
  const order = columns.map(column => pageOrderSql(plan, column, false));
  return { text: where, columns, identity: JSON.stringify([plan.relation.key, where, order]) };
}

function positionClause(
  plan: RelationPlan,
  columns: readonly PageColumn[],
  { position, direction }: PageStart,
): Clause {
  const texts = columns.map((_, index) => position.texts[index] ?? null);
  const nulls = texts.map(text => (text === null ? "-" : "+")).join("");
  return {
    shape: `${direction}${position.isInclusive ? "=" : ""}${nulls}`,
    params: texts.filter(text => text !== null),
    sql: binder => positionSql(plan, binder, columns, position, direction === "before"),
  };
}

interface PageTexts {
  readonly columns: readonly PageColumn[];
  readonly where: string;
  readonly beginning: string;
  readonly limit: string;
  readonly isBackward: boolean;
}

function pageText(
  schema: AnySchema,
  plan: RelationPlan,
  select: readonly string[] | undefined,
  { columns, where, beginning, limit, isBackward: isReversed }: PageTexts,
): Omit<PageStatement, "query" | "params"> {
  const filter = whereSql([where, beginning]);
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
        : limitedRowsSql(plan, list, storedColumns(plan, selected, columns), plan.name + clauses),
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
