import { ArgumentError } from "../../errors.ts";
import type { AnySchema, Column, RelationName } from "../../schema/snapshot.ts";
import type { ColumnDefinition } from "./column-definition.ts";
import type { ColumnEntries } from "./column-entries.ts";
import { type ColumnEntry, defaultSql, type NewColumn, newColumn } from "./column-entry.ts";
import type { ColumnType } from "./column-type.ts";
import { columnList, requireColumns } from "./existing-name.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { literalSql } from "./literal-sql.ts";
import { newConstraints } from "./table-constraints.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { TableOptions } from "./table-options.ts";

/** A table that is to be created. */
export interface NewTable {
  readonly definition: TableDefinition;
  readonly indexes: readonly IndexDefinition[];
  /** Column → type; null for a type given as raw SQL. */
  readonly types: ReadonlyMap<string, ColumnType | null>;
  readonly comment: string | null;
  /** Column → comment. */
  readonly comments: ReadonlyMap<string, string>;
}

/**
 * The definition of a new table; throws if the entries or options are invalid.
 * @param key the name that the caller gave
 * @param taken the names of the schema's relations and indexes
 */
export function newTable(
  schema: AnySchema,
  key: string,
  name: RelationName,
  entries: ColumnEntries,
  options: TableOptions,
  taken: ReadonlySet<string>,
): NewTable {
  const primaryKey = primaryKeyColumns(key, entries, options);
  const given = Object.entries(entries);
  const all = primaryKey.includes("id") && !Object.hasOwn(entries, "id") ? [ID, ...given] : given;
  const columns = all.map(([column, entry]) => newColumn(schema, key, column, entry));
  const names = columns.map(column => column.name);
  requireKnownOptions(key, names, options);
  const constraints = newConstraints(schema, { key, name, columns, primaryKey }, options, taken);
  const keyed = new Set(primaryKey);
  const foreign = new Set(constraints.foreignKeys.flatMap(foreignKey => foreignKey.columns));
  return {
    definition: {
      ...name,
      columns: columns.map(column => {
        const identity = primaryKey.length === 1 && !foreign.has(column.name) ? options.identity : null;
        return columnDefinition(schema, key, column, keyed.has(column.name), identity, options);
      }),
      ...constraints.definition,
      exclusions: [],
    },
    indexes: constraints.indexes,
    types: new Map(columns.map(column => [column.name, column.columnType])),
    comment: options.comment ?? null,
    comments: columnComments(columns, options),
  };
}

const ID: readonly [string, ColumnEntry] = ["id", "bigint not null"];

function primaryKeyColumns(
  table: string,
  entries: ColumnEntries,
  { primaryKey }: TableOptions,
): readonly string[] {
  if (primaryKey === null) return [];
  if (primaryKey === undefined) return ["id"];
  const list = columnList(table, "the primary key", primaryKey);
  requireColumns(table, Object.keys(entries), list);
  return list;
}

function requireKnownOptions(
  table: string,
  names: readonly string[],
  { defaults = {}, generated = {}, comments = {} }: TableOptions,
): void {
  for (const option of [defaults, generated, comments]) requireColumns(table, names, Object.keys(option));
  const both = Object.keys(generated).find(name => Object.hasOwn(defaults, name));
  if (both !== undefined)
    throw new ArgumentError(
      `${table}.${both} is in both generated and defaults; a generated column cannot have a default`,
    );
}

const INTEGERS: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);

function columnDefinition(
  schema: AnySchema,
  table: string,
  column: NewColumn,
  isKey: boolean,
  identity: Column["identity"] | undefined,
  { defaults = {}, generated = {} }: TableOptions,
): ColumnDefinition {
  const { name, type, notNull } = column;
  const label = `${table}.${name}`;
  const expression = Object.hasOwn(generated, name) ? literalSql(schema, generated[name]!) : null;
  const value = Object.hasOwn(defaults, name)
    ? defaultSql(schema, label, column.columnType, defaults[name])
    : column.default;
  const isIdentity = isKey && value === null && expression === null && INTEGERS.has(type);
  return {
    name,
    type,
    collation: null,
    default: expression === null ? value : null,
    notNull: notNull || isKey,
    identity: isIdentity ? (identity === undefined ? "byDefault" : identity) : null,
    identityOptions: null,
    generated: expression === null ? null : "stored",
    generationExpression: expression,
  };
}

function columnComments(
  columns: readonly NewColumn[],
  { comments = {} }: TableOptions,
): ReadonlyMap<string, string> {
  return new Map(
    columns.flatMap(({ name, comment }) => {
      const text = Object.hasOwn(comments, name) ? comments[name]! : comment;
      return text === null ? [] : [[name, text] as const];
    }),
  );
}
