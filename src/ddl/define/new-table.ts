import { ArgumentError } from "../../errors.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, Column, Relation, RelationName } from "../../schema/snapshot.ts";
import { describeValue } from "../../types/problem.ts";
import type { ColumnEntries } from "./column-entries.ts";
import { type ColumnEntry, defaultSql, newColumn, withNotNull } from "./column-entry.ts";
import { columnList, requireColumns } from "./existing-name.ts";
import { literalSql } from "./literal-sql.ts";
import { type NewConstraints, newConstraints } from "./table-constraints.ts";
import type { TableOptions } from "./table-options.ts";

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
): Relation {
  const primaryKey = primaryKeyColumns(key, entries, options);
  const given = Object.entries(entries);
  const all = primaryKey.includes("id") && !Object.hasOwn(entries, "id") ? [ID, ...given] : given;
  const columns = all.map(([column, entry]) => newColumn(schema, key, column, entry));
  const names = columns.map(({ column }) => column.name);
  requireKnownOptions(key, names, options);
  requireIdentity(key, options.identity);
  const constraints = newConstraints(schema, { key, name, columns, primaryKey }, options, taken);
  const keyed = new Set(primaryKey);
  const foreign = new Set(constraints.foreignKeys.flatMap(foreignKey => foreignKey.columns));
  return {
    ...PLAIN_TABLE,
    ...name,
    ...constraints,
    key,
    comment: options.comment ?? null,
    columns: columns.map(({ column }) => {
      const identity = primaryKey.length === 1 && !foreign.has(column.name) ? options.identity : null;
      return tableColumn(schema, key, column, keyed.has(column.name), identity, options);
    }),
  };
}

const PLAIN_TABLE: Omit<Relation, "schema" | "name" | "key" | "comment" | "columns" | keyof NewConstraints> =
  {
    ...{ kind: "table", persistence: "permanent", extension: null, isVisible: true, isPartition: false },
    partitionKey: null,
    partitionBound: null,
    parents: [],
    options: [],
    definition: null,
    dependsOn: [],
    ...{ rowSecurityEnabled: false, rowSecurityForced: false, rowSecurityActive: false, policies: 0 },
    ...{ userTriggers: [], hasRules: false },
    privileges: { select: true, insert: true, update: true, delete: true },
    updatable: { insert: true, update: true, delete: true },
    triggers: { insert: false, update: false, delete: false, instead: false, fillsInsert: false },
    exclusions: [],
  };

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

function requireIdentity(table: string, identity: unknown): void {
  if (identity === undefined || identity === null || identity === "always" || identity === "byDefault")
    return;
  throw new ArgumentError(
    `${table}: identity must be "byDefault", "always" or null, received ${describeValue(identity)}`,
  );
}

const INTEGERS: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);

function tableColumn(
  schema: AnySchema,
  table: string,
  column: Column,
  isKey: boolean,
  identity: Column["identity"] | undefined,
  { defaults = {}, generated = {}, comments = {} }: TableOptions,
): Column {
  const { name } = column;
  const expression = Object.hasOwn(generated, name) ? literalSql(schema, generated[name]!) : null;
  const value = Object.hasOwn(defaults, name)
    ? defaultSql(schema, `${table}.${name}`, column, defaults[name])
    : column.default;
  const isIdentity = isKey && value === null && expression === null && INTEGERS.has(column.type);
  return {
    ...withNotNull(column, column.notNull || isKey),
    default: expression === null ? value : null,
    identity: isIdentity ? (identity === undefined ? "byDefault" : identity) : null,
    generated: expression === null ? null : "stored",
    generationExpression: expression,
    comment: Object.hasOwn(comments, name) ? comments[name]! : column.comment,
  };
}

/** The snapshot with a new table, which replaces a table of the same name. */
export function withTable(schema: AnySchema, table: Relation): AnySchema {
  const others = schema.relations.filter(one => !isSameName(one, table));
  return { ...schema, relations: [...others, table] };
}
