import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { referrersOf } from "../../schema/referrers.ts";
import type { AnySchema, Column, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import { type ColumnList, columnList, requireColumns } from "../define/column-names.ts";
import { foreignKeyConstraint } from "../define/constraint-definition.ts";
import { chosenName, newIdentifier } from "../define/identifier.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { namesInUse, newName, relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";
import { constraintNames } from "./add-foreign-key.ts";
import { createTableSql } from "./create-table.ts";
import { viewsOf } from "./drop-table.ts";

/** Options of `extract`. */
export interface ExtractSqlOptions {
  /** The new table's name; the columns' names by default. */
  readonly into?: string;
  /** The column that refers to it; the new table's name with `_id` by default. */
  readonly foreignKey?: string;
  /** Column → its name in the new table. */
  readonly rename?: Readonly<Record<string, string>>;
}

/**
 * The statements of `extract`.
 * @param schema a snapshot
 * @param table the table's name
 * @param columns the columns to move
 * @param options names: of the new table, of the foreign key's column, of the columns there
 * @returns the DDL in order, and what moves the values
 * @throws ArgumentError when keys, checks, indexes, views or generated columns use the columns; UnknownNameError
 * @example `extractSql(schema, "employee", "title", { into: "job" }).length` → `9`
 */
export function extractSql(
  schema: AnySchema,
  table: string,
  columns: ColumnList,
  options: ExtractSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const names = columnList(relation.key, "extract", columns);
  requireColumns(
    relation.key,
    relation.columns.map(({ name }) => name),
    names,
  );
  requireUnused(schema, relation, names);
  const moved = relation.columns.filter(({ name }) => names.includes(name));
  const into = options.into ?? names.join("_");
  const renamed = moved.map(({ name }) => options.rename?.[name] ?? name);
  const target = newName(schema, into);
  const key = newIdentifier(options.foreignKey ?? `${target.name}_id`);
  if (relation.columns.some(({ name }) => name === key))
    throw new ArgumentError(`${relation.key} has a column ${JSON.stringify(key)} already`);
  return [
    `LOCK TABLE ${quoteName(relation)} IN ACCESS EXCLUSIVE MODE`,
    ...newTableStatements(schema, into, moved, renamed),
    ...moveStatements(relation, quoteName(target), moved, renamed, key),
    ...keyStatements(schema, relation, target, key),
    `ALTER TABLE ${quoteName(relation)} ${moved.map(({ name }) => `DROP COLUMN ${quoteIdentifier(name)}`).join(", ")}`,
  ];
}

function newTableStatements(
  schema: AnySchema,
  into: string,
  moved: readonly Column[],
  renamed: readonly string[],
): readonly string[] {
  const entry = ({ type, typeKey, notNull }: Column): string =>
    `${typeKey.includes(".") ? typeKey : type}${notNull ? " not null" : ""}`;
  const columns = Object.fromEntries(moved.map((column, index) => [renamed[index]!, entry(column)]));
  if (Object.keys(columns).length < moved.length || Object.hasOwn(columns, "id"))
    throw new ArgumentError(`${into}: each column needs a name of its own, beside id: use rename`);
  const comments = Object.fromEntries(
    moved.flatMap(({ comment }, index) => (comment === null ? [] : [[renamed[index]!, comment]])),
  );
  const unique = [{ columns: renamed, nullsNotDistinct: moved.some(({ notNull }) => !notNull) }];
  return createTableSql(schema, into, columns, { unique, comments });
}

// Rows where all of the values are NULL refer to nothing.
function moveStatements(
  relation: Relation,
  target: string,
  moved: readonly Column[],
  renamed: readonly string[],
  key: string,
): readonly string[] {
  const source = quoteName(relation);
  const list = moved.map(({ name }) => quoteIdentifier(name));
  const there = renamed.map(quoteIdentifier);
  const isRequired = moved.some(({ notNull }) => notNull);
  const some = isRequired ? "" : ` WHERE ${list.map(name => `${name} IS NOT NULL`).join(" OR ")}`;
  const same = list.map((name, index) => `"t".${name} IS NOT DISTINCT FROM "into".${there[index]}`);
  const column = quoteIdentifier(key);
  return [
    `INSERT INTO ${target} (${there.join(", ")}) SELECT DISTINCT ${list.join(", ")} FROM ${source}${some}`,
    `ALTER TABLE ${source} ADD COLUMN ${column} bigint`,
    `UPDATE ${source} AS "t" SET ${column} = "into"."id" FROM ${target} AS "into" WHERE ${same.join(" AND ")}`,
    ...(isRequired ? [`ALTER TABLE ${source} ALTER COLUMN ${column} SET NOT NULL`] : []),
  ];
}

function keyStatements(
  schema: AnySchema,
  relation: Relation,
  target: { readonly schema: string; readonly name: string },
  key: string,
): readonly string[] {
  const constraint = foreignKeyConstraint({
    name: chosenName(relation.name, [key], "fkey", constraintNames(relation)),
    columns: [key],
    references: { ...target, columns: ["id"] },
    onUpdate: "noAction",
    onDelete: "noAction",
    deleteSetColumns: null,
    match: "simple",
    deferrable: false,
    initiallyDeferred: false,
    validated: true,
    enforced: true,
    period: false,
  });
  const index = indexDefinitionSql(relation, {
    name: chosenName(relation.name, [key], "idx", namesInUse(schema, relation.schema)),
    columns: [key],
    expressions: [],
    keyOptions: [],
    include: [],
    predicate: null,
    method: "btree",
    options: [],
  });
  return [`ALTER TABLE ${quoteName(relation)} ADD ${constraint}`, index];
}

// PostgreSQL would drop some of these with the columns, without a word.
function requireUnused(schema: AnySchema, relation: Relation, names: readonly string[]): void {
  const { primaryKey, uniqueKeys, foreignKeys, checks, indexes } = relation;
  const own = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...indexes, ...foreignKeys, ...checks]
    .filter(({ columns }) => columns.some(name => name !== null && names.includes(name)))
    .map(({ name }) => name);
  const mentioned = [...uniqueKeys, ...indexes]
    .filter(index =>
      [...index.expressions, index.predicate ?? ""].some(text => names.some(name => text.includes(name))),
    )
    .map(({ name }) => name);
  const others = referrersOf(schema, relation)
    .filter(({ foreignKey }) => foreignKey.references.columns.some(name => names.includes(name)))
    .map(({ table, foreignKey }) => `${foreignKey.name} of ${table}`);
  const views = viewsOf(schema, relation).map(({ key }) => `view ${key}`);
  const all = [...new Set([...own, ...mentioned, ...others, ...views])];
  if (all.length > 0)
    throw new ArgumentError(
      `${relation.key}: drop first what uses ${names.join(", ")}, or may use it: ${all.join("; ")}`,
    );
}

/** Options of `extract`. */
export interface ExtractOptions extends ExtractSqlOptions, ChangeOptions {}

/**
 * Moves columns into a table of their own, each different combination once, and refers to it by a foreign key with an
 * index. Rows where all of them are NULL refer to nothing. The table is locked meanwhile.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param columns the columns to move
 * @param options `into` names the new table, `foreignKey` the column that refers to it, `rename` columns there
 * @returns the new snapshot
 * @throws ArgumentError, which lists them, when keys, checks, indexes or views use the columns; UnknownNameError; ScopeError;
 * QueryError. Nothing has changed then
 * @example `schema = await extract(sql, schema, "employee", "title", { into: "job" })`
 */
export function extract<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  options?: ExtractOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ extractSql }) => extractSql(schema, table, columns, options));
}
