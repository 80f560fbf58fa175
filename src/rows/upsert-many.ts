import type { SqlHandle } from "../driver/handle.ts";
import { ScopeError } from "../errors.ts";
import { requireArray } from "../schema/arguments.ts";
import { abilitiesOf } from "../schema/engine.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { CONFLICT_KEY, conflictTarget } from "../statements/conflict-target.ts";
import { conflictingRowsSql, outsideRowSql } from "../statements/conflicting-rows-sql.ts";
import { lockRowsSql } from "../statements/lock-rows-sql.ts";
import { canLockRows } from "../statements/locked-source.ts";
import { requireAction } from "../statements/on-conflict.ts";
import { planColumn, relationPlan, requireKey } from "../statements/relation-plan.ts";
import { requireWriteOptions } from "../statements/returning.ts";
import { canStage, upsertManySql } from "../statements/upsert-many-sql.ts";
import { hasConflictKey, UPSERT_MANY_OPTIONS, type UpsertOptions } from "../statements/upsert-sql.ts";
import { failingRowError } from "./failing-row.ts";
import { upsertAgain } from "./foreign-upsert.ts";
import { copyBatch, insertGroup, insertGroupReturning } from "./insert-group.ts";
import type { Inserted } from "./insert-many.ts";
import { type KeyGroups, keyGroups } from "./key-classes.ts";
import { type AcceptedRow, continueSequences, type OverridingOptions, writableSchema } from "./overriding.ts";
import { ownList } from "./own-rows.ts";
import { consecutiveGroups, groupsByKey, type Row, type RowGroup, splitByNull } from "./row-groups.ts";
import { run } from "./run.ts";
import { groupsAfterParents } from "./self-references.ts";
import { requireUpsertColumns } from "./upsert-columns.ts";
import { type UpsertContext, upsertStaged } from "./upsert-staged.ts";
import { requireValidRows, runCount, runWrite, type WriteOptions } from "./write.ts";
import {
  atomically,
  countMany,
  type ManyReturning,
  type ManyRows,
  type ManyWrite,
  returnMany,
} from "./write-many.ts";

/** The number of rows from which a temporary table and COPY are faster than parameters. */
const STAGE_FROM_ROWS = 2_000;

/** Rows in one temporary table; in a larger one PostgreSQL needs longer to find equal keys. */
const STAGED_ROWS = 100_000;

/** Options of `upsertMany`. */
export interface UpsertManyOptions<
  Column extends string = string,
  Known extends string = string,
  Row = Record<string, unknown>,
> extends WriteOptions,
    ManyReturning<Column>,
    OverridingOptions,
    Omit<UpsertOptions<Column, Known, Row>, "returning"> {}

/**
 * Inserts many rows or updates existing ones, or none after an error. Rows with the same key are written in input order.
 * A column that a row omits gets its default in a new row and is left unchanged in an existing one.
 * @param sql a Bun SQL handle; inside your own transaction a call of several statements is a savepoint
 * @param schema a snapshot; a scope stamps every row and protects rows outside the scope
 * @param table the table's name
 * @param rows an array, or an iterable or async iterable, which is read in batches of at most 10,000 rows
 * @param options the unique key that conflicts, the columns to update or their `expr`, `where` to leave some existing rows
 * unchanged; `returning: true` or columns for the stored rows; `overriding: true` accepts values of GENERATED ALWAYS
 * identity columns and lets the sequences of the table continue beyond the stored values
 * @returns the number of rows written, or the rows in input order, those that `where` left unchanged too; without equal rows for `update: "changed"`, existing
 * rows for `update: "nothing"`, and rows that a trigger suppressed
 * @throws ScopeError if a key belongs to a row outside the scope; ValidationError with the row's index, for an array
 * before anything is sent; ConstraintError; ArgumentError if the key cannot be a conflict target;
 * NotUniqueError if a `Date` of the key stands for several rows; QueryError
 * @example `await upsertMany(sql, schema, "genre", [{ genre_id: 1, name: "Drone" }, { genre_id: 90, name: "Polka" }])` sends
 * `INSERT INTO "public"."genre" ("genre_id", "name") SELECT "c1"::int4, "c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY 1 ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name"`
 */
