import { isTransaction, type SqlHandle } from "../../driver/handle.ts";
import { withoutReplicas } from "../../driver/without-replicas.ts";
import { ArgumentError } from "../../errors.ts";
import { exists } from "../../rows/count.ts";
import { deleteRow, deleteWhere } from "../../rows/delete.ts";
import { insert } from "../../rows/insert.ts";
import { rowsWhere } from "../../rows/rows-where.ts";
import { update } from "../../rows/update.ts";
import { staleError } from "../../rows/update-version.ts";
import { upsert } from "../../rows/upsert.ts";
import { canBeSuppressed } from "../../rows/write.ts";
import { and } from "../../statements/combinations.ts";
import { rowKeyFilter } from "../../statements/dated-key.ts";
import type { Where } from "../../statements/filter.ts";
import { keyValues } from "../../statements/primary-key.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";
import { transaction } from "../../transactions/transaction.ts";
import { RequestError } from "../request-error.ts";
import type { BodyRow } from "./crud-body.ts";
import type { CrudCall } from "./crud-route.ts";
import {
  type Compared,
  lockedVersion,
  lockOf,
  missingError,
  type RowEvent,
  requireState,
  rowState,
  stateMode,
  taggedVersion,
} from "./row-version.ts";

/** The versions of `If-Match`; undefined without the header. */
export type Versions = "*" | readonly string[] | undefined;

/** A stored row; undefined if a trigger suppressed the write. */
export type Stored = Readonly<Record<string, unknown>> | undefined;

/** The columns of a row that was written: those a client may read, the key for its path, the version for its tag. */
export function returning({ route }: CrudCall): readonly string[] {
  const { version } = route.options;
  return [...new Set([...route.columns, ...route.key, ...(version === undefined ? [] : [version])])];
}

/** A key as an object of its columns. */
export function keyObject({ schema, route }: CrudCall, key: unknown): BodyRow {
  const plan = relationPlan(schema, route.table);
  const columns = requireKey(plan);
  const values = keyValues(plan, columns, key);
  return Object.fromEntries(columns.map(({ column }, index) => [column.name, values[index]]));
}

/** The filter of the row that a key means: as in `get`, a Date stands for its millisecond. */
export function keyFilter(call: CrudCall, key: unknown): Where {
  return rowKeyFilter(relationPlan(call.schema, call.route.table), keyObject(call, key));
}

export async function insertRow(call: CrudCall, sql: SqlHandle, row: BodyRow): Promise<Stored> {
  return await insert(sql, call.schema, call.route.table, row, { returning: returning(call) });
}

/** A row that was updated, and its new state if the request has compared the old one. */
export interface Updated {
  readonly row: Stored;
  readonly state?: string | undefined;
}

/** Updates a row; with versions only if it has one of them. Throws NotFoundError and StaleError. */
export async function updateRow(
  call: CrudCall,
  sql: SqlHandle,
  key: unknown,
  changes: BodyRow,
  versions: Versions,
): Promise<Updated> {
  const { schema, route } = call;
  const { version } = route.options;
  const row = { ...changes, ...keyObject(call, key) };
  const options = { returning: returning(call) };
  if (versions === undefined) return { row: await update(sql, schema, route.table, row, options) };
  if (version !== undefined) {
    const change = async (tx: SqlHandle, read: unknown): Promise<Updated> => {
      const next = { ...row, [version]: read };
      return { row: await update(tx, schema, route.table, next, { ...options, version }) };
    };
    const read = taggedVersion(call, version, versions);
    if (read !== undefined) return await change(sql, read);
    return await inTransaction(call, sql, "update", async tx =>
      change(tx, await lockedVersion(call, tx, key, version, { versions, event: "update" })),
    );
  }
  const compared = { versions, event: "update" } as const;
  return await inTransaction(call, sql, "update", async tx => {
    await requireState(call, tx, key, compared);
    const stored = await update(tx, schema, route.table, row, options);
    return { row: stored, state: await rowState(call, tx, key) };
  });
}

// A batch chooses the mode of its transaction itself.
function inTransaction<Result>(
  { schema, route }: CrudCall,
  sql: SqlHandle,
  event: RowEvent,
  work: (tx: SqlHandle) => Promise<Result>,
): Promise<Result> {
  return transaction(sql, work, isTransaction(sql) ? {} : stateMode(schema, route.table, event));
}

/** A row that was inserted or updated. */
export interface Upserted {
  readonly row: Stored;
  readonly inserted: boolean;
}

/** Inserts the row with a key, or updates the columns that are given. */
export async function upsertRow(
  call: CrudCall,
  sql: SqlHandle,
  key: unknown,
  row: BodyRow,
): Promise<Upserted> {
  const whole = { ...row, ...keyObject(call, key) };
  const options = { returning: returning(call), inserted: true } as const;
  return await withinScope(call, () => upsert(sql, call.schema, call.route.table, whole, options));
}

/** Runs a write of the row with a key. Throws RequestError 403 if the key is outside the scope, whatever the row says. */
export async function withinScope<Result>(
  { route }: CrudCall,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const columns = error instanceof ArgumentError ? (error.columns ?? []) : [];
    if (columns.length === 0 || !columns.every(name => route.key.includes(name))) throw error;
    throw new RequestError(403, "the row is not accessible", "forbidden", { cause: error });
  }
}

/** Deletes a row; with versions only if it has one of them. Throws NotFoundError and StaleError. */
export async function removeRow(
  call: CrudCall,
  sql: SqlHandle,
  key: unknown,
  versions: Versions,
): Promise<void> {
  const { schema, route } = call;
  const { version } = route.options;
  const options = { returning: false } as const;
  if (versions === undefined) return void (await deleteRow(sql, schema, route.table, key, options));
  const compared = { versions, event: "delete" } as const;
  const tagged = version === undefined ? undefined : taggedVersion(call, version, versions);
  // A trigger can suppress the DELETE, for example to mark the row, which looks like a row with another version.
  if (tagged !== undefined && !canBeSuppressed(relationPlan(schema, route.table), "delete")) {
    const filter = keyFilter(call, key);
    const where = and(filter, { [version!]: tagged });
    if ((await deleteWhere(sql, schema, route.table, { ...options, where })) > 0) return;
    throw await unmatchedError(call, sql, filter);
  }
  await inTransaction(call, sql, "delete", async tx => {
    if (version === undefined) await requireState(call, tx, key, compared);
    else await lockVersion(call, tx, key, version, compared);
    await deleteRow(tx, schema, route.table, key, options);
  });
}

/** Locks a row that has one of the versions. Throws NotFoundError and StaleError. */
async function lockVersion(
  call: CrudCall,
  tx: SqlHandle,
  key: unknown,
  name: string,
  compared: Compared,
): Promise<void> {
  const tagged = taggedVersion(call, name, compared.versions);
  if (tagged === undefined) return void (await lockedVersion(call, tx, key, name, compared));
  const { schema, route } = call;
  const filter = keyFilter(call, key);
  const where = and(filter, { [name]: tagged });
  const lock = lockOf(schema, route.table, compared.event);
  const found = await rowsWhere(tx, schema, route.table, { where, select: [name], ...lock });
  if (found.length === 0) throw await unmatchedError(call, tx, filter);
}

/** The error for a row that does not have the version, or does not exist. */
async function unmatchedError(
  { schema, route: { table } }: CrudCall,
  sql: SqlHandle,
  where: Where,
): Promise<Error> {
  const isThere = await exists(withoutReplicas(sql), schema, table, { where });
  return isThere ? staleError(table) : missingError(table);
}
