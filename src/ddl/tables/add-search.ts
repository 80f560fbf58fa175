import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { nameParts, quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { configSql, generatedConfigs, isTextCodec } from "../../statements/full-text.ts";
import { codecOf } from "../../types/resolve.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { type ColumnList, columnList, relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { indexDefinition, indexDefinitionSql } from "../define/index-definition.ts";
import { namesInUse, requireNewColumn } from "../define/new-name.ts";
import { isSame } from "../diff/compare.ts";
import { columnReferences } from "../expression-columns.ts";

/** Options of `addSearch`. */
export interface AddSearchOptions extends ChangeOptions {
  /** The text search configuration, such as `"english"`; default: `"simple"`, which does not stem words. */
  readonly language?: string;
  /** The name of the new column; default: `"search"`. */
  readonly column?: string;
  /** Leave an existing search of these columns in this language unchanged; reject any other column. */
  readonly ifNotExists?: boolean;
}

const ADD_SEARCH_OPTIONS: OptionNames<AddSearchOptions> = {
  language: true,
  column: true,
  ifNotExists: true,
  ...SEND_OPTIONS,
};

/** The weights of columns (manual 12.3.3): a match in the first column ranks highest. */
const WEIGHTS = ["A", "B", "C", "D"] as const;

/**
 * The statements of `addSearch`.
 * @param schema a snapshot
 * @param table the table's name
 * @param columns columns of text, the most important first
 * @param options `language`, `column`, `ifNotExists`
 * @returns the DDL in order
 * @throws ArgumentError if a column is not text or the new column exists; UnknownNameError
 * @example `addSearchSql(schema, "genre", "name", { language: "english" })` →
 * `['ALTER TABLE "public"."genre" ADD COLUMN "search" tsvector GENERATED ALWAYS AS (setweight(to_tsvector(\'english\'::regconfig, coalesce("name", \'\')), \'A\')) STORED', 'CREATE INDEX "genre_search_idx" ON "public"."genre" USING "gin" ("search")']`
 */
export function addSearchSql(
  schema: AnySchema,
  table: string,
  columns: ColumnList,
  options: AddSearchOptions = {},
): readonly string[] {
  requireOptions("addSearch", options, ADD_SEARCH_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const { language = "simple", column = "search" } = options;
  const config = configSql(`addSearch: ${relation.key}`, "language", language);
  if (options.ifNotExists === true && hasSearch(schema, relation, column, columns, language)) return [];
  requireNewColumn(relation, column);
  const vectors = columnList(relation.key, "the search", columns).map((name, at) => {
    const source = `coalesce(${textColumn(schema, relation, name)}, '')`;
    return `setweight(to_tsvector(${config}, ${source}), '${WEIGHTS[at] ?? "D"}')`;
  });
  const names = [...relation.columns.map(({ name }) => name), column];
  const index = indexDefinition(
    schema,
    { name: relation.name, columns: names },
    column,
    { method: "gin" },
    namesInUse(schema, relation.schema),
  );
  return [
    `ALTER TABLE ${quoteName(relation)} ADD COLUMN ${quoteIdentifier(column)} tsvector GENERATED ALWAYS AS (${vectors.join(" || ")}) STORED`,
    indexDefinitionSql(relation, index, {}),
  ];
}

/** Whether the table has the search; throws ArgumentError if a column of that name is anything else. */
function hasSearch(
  schema: AnySchema,
  relation: Relation,
  name: string,
  columns: ColumnList,
  language: string,
): boolean {
  const existing = relation.columns.find(column => column.name === name);
  if (existing === undefined) return false;
  const languages = generatedConfigs(existing);
  const sources = columnReferences(existing.generationExpression ?? "").map(reference => reference.name);
  const wanted = columnList(relation.key, "the search", columns);
  if (
    languages.length === wanted.length &&
    isSame(sources, wanted) &&
    languages.every(one => isConfig(schema, one, language))
  )
    return true;
  throw new ArgumentError(
    `${relation.key}.${name} already exists and is different; drop it first, or choose a different column`,
  );
}

/**
 * Whether a literal of `generatedConfigs`, in which PostgreSQL omits only the schema pg_catalog, is the configuration of a name
 * that `configSql` accepts.
 */
function isConfig({ searchPath }: AnySchema, literal: string, config: string): boolean {
  const [name, schema = "pg_catalog"] = nameParts(literal.slice(1, -1).replaceAll("''", "'")).toReversed();
  const [wanted, namespace] = nameParts(config).toReversed();
  const schemas = namespace === undefined ? ["pg_catalog", ...searchPath] : [namespace];
  return name === wanted && schemas.includes(schema);
}

function textColumn(schema: AnySchema, relation: Relation, name: string): string {
  const column = columnOf(schema, relation.key, name);
  const place = `addSearch: ${relation.key}.${name}`;
  if (!isTextCodec(codecOf(schema, relation, column)))
    throw new ArgumentError(`${place}: search requires columns of text; this column has type ${column.type}`);
  if (column.generated !== null)
    throw new ArgumentError(`${place}: a generated column cannot refer to a generated column`);
  return quoteIdentifier(name);
}

/**
 * Adds full-text search to a table: a generated tsvector column of some text columns, and its index. `search` and
 * `byRelevance` use them with the same language: `{ where: search("love -war") }`. PostgreSQL rewrites the table.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param columns columns of text, the most important first: `byRelevance` weighs the first four differently
 * @param options `language`: the text search configuration; `column`: the name of the new column, `"search"` by default;
 * `ifNotExists: true` leaves an existing search of these columns unchanged
 * @returns the new snapshot
 * @throws ArgumentError if a column is not text or the new column exists; UnknownNameError; ScopeError; QueryError for an
 * unknown language
 * @example `schema = await addSearch(sql, schema, "track", ["name", "composer"], { language: "english" })`
 */
export async function addSearch<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  options?: AddSearchOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    addSearchSql(current, table, columns, options);
  return await createUnlessExists(sql, schema, table, statementsOf, options);
}