export async function upsertMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends UpsertManyOptions<Column, ColumnName<Tables, Name>, FilterOf<Tables, Name>> = Record<
    never,
    never
  >,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: ManyRows<AcceptedRow<InsertOf<Tables, Name>, RowOf<Tables, Name>, Options>>,
  options?: Options & UpsertManyOptions<Column, ColumnName<Tables, Name>, FilterOf<Tables, Name>>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  requireWriteOptions("upsertMany", options, UPSERT_MANY_OPTIONS);
  const { key, update, where, returning }: UpsertManyOptions = (options ?? {}) as UpsertManyOptions;
  const conflict = {
    ...(key !== undefined && { key }),
    ...(update !== undefined && { update }),
    ...(where !== undefined && { where }),
  };
  requireAction(conflict);
  const open = writableSchema({ schema, table, options });
  const context: UpsertContext & { readonly options: UpsertManyOptions | undefined } = {
    sql,
    schema: open,
    table,
    conflict,
    options: options as UpsertManyOptions | undefined,
  };
  const plan = relationPlan(open, table);
  if (key !== undefined) requireArray("key", key);
  const names = key ?? requireKey(plan, CONFLICT_KEY).map(({ column }) => column.name);
  // All rows have the scope's values.
  const keyColumns = names
    .map(name => planColumn(plan, name))
    .filter(({ column }) => !plan.scope.names.has(column.name));
  // Rows that are left unchanged do not come back, so only groups of consecutive rows keep the order.
  const groupsOf: KeyGroups =
    returning && (update === "changed" || update === "nothing")
      ? consecutiveGroups
      : (list, from, keyOf) => groupsAfterParents(plan, groupsByKey(list, from, keyOf), list, from, keyOf);
  const nullable = returning && where !== undefined ? nullableKey(context) : [];
  const write: Omit<ManyWrite, "send"> = {
    validate: (list, from) => {
      const valid = requireValidRows(context, "insert", list, index => index + from);
      requireUpsertColumns(context, valid, from);
      return valid;
    },
    groups: async (list, from, inner) =>
      splitByNull(await keyGroups(inner, plan, keyColumns, list, from, groupsOf), nullable),
    ...(update !== "nothing" && { lock: lockExisting(context, keyColumns) }),
    ...(!returning && copyBatch(open, table, STAGED_ROWS)),
  };
  const own = ownList<ManyRows<unknown>>(rows);
  const upsert = (one: typeof context): Promise<unknown> =>
    continueSequences<typeof context, unknown>(one, whole =>
      returning
        ? returnMany(whole, own, write, (inner, group) =>
            upsertGroupReturning({ ...inner, conflict }, group, { returning }),
          )
        : countMany(whole, own, write, (inner, group) => upsertGroup({ ...inner, conflict }, group)),
    );
  // An iterable can be read only once.
  const result = await (Array.isArray(own) ? upsertAgain(context, upsert) : upsert(context));
  return result as Inserted<RowOf<Tables, Name>, Options>;
}

/** Locks the existing rows. New rows have no lock before they are inserted, and a cluster may have no row locks. */
function lockExisting(
  { conflict }: UpsertContext,
  key: readonly ColumnPlan[],
): NonNullable<ManyWrite["lock"]> {
  return async (context, groups) => {
    const { schema, table } = context;
    const plan = relationPlan(schema, table);
    if (plan.isForeign || plan.distribution !== undefined || !canLockRows(plan, "update")) return;
    const target = conflictTarget(plan, conflict.key, true);
    const hasKey = (row: Row): boolean =>
      key.every(({ column: { name } }) => Object.hasOwn(row, name) && row[name] !== null);
    const rows = groups.flatMap(group => group.rows).filter(hasKey);
    if (key.length === 0 || rows.length === 0) return;
    await runWrite(context, lockRowsSql(schema, table, key, rows, target));
  };
}

