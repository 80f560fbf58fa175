import type { SqlHandle } from "../../driver/handle.ts";
import { limited } from "../../driver/limited.ts";
import { ArgumentError } from "../../errors.ts";
import { schemaAfter } from "../../rows/schema-after.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { relationNamed } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import { withLock } from "../../transactions/with-lock.ts";
import { type ChangeOptions, createLock, inOneTransaction, sendStatements } from "../change-schema.ts";
import { columnEntries, type TableEntries } from "../define/column-entries.ts";
import { withEntryForms } from "../define/entry-form.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { namesInUse, newName, requireFree } from "../define/new-name.ts";
import { newTable } from "../define/new-table.ts";
import { dropRelationSql } from "../define/relation-definition.ts";
import { TABLE_OPTIONS, type TableOptions } from "../define/table-options.ts";
import { cascadeAdvice, relationDependents, requireNoDependents } from "../dependents.ts";
import { requireSameTable } from "../diff/table-differences.ts";
import { createTableStatements } from "../diff/table-statements.ts";
import { fitTable } from "../transform/fit-table.ts";

/** Options of `createTable`. */
export interface CreateTableOptions extends TableOptions, ChangeOptions {
  /** Leave an existing table unchanged, with its comments, if it has these columns and keys; reject any other. */
  readonly ifNotExists?: boolean;
  /** Drop an existing table first, with its rows. */
  readonly replace?: boolean;
  /** Change an existing table until it has these columns, constraints and indexes. */
  readonly transform?: boolean;
  /** With `transform`: drop columns that have values, and round or truncate values that the new type cannot hold. */
  readonly allowLoss?: boolean;
  /** With `replace` and `transform`: drop also foreign keys and views that depend on what is dropped. */
  readonly cascade?: boolean;
}

/** Options of `createTableSql`: only the database can compare an existing table with the requested one. */
export type CreateTableSqlOptions = Omit<CreateTableOptions, "transform" | "allowLoss">;

const CREATE_TABLE_SQL_OPTIONS: OptionNames<CreateTableSqlOptions> = {
  ifNotExists: true,
  replace: true,
  cascade: true,
  ...TABLE_OPTIONS,
  ...SEND_OPTIONS,
};
const CREATE_TABLE_OPTIONS: OptionNames<CreateTableOptions> = {
  transform: true,
  allowLoss: true,
  ...CREATE_TABLE_SQL_OPTIONS,
};

/**
 * The statements of `createTable`.
 * @param schema a snapshot with the types, the referenced tables and the names in use
 * @param table the new table's name, `note` or `audit.note`
 * @param columns column → valibot schema, or name of a PostgreSQL type; or one schema `v.object({ ... })`
 * @param options keys, constraints, defaults, indexes, comments; `ifNotExists`, `replace`, `cascade` for an existing table
 * @returns the DDL in order; none with `ifNotExists` if the table exists
 * @throws ArgumentError; UnknownNameError for an unknown type, column, table or schema
 * @example `createTableSql(schema, "mood", { name: "text" }, { primaryKey: "name" })` →
 * `['CREATE TABLE "public"."mood" (\n  "name" text NOT NULL,\n  CONSTRAINT "mood_pkey" PRIMARY KEY ("name")\n)']`
 */
export function createTableSql(
  schema: AnySchema,
  table: string,
  columns: TableEntries,
  options: CreateTableSqlOptions = {},
): readonly string[] {
  requireOptions("createTableSql", options, CREATE_TABLE_SQL_OPTIONS);
  const { existing, planned } = plannedTable(schema, table, columns, options);
  if (options.ifNotExists === true && existing !== undefined) {
    requireSameTable(planned, existing);
    return [];
  }
  const { ifNotExists = false } = options;
  return [
    ...dropStatements(schema, planned, existing, options),
    ...createTableStatements(planned, { ifNotExists }),
  ];
}

