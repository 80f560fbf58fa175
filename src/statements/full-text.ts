import { ArgumentError } from "../errors.ts";
import type { OptionNames } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type Binder, bind } from "./statement.ts";

/** Options of a full-text search. */
export interface SearchOptions {
  /** A text search configuration, `"english"` or `"my_schema.german"`; default `"simple"`, which does not stem words. */
  readonly config?: string;
}

/** The names of the options of `search` and `byRelevance`. */
export const SEARCH_OPTIONS: OptionNames<SearchOptions> = { config: true };

/** `"search" @@ websearch_to_tsquery('simple'::regconfig, $1::text)` */
export function searchSql(
  binder: Binder,
  column: ColumnPlan,
  sql: string,
  query: string,
  options: SearchOptions = {},
): string {
  return `${vectorText(column, sql, options)} @@ ${queryText(binder, column, query, options)}`;
}

/** The rank of a column for a search. */
export function rankSql(
  binder: Binder,
  column: ColumnPlan,
  sql: string,
  query: string,
  options: SearchOptions,
): string {
  return `ts_rank_cd(${vectorText(column, sql, options)}, ${queryText(binder, column, query, options)})`;
}

const TEXTS: ReadonlySet<string> = new Set(["text", "varchar", "bpchar"]);

function vectorText({ codec, label, column }: ColumnPlan, sql: string, options: SearchOptions): string {
  if (codec.castType === "tsvector") return sql;
  if (TEXTS.has(codec.castType)) return `to_tsvector(${configText(label, options)}, ${sql})`;
  throw new ArgumentError(
    `${label}: search requires a column of type tsvector or text, this column is ${column.type}`,
  );
}

function queryText(binder: Binder, column: ColumnPlan, query: unknown, options: SearchOptions): string {
  if (typeof query !== "string")
    throw new ArgumentError(`${column.label}: search requires a string, received ${describeValue(query)}`);
  return `websearch_to_tsquery(${configText(column.label, options)}, ${bind(binder, query, "text", column)})`;
}

// A literal, because an index requires a constant.
function configText(label: string, { config = "simple" }: SearchOptions): string {
  if (typeof config !== "string" || !/^[\w.]+$/.test(config))
    throw new ArgumentError(
      `${label}: config must be the name of a text search configuration, received ${describeValue(config)}`,
    );
  return `'${config}'::regconfig`;
}
