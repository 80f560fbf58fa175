import type { SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { ArgumentError, ScopeError } from "../errors.ts";
import type { OptionNames } from "../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot, UniqueKey } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { canConflict, conflictTarget } from "../statements/conflict-target.ts";
import { conflictFilter } from "../statements/dated-key.ts";
import { isFragment } from "../statements/fragment.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { requireWriteOptions, returnedNames, WRITE_OPTIONS } from "../statements/returning.ts";
import { ownRowsSql } from "../statements/rows-where-sql.ts";
import { unscoped } from "../statements/scope.ts";
import type { RowStatement } from "../statements/statement.ts";
import { upsertSql } from "../statements/upsert-sql.ts";
import { upsertAgain } from "./foreign-upsert.ts";
import { ownRow } from "./own-rows.ts";
import { run } from "./run.ts";
import { requireValidRow, runWrite, type WriteContext, type WriteOptions } from "./write.ts";

/** Options of `lookup`. */
export interface LookupOptions<Column extends string, Known extends string = string> extends WriteOptions {
  /** The columns of the unique key that identifies the row (default: the only unique key that the row contains). */
  readonly key?: readonly Known[];
  /** `true` or the columns to return of the stored row (default: all readable columns); `false` for none. */
  readonly returning?: boolean | readonly Column[];
}

const LOOKUP_OPTIONS: OptionNames<LookupOptions<string>> = { key: true, ...WRITE_OPTIONS };

// Another session can delete the row between the insert that conflicts with it and the next search.
const ATTEMPTS = 3;

/**
 * Returns the row with a unique key, and inserts it first if it does not exist. Concurrent callers get the same row.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a scope restricts the search and stamps a new row
 * @param table the table's name
 * @param row a whole row as for `insert`, including the unique key; an existing row is left unchanged
 * @param options the unique key, the columns to return
 * @returns the stored row; undefined if a trigger suppressed the insert
 * @throws ArgumentError if the row contains no unique key, or several; ScopeError if the key belongs to a row outside the
 * scope; NotUniqueError if a `Date` of the key stands for several rows; ValidationError before anything is
 * sent; ConstraintError; QueryError
 * @example `await lookup(sql, schema, "genre", { genre_id: 1, name: "Drone" }, { returning: ["name"] })` sends
 * `SELECT "name" FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export async function lookup<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: InsertOf<Tables, Name>,
  options?: LookupOptions<Column, ColumnName<Tables, Name>>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  type Stored = Pick<RowOf<Tables, Name>, Column> | undefined;
  requireWriteOptions("lookup", options, LOOKUP_OPTIONS);
  const context: WriteContext = { sql, schema, table, options };
  const checked = ownRow(requireValidRow(context, "insert", row));
  const plan = relationPlan(schema, table);
  const key = lookupKey(plan, checked, options?.key);
  const select = returnedNames(options?.returning);
  const find = (within: AnySchema): RowStatement => findSql(within, table, key, checked, select);
  const create = upsertSql(schema, table, checked, {
    key: namesOf(key),
    update: "nothing",
    ...(select && { returning: select }),
  });
  const stored = await limited(sql, options, handle =>
    upsertAgain({ ...context, sql: handle }, inner => findOrCreate(inner, find, create, key)),
  );
  return options?.returning === false ? undefined : (stored as Stored);
}

async function findOrCreate(
  context: WriteContext,
  find: (within: AnySchema) => RowStatement,
  create: RowStatement,
  key: UniqueKey,
): Promise<Record<string, unknown> | undefined> {
  const { sql, schema, table, options } = context;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [found] = await run(sql, find(schema), options);
    if (found !== undefined) return found;
    const [created] = await runWrite(context, create);
    if (created !== undefined) return created;
  }
  const [outside] = await run(sql, find(unscoped(schema)), options);
  if (outside !== undefined)
    throw new ScopeError(
      `${table}: the key belongs to a row outside the snapshot's scope; nothing was written`,
    );
  if (key.period)
    throw new ArgumentError(
      `${table}: ${key.name} (${namesOf(key).join(", ")}): another row overlaps the period, or a trigger suppressed the insert; nothing was written`,
    );
  return undefined;
}

function namesOf({ columns }: UniqueKey): readonly string[] {
  return columns.filter(name => name !== null);
}

type Row = Readonly<Record<string, unknown>>;

function lookupKey(plan: RelationPlan, row: Row, wanted: readonly string[] | undefined): UniqueKey {
  const { relation } = plan;
  if (wanted !== undefined) return knownKey(plan, row, wanted);
  const has = (name: string | null): boolean =>
    name !== null && (Object.hasOwn(row, name) || plan.scope.names.has(name));
  const keys = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys];
  const complete = keys.filter(key => canConflict(plan, key, false) && key.columns.every(has));
  const given = complete.filter(key => !complete.some(other => includesKey(other, key)));
  const [only] = given[0] === relation.primaryKey ? given.slice(0, 1) : given.length === 1 ? given : [];
  if (only !== undefined) return knownKey(plan, row, namesOf(only));
  const list =
    (given.length > 0 ? given : keys).map(key => `(${namesOf(key).join(", ")})`).join(", ") || "none";
  throw new ArgumentError(
    given.length > 0
      ? `${relation.key}: the row contains several unique keys, ${list}; choose one with key`
      : `${relation.key}: the row contains no unique key; unique keys of the table: ${list}`,
  );
}

/** Whether a key is unique in all rows, and another one of the same columns only in those of its predicate. */
function includesKey(key: UniqueKey, other: UniqueKey): boolean {
  return (
    key.predicate === null &&
    other.predicate !== null &&
    namesOf(key).toSorted().join() === namesOf(other).toSorted().join()
  );
}

function knownKey(plan: RelationPlan, row: Row, wanted: readonly string[]): UniqueKey {
  const { key, columns } = conflictTarget(plan, wanted, false);
  const raw = columns.find(name => isFragment(row[name]));
  if (raw !== undefined)
    throw new ArgumentError(`${plan.relation.key}.${raw}: raw SQL cannot identify a row; pass a value`);
  const empty = key.nullsNotDistinct ? undefined : columns.find(name => row[name] === null);
  if (empty === undefined) return key;
  throw new ArgumentError(`${plan.relation.key}.${empty}: null cannot identify a row; pass a value`);
}

function findSql(
  schema: AnySchema,
  table: string,
  key: UniqueKey,
  row: Row,
  select: readonly string[] | undefined,
): RowStatement {
  const where = conflictFilter(relationPlan(schema, table), key, row);
  return ownRowsSql(schema, table, { where, ...(select && { select }) });
}
