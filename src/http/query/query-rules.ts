import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireObject } from "../../schema/arguments.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import type { SearchOptions } from "../../statements/full-text.ts";
import type { Include } from "../../statements/include.ts";
import { includeNodes } from "../../statements/include-nodes.ts";
import { search } from "../../statements/operators.ts";
import { relatedColumn } from "../../statements/related-order.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { rowsWhereSql } from "../../statements/rows-where-sql.ts";
import { describeValue } from "../../types/problem.ts";
import { type FilterName, type FilterNames, filterNames } from "./filter-names.ts";

import { isComparable } from "./query-operators.ts";

/** The parameters that a URL's query may have. A parameter that no option allows is an issue. */
export interface QuerySchemaOptions<Column extends string = string, Sort extends string = Column> {
  /** The columns it may filter by; none by default. */
  readonly filter?: FilterNames;
  /** The columns it may sort by, also those of a row that is referred to, such as `artist.name`; none by default. */
  readonly sort?: readonly Sort[];
  /** The columns it may select, which are all returned by default; without the option all readable ones are returned. */
  readonly select?: readonly Column[];
  /** The relations it may include, each with the options of `include`. */
  readonly include?: Include;
  /** Rows per page: the maximum, which is also the default if it is at most 50, or both. */
  readonly limit?: number | { readonly default: number; readonly max: number };
  /** The column that `q` searches, or the column with the options of `search`. */
  readonly search?: Column | ({ readonly column: Column } & SearchOptions);
  /** Allows `total=true`. */
  readonly total?: boolean;
  /** Signs the page tokens. */
  readonly secret?: string;
  /** The maximum number of values in a list; 100 by default. */
  readonly maxList?: number;
  /** The maximum number of conditions of all filters together; 50 by default. */
  readonly maxConditions?: number;
}

/** The names of these options. */
export const QUERY_TABLE_OPTIONS: OptionNames<Omit<QuerySchemaOptions, "secret">> = {
  ...{ filter: "list or object", sort: true, select: "list", include: true, limit: true, search: true },
  ...{ total: true, maxList: "count", maxConditions: "count" },
};
export const QUERY_OPTIONS: OptionNames<QuerySchemaOptions> = { ...QUERY_TABLE_OPTIONS, secret: true };

/** The options of `querySchema`, resolved. */
export interface QueryRules {
  readonly table: string;
  readonly names: ReadonlyMap<string, FilterName>;
  /** The parameters that are not filters, such as `limit`. A column of such a name is written `limit[eq]=5`. */
  readonly options: ReadonlySet<string>;
  readonly sort: readonly string[];
  readonly select: readonly string[] | undefined;
  readonly include: Include | undefined;
  readonly limit: { readonly default: number; readonly max: number };
  readonly search: ({ readonly column: string } & SearchOptions) | undefined;
  readonly secret: string | undefined;
  readonly maxList: number;
  readonly maxConditions: number;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;
const MAX_LIST = 100;
// A connection of the server remembers a thousand statements, each with about 2 kB per condition, which clients can choose.
const MAX_CONDITIONS = 50;

/** The rules of a query. Throws UnknownNameError and ArgumentError for an invalid option. */
export function queryRules(schema: AnySchema, table: string, options: QuerySchemaOptions): QueryRules {
  const plan = relationPlan(schema, table);
  const { sort = [], select, include, secret, total = false } = options;
  const { maxList = MAX_LIST, maxConditions = MAX_CONDITIONS } = options;
  const names = filterNames(schema, table, options.filter);
  for (const name of select ?? []) planColumn(plan, name);
  for (const name of sort) requireOrder(relatedColumn(schema, plan, name).column);
  const searched = typeof options.search === "string" ? { column: options.search } : options.search;
  if (searched !== undefined) {
    requireObject(`${plan.relation.key}: search`, searched);
    const { column, ...rest } = searched;
    rowsWhereSql(schema, table, { where: { [column]: search("", rest) } });
  }
  includeNodes(schema, table, include);
  return {
    ...{ table: plan.relation.key, names, sort, select, include, secret, search: searched },
    ...{ maxList, maxConditions },
    limit: limitsOf(options.limit),
    options: new Set([
      ...["limit", "after", "before"],
      ...(sort.length > 0 ? ["sort"] : []),
      ...(select === undefined ? [] : ["select"]),
      ...(include === undefined ? [] : ["include"]),
      ...(searched === undefined ? [] : ["q"]),
      ...(total ? ["total"] : []),
    ]),
  };
}

function requireOrder({ label, column, codec }: ColumnPlan): void {
  if (!isComparable(codec)) throw new ArgumentError(`${label}: type ${column.type} cannot be sorted`);
}

function limitsOf(limit: QuerySchemaOptions["limit"] = MAX_LIMIT): QueryRules["limit"] {
  const limits = typeof limit === "number" ? { default: Math.min(DEFAULT_LIMIT, limit), max: limit } : limit;
  const { default: initial, max } = limits ?? {};
  const isValid =
    Number.isSafeInteger(max) && Number.isSafeInteger(initial) && initial >= 1 && initial <= max;
  if (isValid) return limits;
  throw new ArgumentError(
    `limit must be a positive integer, or { default, max } with default up to max, received ${describeValue(limit)}`,
  );
}
