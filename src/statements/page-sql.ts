import { ArgumentError } from "../errors.ts";
import { type OptionNames, rejectRunnerOptions, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { describeValue } from "../types/problem.ts";
import { type AnyAlias, aliasClause, aliasNames, splitSelect } from "./alias.ts";
import { filterClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { limitClause } from "./limit.ts";
import { type OrderBy, orderClause, requireOneMeaning } from "./order.ts";
import { pageColumns, relatedJoin } from "./page-columns.ts";
import { type PageColumn, type Position, positionSql } from "./page-position.ts";
import { type PageText, pageOrderSql, pageText } from "./page-text.ts";
import { type RelationPlan, relationPlan } from "./relation-plan.ts";
import {
  type Binder,
  type Clause,
  NO_CLAUSE,
  namesShape,
  newBinder,
  type Statement,
  shapeOf,
  statementOf,
} from "./statement.ts";

/** Options of the statement of `page`. */
export interface PageOptions<
  Row = Record<string, unknown>,
  Item extends string | AnyAlias = string,
  Sort extends string = keyof Row & string,
> {
  /** A filter of the rows; default: all rows. */
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

/** Identifies the query of a page token: table, filter, scope and order with their values. */
export interface TokenQuery {
  readonly text: string;
  /** A hash of the text. */
  readonly hash: number;
}

/** Returns the start of a page from its query and the columns of its order; undefined for the first page. */
type StartOf = (query: TokenQuery, columns: readonly PageColumn[]) => PageStart | undefined;

/** The statement of a page, and the parts of its page tokens. */
export interface PageStatement extends PageText, Statement {
  readonly query: TokenQuery;
  /** Undefined for the first page. */
  readonly start: PageStart | undefined;
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
  options: PageOptions<never, string | AnyAlias, string>,
  start?: StartOf,
): PageStatement {
  requireOptions("page", options ?? null, PAGE_OPTIONS);
  rejectRunnerOptions("pageSql", options, RUNNER_OPTIONS);
  return checkedPageSql(schema, table, options, start);
}

/** As `pageSql`, for options that have been checked. */
export function checkedPageSql(
  schema: AnySchema,
  table: string,
  options: PageOptions<never, string | AnyAlias, string>,
  start?: StartOf,
): PageStatement {
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
  const { columns, query } = pageQuery({ schema, plan, filter, join, order, orderBy });
  const from = start?.(query, columns);
  const { columns: select, aliases } = splitSelect(options.select);
  requireOneMeaning(plan, orderBy, aliasNames(aliases));
  const [position, rest] = from === undefined ? [NO_CLAUSE, NO_CLAUSE] : positionClauses(columns, from);
  const statement = statementOf<PageText & Statement>(
    schema,
    plan.relation,
    shapeOf("page", order, namesShape(select)),
    [filter, join, position, rest, limit, aliasClause(schema, aliases)],
    (where, joined, beginning, after, end, computed) => {
      const starts = after === "" ? [beginning] : [beginning, after];
      const texts = { columns, join: joined, where, starts, limit: end, computed };
      return pageText(
        { schema, plan, select, aliases },
        { ...texts, isBackward: from?.direction === "before" },
      );
    },
  );
  return { ...statement, query, start: from };
}

interface PageParts {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly filter: Clause;
  readonly join: Clause;
  /** The shape of the order. */
  readonly order: string | undefined;
  readonly orderBy: OrderBy | undefined;
}

/** The parts of a page that do not depend on its start. */
interface PageQuery extends Statement {
  readonly columns: readonly PageColumn[];
  /** Identifies the query of a page token; in the cache without its values. */
  readonly query: TokenQuery;
}

function pageQuery({ schema, plan, filter, join, order, orderBy }: PageParts): PageQuery {
  const shape = shapeOf("page query", order);
  const found = statementOf<PageQuery>(schema, plan.relation, shape, [filter, join], (where, joined) => {
    const columns = pageColumns(schema, plan, orderBy);
    const sorted = columns.map(column => pageOrderSql(column, false));
    const text = JSON.stringify([plan.relation.key, where, sorted, ...(joined === "" ? [] : [joined])]);
    return { text: where, columns, query: { text, hash: Bun.hash.xxHash32(text) } };
  });
  return found.params.length === 0 ? found : { ...found, query: withValues(found.query, found.params) };
}

// The text is hashed once, the values for each call.
function withValues({ text, hash }: TokenQuery, params: Statement["params"]): TokenQuery {
  const values = JSON.stringify(params);
  return { text: text + values, hash: Bun.hash.xxHash32(values, hash) };
}

/** The conditions of the start of a page; the second, which has no parameters, can be empty. */
function positionClauses(
  columns: readonly PageColumn[],
  { position, direction }: PageStart,
): readonly [Clause, Clause] {
  const params: string[] = [];
  for (let index = 0; index < columns.length; index++) {
    const text = position.texts[index] ?? null;
    if (text !== null) params.push(text);
  }
  // Mostly a constant, whose hash is known.
  const isPlain = !position.isInclusive && params.length === columns.length;
  const shape = isPlain ? direction : positionShape(columns, position, direction);
  const conditions = (binder: Binder) => positionSql(binder, columns, position, direction === "before");
  return [
    { shape, params, sql: binder => conditions(binder)[0]! },
    { shape, params: [], sql: () => conditions(newBinder())[1] ?? "" },
  ];
}

function positionShape(
  columns: readonly PageColumn[],
  { texts, isInclusive }: Position,
  direction: PageStart["direction"],
): string {
  const nulls = columns.map((_, index) => ((texts[index] ?? null) === null ? "-" : "+"));
  return `${direction}${isInclusive ? "=" : ""}${nulls.join("")}`;
}