/** Upserts rows with the same columns and different keys, and returns the number of rows written. */
async function upsertGroup(context: UpsertContext, group: RowGroup): Promise<number> {
  if (!canConflict(context, group)) return await insertGroup(context, group);
  const { schema, table, conflict } = context;
  const { rows } = group;
  const { copy, temporaryTables } = abilitiesOf(schema);
  const isStaged =
    copy &&
    temporaryTables &&
    rows.length >= STAGE_FROM_ROWS &&
    canStage(schema, relationPlan(schema, table), rows, conflict);
  return await insideScope(context, group, async inner => {
    const staged = isStaged ? await upsertStaged(inner, rows) : undefined;
    const written = staged ?? (await runCount(inner, upsertManySql(schema, table, rows, conflict)));
    return { written, result: written };
  });
}

/** As `upsertGroup`; returns the rows written, in order. */
async function upsertGroupReturning(
  context: UpsertContext,
  group: RowGroup,
  options: ManyReturning,
): Promise<readonly Row[]> {
  if (!canConflict(context, group)) return await insertGroupReturning(context, group, options);
  const { schema, table, conflict } = context;
  const { rows } = group;
  const returning = { returning: options.returning ?? true };
  const isNew = nullableKey(context).some(name => rows[0]![name] === null);
  return await insideScope(context, group, async inner => {
    const written = await runWrite(inner, upsertManySql(schema, table, rows, { ...conflict, ...returning }));
    const isWhole = conflict.where === undefined || isNew || written.length === rows.length;
    if (isWhole) return { written: written.length, result: written };
    // The upsert has locked the rows that it left unchanged.
    const stored = conflictingRowsSql(schema, table, rows, { ...conflict, ...returning });
    return { written: written.length, result: await run(inner.sql, stored, inner.options) };
  });
}

/** The columns of the conflict target whose NULL never conflicts. */
function nullableKey({ schema, table, conflict }: UpsertContext): readonly string[] {
  const plan = relationPlan(schema, table);
  const { key, columns } = conflictTarget(plan, conflict.key, conflict.update !== "nothing");
  return key.nullsNotDistinct ? [] : columns;
}

function canConflict({ schema, table, conflict }: UpsertContext, { rows }: RowGroup): boolean {
  const plan = relationPlan(schema, table);
  const target = conflictTarget(plan, conflict.key, conflict.update !== "nothing");
  return hasConflictKey(plan, target, rows[0]!);
}

// The statement leaves a row outside the scope unchanged; the other rows are then rolled back.
async function insideScope<Result>(
  context: UpsertContext,
  group: RowGroup,
  send: (context: UpsertContext) => Promise<{ readonly written: number; readonly result: Result }>,
): Promise<Result> {
  const { schema, table, conflict } = context;
  const isScoped = relationPlan(schema, table).scope.rules.length > 0;
  const isGuarded = (isScoped && conflict.update !== "nothing") || conflict.where !== undefined;
  try {
    if (!isGuarded) return (await send(context)).result;
    return await atomically(context, async inner => {
      const { written, result } = await send(inner);
      if (written < group.rows.length) await requireInScope(inner, group);
      return result;
    });
  } catch (error) {
    throw failingRowError(context, error, group);
  }
}

async function requireInScope(context: UpsertContext, { rows, positions }: RowGroup): Promise<void> {
  const { sql, schema, table, options, conflict } = context;
  const statement = outsideRowSql(schema, table, rows, conflict);
  const [first] = statement === undefined ? [] : await run(sql, statement, options);
  if (first === undefined) return;
  const position = positions[Number(first["n"]) - 1]!;
  throw new ScopeError(
    `${table}, rows[${position}]: the key belongs to a row outside the snapshot's scope; nothing was written`,
  );
}