/** The new table, and the existing one of its name. */
function plannedTable(
  schema: AnySchema,
  table: string,
  columns: TableEntries,
  options: CreateTableOptions,
): { readonly existing: Relation | undefined; readonly planned: Relation } {
  const name = newName(schema, table);
  const choices = (["ifNotExists", "replace", "transform"] as const).filter(
    choice => options[choice] === true,
  );
  if (choices.length === 0) requireFree(schema, name);
  if (choices.length > 1)
    throw new ArgumentError(`${table}: ${choices.join(" and ")} cannot be combined; choose one`);
  const existing = relationNamed(schema, name);
  if (existing !== undefined) relationOfKind(schema, existing.key, TABLE_KINDS);
  const taken = namesInUse(schema, name.schema, existing);
  return { existing, planned: newTable(schema, table, name, columnEntries(table, columns), options, taken) };
}

function dropStatements(
  schema: AnySchema,
  planned: Relation,
  existing: Relation | undefined,
  { replace, cascade }: CreateTableOptions,
): readonly string[] {
  if (replace !== true) return [];
  if (existing !== undefined && cascade !== true)
    requireNoDependents(existing.key, "this table", relationDependents(schema, existing), cascadeAdvice);
  return [dropRelationSql(planned, { ifExists: true, cascade })];
}

/**
 * Creates a table. Without `primaryKey` the key is `id`, a bigint identity column. Constraints and indexes get the names
 * that PostgreSQL would choose.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the new table's name, `note` or `audit.note`
 * @param columns column → valibot schema, or name of a PostgreSQL type, `"text"` or `"text not null"`; or one schema
 * `v.object({ ... })`
 * @param options keys, constraints, defaults, indexes, comments, `onStatement`; for an existing table `ifNotExists` leaves
 * one with these columns and keys unchanged, `transform` changes it until it is as requested, with `allowLoss: true` also
 * where values are lost, and `replace` drops it first; `cascade` drops also what depends on what is dropped
 * @returns the new snapshot, in which the columns have the JavaScript forms of their valibot schemas
 * @throws ArgumentError if an entry has no PostgreSQL type, an existing table differs, a change would lose data, or foreign
 * keys or views depend on what is dropped; UnknownNameError; ScopeError; QueryError. The database is then unchanged
 * @example `schema = await createTable(sql, schema, "mood", { name: v.string() }, { unique: ["name"] })`
 */
export async function createTable<Tables, const Name extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: TableEntries,
  options: CreateTableOptions = {},
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  requireOptions("createTable", options, CREATE_TABLE_OPTIONS);
  const { transform = false, allowLoss, ...plain } = options;
  if (allowLoss === true && !transform)
    throw new ArgumentError(`${table}: allowLoss belongs to transform: true; add it or remove allowLoss`);
  const statements = transform ? [] : createTableSql(schema, table, columns, plain);
  if (transform) plannedTable(schema, table, columns, options);
  const create = async (tx: SqlHandle): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> => {
    await sendStatements(tx, statements, options);
    const current = await schemaAfter<ChangedTable<Tables, Name>>(tx, schema);
    const changed = transform ? await createOrFit(tx, current, table, columns, options) : current;
    if (options.ifNotExists === true) requirePlannedTable(schema, changed, table, columns, options);
    return withEntryForms(changed, newName(schema, table), columnEntries(table, columns)) as typeof current;
  };
  // Two sessions that create one table at the same time violate a unique index of PostgreSQL's catalog.
  return options.ifNotExists === true || transform
    ? await limited(sql, options, handle => withLock(handle, createLock(table), create))
    : await inOneTransaction(sql, options, create);
}

async function createOrFit(
  tx: SqlHandle,
  current: AnySchema,
  table: string,
  columns: TableEntries,
  options: CreateTableOptions,
): Promise<AnySchema> {
  const { existing, planned } = plannedTable(current, table, columns, options);
  if (existing !== undefined) return await fitTable(tx, current, existing, planned, options);
  await sendStatements(tx, createTableStatements(planned), options);
  return await schemaAfter(tx, current);
}

// Another session may have created the table since the snapshot was read.
function requirePlannedTable(
  before: AnySchema,
  after: AnySchema,
  table: string,
  columns: TableEntries,
  options: CreateTableOptions,
): void {
  const { planned } = plannedTable(before, table, columns, options);
  const existing = relationNamed(after, planned);
  if (existing !== undefined) requireSameTable(planned, existing);
}
