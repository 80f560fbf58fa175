import { ArgumentError } from "../errors.ts";
import { type OptionNames, rejectRunnerOptions, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { describeValue } from "../types/problem.ts";
import { type Alias, aliasClause, splitSelect } from "./alias.ts";
import { filterClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { limitClause } from "./limit.ts";
import { type OrderBy, orderClause } from "./order.ts";
import { pageColumns, relatedJoin } from "./page-columns.ts";
import { type PageColumn, type Position, positionSql } from "./page-position.ts";
import { type PageText, pageOrderSql, pageText } from "./page-text.ts";
import { type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type Clause, NO_CLAUSE, namesShape, type Statement, shapeOf, statementOf } from "./statement.ts";

/** Options of the statement of `page`. */
export interface PageOptions<
  Row = Record<string, unknown>,
  Item extends string | Alias = string,
  Sort extends string = keyof Row & string,
> {
  /** Which rows; all by default. */
  readonly where?: Where<Row>;
  /** The columns to return, and computed ones created by `alias`; default: all readable ones. */
  readonly select?: readonly Item[] | undefined;
  /**
   * Columns, or columns of a row that the row refers to (`artist.name`), `asc(...)`, `desc(...)`; ties are broken by a unique
   * key. Default: the key alone.
   */
  readonly orderBy?: OrderBy<Sort>;
  /** Rows per page, at least 1. */
  readonly limit: number;
}

/** The names of the options of `page`. */
export const PAGE_OPTIONS: OptionNames<PageOptions> = {
  ...{ where: true, select: true, orderBy: true, limit: true, include: true },
  ...{ after: true, before: true, secret: true, total: true },
  ...SEND_OPTIONS,
};

const RUNNER_OPTIONS: readonly string[] = ["include", "after", "before", "secret", "total"];

/** The start of a page: after or before a position in the order. */
export interface PageStart {
  readonly direction: "after" | "before";
  readonly position: Position;
}

/** Returns the start of a page from its query and the columns of its order. */
type StartOf = (query: string, columns: readonly PageColumn[]) => PageStart;

/** The statement of a page, and the parts of its page tokens. */
export interface PageStatement extends PageText, Statement {
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
  options: PageOptions<never, string | Alias, string>,
  start?: StartOf,
): PageStatement {
  requireOptions("page", options ?? null, PAGE_OPTIONS);
  rejectRunnerOptions("pageSql", options, RUNNER_OPTIONS);
  const plan = relationPlan(schema, table);
  const { key } = plan.relation;
  if (!(Number.isSafeInteger(options.limit) && options.limit > 0))
    throw new ArgumentError(
      `${key}: limit must be a positive integer, received ${describeValue(options.limit)}`,
    );
  const { orderBy } = options;
  const filter = filterClause(schema, plan, options.where, `${plan.alias}.`);
  const order = orderClause(schema, plan, orderBy).shape;
  const limit = limitClause(key, options.limit + 1, undefined);
  // An order with a shape has own columns only.
  const join =
    order === undefined ? relatedJoin(schema, plan, pageColumns(schema, plan, orderBy)) : NO_CLAUSE;
  const { columns: select, aliases } = splitSelect(options.select);
  const parts = { schema, plan, filter, join, limit, order, orderBy, select, aliases };
  return start === undefined ? firstPage(parts) : laterPage(parts, start);
}

interface PageParts {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly filter: Clause;
  readonly join: Clause;
  readonly limit: Clause;
  /** The shape of the order. */
  readonly order: string | undefined;
  readonly orderBy: OrderBy | undefined;
  readonly select: readonly string[] | undefined;
  readonly aliases: readonly Alias[];
}

function firstPage(parts: PageParts): PageStatement {
  const { schema, plan, filter, join, limit, order, orderBy, select, aliases } = parts;
  const shape = shapeOf("page", order, namesShape(select));
  const clauses = [filter, join, limit, aliasClause(schema, aliases)];
  const statement = statementOf<FirstPage>(schema, plan.relation, shape, clauses, (...given) => {
    const [where, joined, end, computed] = given as [string, string, string, string];
    const { columns, identity } = pageQuery(plan, where, joined, pageColumns(schema, plan, orderBy));
    const texts = { columns, join: joined, where, beginning: "", limit: end, computed, isBackward: false };
    return { ...pageText(parts, texts), identity };
  });
  if (aliases.length > 0) return { ...statement, query: queryOf(parts).query };
  // A token is also valid for pages with a different number of rows.
  const params = statement.params.slice(0, statement.params.length - limit.params.length);
  return { ...statement, query: queryText(statement.identity, params) };
}

function laterPage(parts: PageParts, start: StartOf): PageStatement {
  const { schema, plan, filter, join, limit, order, select, aliases } = parts;
  const { columns, query } = queryOf(parts);
  const from = start(query, columns);
  const isBackward = from.direction === "before";
  const shape = shapeOf("page", order, namesShape(select));
  const clauses = [filter, join, positionClause(columns, from), limit, aliasClause(schema, aliases)];
  const statement = statementOf<LaterPage>(schema, plan.relation, shape, clauses, (...given) => {
    const [where, joined, beginning, end, computed] = given as [string, string, string, string, string];
    const texts = { columns, join: joined, where, beginning, limit: end, computed, isBackward };
    return pageText(parts, texts);
  });
  return { ...statement, query };
}

/** The columns of the order, and the text that identifies the query of a page token. */
function queryOf({ schema, plan, filter, join, order, orderBy }: PageParts): {
  readonly columns: readonly PageColumn[];
  readonly query: string;
} {
  const { columns, identity, params } = statementOf<PageQuery>(
    schema,
    plan.relation,
    shapeOf("page query", order),
    [filter, join],
    (where, joined) => pageQuery(plan, where!, joined!, pageColumns(schema, plan, orderBy)),
  );
  return { columns, query: queryText(identity, params) };
}

/** The parts of a page that do not depend on its start. */
interface PageQuery extends Statement {
  readonly columns: readonly PageColumn[];
  /** Identifies the query of a page token, without its values. */
  readonly identity: string;
}

type LaterPage = PageText & Statement;
type FirstPage = LaterPage & Pick<PageQuery, "identity">;

function queryText(identity: string, params: Statement["params"]): string {
  return identity + JSON.stringify(params);
}

function pageQuery(
  plan: RelationPlan,
  where: string,
  join: string,
  columns: readonly PageColumn[],
): Omit<PageQuery, "params"> {
  const order = columns.map(column => pageOrderSql(column, false));
  const parts = [plan.relation.key, where, order, ...(join === "" ? [] : [join])];
  return { text: where, columns, identity: JSON.stringify(parts) };
}

function positionClause(columns: readonly PageColumn[], { position, direction }: PageStart): Clause {
  const texts = columns.map((_, index) => position.texts[index] ?? null);
  const nulls = texts.map(text => (text === null ? "-" : "+")).join("");
  return {
    shape: `${direction}${position.isInclusive ? "=" : ""}${nulls}`,
    params: texts.filter(text => text !== null),
    sql: binder => positionSql(binder, columns, position, direction === "before"),
  };
}
