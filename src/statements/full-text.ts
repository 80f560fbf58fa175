import { ArgumentError, ValueError } from "../errors.ts";
import type { OptionNames } from "../schema/arguments.ts";
import type { Column } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { describeValue, problemText } from "../types/problem.ts";
import { checkText } from "../types/text.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { RelationPlan } from "./relation-plan.ts";
import { type Binder, bind } from "./statement.ts";

/** Options of a full-text search. */
export interface SearchOptions {
  /**
   * A text search configuration, `"english"` or `"my_schema.german"`; default: the configuration of a generated tsvector
   * column, such as `addSearch` adds, or else `"simple"`, which does not stem words.
   */
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

/** Whether values of a type can be the source of a tsvector. */
export function isTextCodec({ castType }: Codec): boolean {
  return TEXTS.has(castType);
}

function vectorText({ codec, label, column }: ColumnPlan, sql: string, options: SearchOptions): string {
  if (codec.castType === "tsvector") return sql;
  if (isTextCodec(codec))
    return `to_tsvector(${configSql(label, "config", options.config ?? "simple")}, ${sql})`;
  throw new ArgumentError(
    `${label}: search requires a column of type tsvector or text; this column has type ${column.type}`,
  );
}

function queryText(binder: Binder, column: ColumnPlan, query: unknown, options: SearchOptions): string {
  if (typeof query !== "string")
    throw new ArgumentError(`${column.label}: search requires a string, received ${describeValue(query)}`);
  const problem = checkText(query);
  if (problem !== undefined) throw new ValueError(`${column.label}: ${problemText(problem)}`);
  const { config = "simple" } = options;
  const [generated] = options.config === undefined ? generatedConfigs(column.column) : [];
  const configText = generated ? `${generated}::regconfig` : configSql(column.label, "config", config);
  return `websearch_to_tsquery(${configText}, ${bind(binder, query, "text", column)})`;
}

/** The configurations of the vectors of a generated column, as literals of its expression: `'english'`, `'s."My"'`. */
export function generatedConfigs({ generationExpression }: Column): readonly string[] {
  const calls = (generationExpression ?? "").matchAll(/\bto_tsvector\(('(?:[^']|'')+')::regconfig/g);
  return [...calls].map(([, literal]) => literal!);
}

/** The only tsvector column of a table, which a search without a column uses; throws ArgumentError unless there is one. */
export function searchColumn({ relation, columns }: RelationPlan): ColumnPlan {
  const [column, ...others] = [...columns.values()].filter(({ codec }) => codec.castType === "tsvector");
  if (column !== undefined && others.length === 0) return column;
  const names =
    column === undefined ? "" : ` of ${[column, ...others].map(one => one.column.name).join(", ")}`;
  throw new ArgumentError(
    `${relation.key}: search(...) requires a column${names}; write { column: search(...) }${names === "" ? ", or add a tsvector column with addSearch" : ""}`,
  );
}

const CONFIG = /^(?:\w+|"[^"'\\]+")(?:\.(?:\w+|"[^"'\\]+"))*$/;

/** `'english'::regconfig`: a literal, because an index requires a constant. */
export function configSql(label: string, option: string, config: unknown): string {
  if (typeof config !== "string" || !CONFIG.test(config))
    throw new ArgumentError(
      `${label}: ${option} must be the name of a text search configuration, received ${describeValue(config)}`,
    );
  return `'${config}'::regconfig`;
}
