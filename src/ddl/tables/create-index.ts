import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError, QueryError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import { quoteName } from "../../schema/quote.ts";
import type {
  AnySchema,
  Index,
  Relation,
  RelationName,
  SchemaSnapshot,
  UniqueKey,
} from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { relationPlan } from "../../statements/relation-plan.ts";
import { canSort } from "../../types/type-operators.ts";
import { type ChangeOptions, changeConcurrently, changeSchema } from "../change-schema.ts";
import { INDEXED_KINDS, relationOfKind } from "../define/existing-name.ts";
import {
  INDEX_OPTIONS,
  type IndexKey,
  type IndexOptions,
  indexDefinition,
  indexDefinitionSql,
} from "../define/index-definition.ts";
import { namesInUse } from "../define/new-name.ts";
import { isSameIndex } from "./same-index.ts";

/** Options of `createIndex`. */
export interface CreateIndexOptions extends IndexOptions, ChangeOptions {
  /** Build the index outside of any transaction, without blocking writes to the table. */
  readonly concurrently?: boolean;
  /** Leave an existing index of this name unchanged if it is as requested; reject any other. An expression requires `name`. */
  readonly ifNotExists?: boolean;
}

const CREATE_INDEX_OPTIONS: OptionNames<CreateIndexOptions> = {
  concurrently: true,
  ifNotExists: true,
  ...INDEX_OPTIONS,
  ...SEND_OPTIONS,
};

/** The name of an index that is to be created, and its statement. */
interface PlannedIndex extends RelationName {
  /** Undefined if the index exists and need not be created. */
  readonly text: string | undefined;
}

/**
 * The statement of `createIndex`.
 * @param schema a snapshot
 * @param table the name of a table or materialized view
 * @param columns a column, `desc(...)`, ``expr`lower(email)` ``, `{ key, operatorClass }`, or a list of these
 * @param options `unique`, `where`, `method`, `include`, `name`, `concurrently`, `ifNotExists`
 * @returns the DDL
 * @throws UnknownNameError for an unknown table or column; ArgumentError
 * @example ``createIndexSql(schema, "track", ["genre_id", desc("milliseconds")], { where: expr`bytes > 0` })`` →
 * `['CREATE INDEX "track_genre_id_milliseconds_idx" ON "public"."track" ("genre_id", "milliseconds" DESC) WHERE bytes > 0']`
 */
export function createIndexSql(
  schema: AnySchema,
  table: string,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexOptions = {},
): readonly string[] {
  requireOptions("createIndex", options, CREATE_INDEX_OPTIONS);
  const { text } = plannedIndex(schema, table, columns, options);
  return text === undefined ? [] : [text];
}

function plannedIndex(
  schema: AnySchema,
  table: string,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexOptions,
): PlannedIndex {
  const relation = relationOfKind(schema, table, INDEXED_KINDS);
  const indexed = { name: relation.name, columns: relation.columns.map(({ name }) => name) };
  const { concurrently = false, ifNotExists = false, method = "btree" } = options;
  if (method === "btree") requireSortable(schema, relation, columns);
  const taken = ifNotExists ? new Set<string>() : namesInUse(schema, relation.schema);
  const definition = indexDefinition(schema, indexed, columns, options, taken);
  if (ifNotExists) requireName(relation, definition, options.name);
  const exists = ifNotExists && hasIndex(schema, relation, definition);
  return {
    schema: relation.schema,
    name: definition.name,
    text: exists ? undefined : indexDefinitionSql(relation, definition, { concurrently, ifNotExists }),
  };
}

function requireSortable(
  schema: AnySchema,
  relation: Relation,
  columns: IndexKey | readonly IndexKey[],
): void {
  const plan = relationPlan(schema, relation.key);
  for (const key of [columns].flat()) {
    const column = typeof key === "string" ? plan.columns.get(key) : undefined;
    if (column === undefined || canSort(column.filterCodec)) continue;
    throw new ArgumentError(
      `${column.label}: type ${column.column.type} has no order, which an index of the method btree requires; choose another method, or an operatorClass`,
    );
  }
}

