import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireNoHole, requireOptions } from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { describeValue } from "../types/problem.ts";
import { type Fragment, isFragment } from "./fragment.ts";
import { partSql } from "./fragment-sql.ts";
import { rankSql, SEARCH_OPTIONS, type SearchOptions } from "./full-text.ts";
import { relatedColumnSql } from "./related-order.ts";
import { type ConditionContext, planColumn, type RelationPlan } from "./relation-plan.ts";
import { type Clause, NO_CLAUSE, nameShape } from "./statement.ts";

const ORDER: unique symbol = Symbol.for("rowfn: an order");

/** The direction of one column, created by `asc`, `desc` and `byRelevance`. */
export interface Order<Column extends string = string> {
  readonly [ORDER]: "ASC" | "DESC";
  readonly column: Column;
  readonly nulls: "first" | "last" | undefined;
  /** The full-text search to rank by. */
  readonly relevance?: { readonly query: string; readonly options: SearchOptions };
}

/** A column, a direction, raw SQL, or a list of them. */
export type OrderBy<Column extends string = string> = OrderTerm<Column> | readonly OrderTerm<Column>[];
export type OrderTerm<Column extends string = string> = Column | Order<Column> | Fragment;

export interface OrderOptions {
  /** The position of NULLs; default: last if ascending, first if descending (manual 7.5). */
  readonly nulls?: "first" | "last";
}

const ORDER_OPTIONS: OptionNames<OrderOptions> = { nulls: true };

/**
 * Ascending; a bare column name means the same.
 * @example `asc("name", { nulls: "first" })` → `ORDER BY "artist"."name" NULLS FIRST`
 */
export function asc<const Column extends string>(column: Column, options: OrderOptions = {}): Order<Column> {
  return order("ASC", column, options);
}

/**
 * Descending.
 * @example `desc("milliseconds", { nulls: "last" })` → `ORDER BY "track"."milliseconds" DESC NULLS LAST`
 */
export function desc<const Column extends string>(column: Column, options: OrderOptions = {}): Order<Column> {
  return order("DESC", column, options);
}

/**
 * The best matches of a full-text search first (manual, ts_rank_cd).
 * @param column the column to search
 * @param query the words, as for `search`
 * @param options `config`, as for `search`
 * @example `byRelevance("name", "love")` → `ORDER BY ts_rank_cd(to_tsvector('simple'::regconfig, "artist"."name"), websearch_to_tsquery('simple'::regconfig, $1::text)) DESC`
 */
export function byRelevance<const Column extends string>(
  column: Column,
  query: string,
  options: SearchOptions = {},
): Order<Column> {
  requireOptions("byRelevance", options, SEARCH_OPTIONS);
  return Object.freeze({ ...desc(column), relevance: { query, options } });
}

function order<Column extends string>(
  direction: "ASC" | "DESC",
  column: Column,
  options: OrderOptions,
): Order<Column> {
  requireOptions(direction.toLowerCase(), options, ORDER_OPTIONS);
  const { nulls } = options;
  if (nulls !== undefined && nulls !== "first" && nulls !== "last") {
    throw new ArgumentError(`nulls must be "first" or "last", received ${describeValue(nulls)}`);
  }
  return Object.freeze({ [ORDER]: direction, column, nulls });
}

/** Whether a value is what `asc` or `desc` returns. */
export function isOrder(value: unknown): value is Order {
  return typeof value === "object" && value !== null && ORDER in value;
}

/** ` ORDER BY ...`, or nothing; its shape is undefined with raw SQL or parameters. `computed` are the names of computed columns. */
export function orderClause(
  schema: AnySchema,
  plan: RelationPlan,
  orderBy: OrderBy | undefined,
  computed: readonly string[] = [],
): Clause {
  if (orderBy === undefined) return NO_CLAUSE;
  requireOneMeaning(plan, orderBy, computed);
  return {
    shape: orderShape(plan, orderBy),
    params: [],
    sql: binder => orderSql({ schema, plan, binder, prefix: "" }, orderBy, computed),
  };
}

/** Throws ArgumentError for a name that a column of the table and a computed column have. */
export function requireOneMeaning(
  { relation, columns }: RelationPlan,
  orderBy: OrderBy | undefined,
  computed: readonly string[],
): void {
  if (computed.length === 0) return;
  for (const term of orderTerms(orderBy)) {
    const name = isOrder(term) && term.relevance === undefined ? term.column : term;
    if (typeof name === "string" && columns.has(name) && computed.includes(name))
      throw new ArgumentError(
        `${relation.key}: orderBy ${JSON.stringify(name)} is a column of the table and a computed column of select; choose a different alias`,
      );
  }
}