// Indexes on different expressions have the same default name, and PostgreSQL prints an expression in its own form.
function requireName({ key }: Relation, { columns }: Index | UniqueKey, name: string | undefined): void {
  if (name === undefined && columns.includes(null))
    throw new ArgumentError(
      `${key}: ifNotExists requires name for an index on an expression, because existing expressions cannot be compared`,
    );
}

/** Whether the index exists; throws ArgumentError if the name belongs to anything else. */
function hasIndex(schema: AnySchema, relation: Relation, wanted: Index | UniqueKey): boolean {
  const existing = [...relation.indexes, ...relation.uniqueKeys].find(({ name }) => name === wanted.name);
  if (existing === undefined && !namesInUse(schema, relation.schema).has(wanted.name)) return false;
  if (existing?.valid === false)
    throw new ArgumentError(
      `${relation.key}: ${wanted.name} already exists, but is invalid, because it was not finished; drop it with dropIndex first`,
    );
  if (existing !== undefined && isSameIndex(existing, wanted)) return true;
  throw new ArgumentError(
    `${relation.key}: ${wanted.name} already exists and is different; choose a different name, or drop it first`,
  );
}

/**
 * Creates an index.
 * @param sql a Bun SQL handle; with `concurrently` not a transaction
 * @param schema a snapshot without a scope
 * @param table the name of a table or materialized view
 * @param columns a column, `desc(...)`, ``expr`lower(email)` ``, `{ key, operatorClass }`, or a list of these
 * @param options `unique`, `where`, `method`, `include`, `name`, `onStatement`; `concurrently` does not block writes to the
 * table, and drops the index if it could not be finished, except after `timeout` and `signal`; `ifNotExists: true` leaves an
 * existing index as requested unchanged, and requires `name` for an expression
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown table or column; ArgumentError; ScopeError; QueryError, for example if a unique
 * index finds equal rows
 * @example `schema = await createIndex(sql, schema, "track", "composer", { concurrently: true })`
 */
export async function createIndex<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  requireOptions("createIndex", options, CREATE_INDEX_OPTIONS);
  requireUnscoped(schema);
  const index = plannedIndex(schema, table, columns, options);
  const statements = index.text === undefined ? [] : [index.text];
  const after =
    options.concurrently === true
      ? await createConcurrently<Tables>(sql, schema, { ...index, statements }, options)
      : await changeSchema<Tables>(sql, schema, statements, options);
  // The snapshot may be older than an index of this name, with which IF NOT EXISTS does nothing.
  if (options.ifNotExists === true) plannedIndex(after, table, columns, options);
  return after;
}

async function createConcurrently<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  { statements, ...index }: RelationName & { readonly statements: readonly string[] },
  options: CreateIndexOptions,
): Promise<SchemaSnapshot<Tables>> {
  try {
    return await changeConcurrently<Tables>(sql, schema, statements, options);
  } catch (error) {
    // 42P07: the index of this name existed before, or another session is creating it.
    if (error instanceof QueryError && error.sqlstate !== "42P07") await dropUnfinished(sql, index);
    throw error;
  }
}

// A session that is creating an index holds the lock, and the drop would wait for it and then drop its index.
async function dropUnfinished(sql: SqlHandle, index: RelationName): Promise<void> {
  const name = quoteName(index);
  const unfinished = `select from pg_catalog.pg_index where indexrelid = to_regclass($1::text) and not indisvalid
  and not exists (select from pg_catalog.pg_locks left join pg_catalog.pg_stat_activity using (pid)
    where relation = indrelid and mode = 'ShareUpdateExclusiveLock' and granted
      and database = (select oid from pg_catalog.pg_database where datname = current_database())
      and backend_type is distinct from 'autovacuum worker')`;
  const rows = await sendForValues(sql, unfinished, [name]);
  if (rows.length > 0) await sendForValues(sql, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`, []);
}