/** ` ORDER BY ...`, or nothing. */
function orderSql(
  context: ConditionContext,
  orderBy: OrderBy | undefined,
  computed: readonly string[],
): string {
  const terms = orderTerms(orderBy).map(term => orderTermSql(context, term, computed));
  return terms.length === 0 ? "" : ` ORDER BY ${terms.join(", ")}`;
}

function orderShape(plan: RelationPlan, orderBy: OrderBy): string | undefined {
  let shape = "";
  for (const term of orderTerms(orderBy)) {
    const part = termShape(plan, term);
    if (part === undefined) return undefined;
    shape += part;
  }
  return shape;
}

function termShape({ columns }: RelationPlan, term: OrderTerm): string | undefined {
  if (typeof term === "string") return columns.get(term)?.shape;
  if (!isOrder(term) || term.relevance !== undefined) return undefined;
  const column = columns.get(term.column);
  return column && column.shape + orderSuffix(term);
}

/** The shape of a term without its table; undefined with raw SQL or parameters. */
export function orderTermShape(term: unknown): string | undefined {
  if (typeof term === "string") return nameShape(term);
  if (!isOrder(term) || term.relevance !== undefined || typeof term.column !== "string") return undefined;
  return nameShape(term.column) + orderSuffix(term);
}

export function orderTerms(orderBy: OrderBy | undefined): readonly OrderTerm[] {
  if (orderBy === undefined) return [];
  if (!Array.isArray(orderBy)) return [orderBy as OrderTerm];
  requireNoHole("orderBy", orderBy);
  return orderBy as readonly OrderTerm[];
}

/** One term as SQL. Columns are qualified, because a bare name means the item of the select list, as of a computed column. */
export function orderTermSql(
  context: ConditionContext,
  term: OrderTerm,
  computed: readonly string[] = [],
): string {
  const { schema, plan, binder } = context;
  if (isFragment(term)) return partSql(schema, binder, term, `${plan.relation.key}: orderBy`);
  if (isOrder(term) && term.relevance !== undefined) {
    const column = planColumn(plan, term.column);
    const { query, options } = term.relevance;
    return `${rankSql(binder, column, `${context.prefix || `${plan.alias}.`}${column.quoted}`, query, options)} DESC`;
  }
  const { name } = orderParts(plan.relation.key, term);
  if (!plan.columns.has(name) && computed.includes(name)) return quoteIdentifier(name) + orderSuffix(term);
  requireNoDirection(plan, name);
  return `${relatedColumnSql(context, name)}${orderSuffix(term)}`;
}

/** Throws ArgumentError for `"name desc"`, as SQL is written. */
export function requireNoDirection({ relation, columns }: RelationPlan, name: string): void {
  if (columns.has(name)) return;
  const [, column = "", direction = ""] = /^(.*\S)\s+(asc|desc)$/i.exec(name) ?? [];
  if (columns.has(column))
    throw new ArgumentError(
      `${relation.key}: orderBy must be a column name without a direction; write ${direction.toLowerCase()}(${JSON.stringify(column)})`,
    );
}

/** The column and direction of a term that is not raw SQL. */
export function orderParts(
  table: string,
  term: Exclude<OrderTerm, Fragment>,
): { readonly name: string; readonly isDescending: boolean; readonly nulls: "first" | "last" | undefined } {
  if (typeof term === "string") return { name: term, isDescending: false, nulls: undefined };
  if (!isOrder(term))
    throw new ArgumentError(
      `${table}: orderBy must be column names, asc(...), desc(...) or expr, received ${describeValue(term)}`,
    );
  if (typeof term.column !== "string")
    throw new ArgumentError(
      `${table}: asc and desc require the name of a column, received ${describeValue(term.column)}; for raw SQL write the direction inside expr, as in expr\`lower(name) desc\``,
    );
  if (term.relevance !== undefined)
    throw new ArgumentError(`${table}: byRelevance is not possible here; order by columns`);
  return { name: term.column, isDescending: term[ORDER] === "DESC", nulls: term.nulls };
}

/** ` DESC NULLS LAST`, or nothing for a bare name. */
export function orderSuffix(term: OrderTerm): string {
  if (!isOrder(term)) return "";
  const direction = term[ORDER] === "DESC" ? " DESC" : "";
  return `${direction}${term.nulls === undefined ? "" : ` NULLS ${term.nulls.toUpperCase()}`}`;
}
