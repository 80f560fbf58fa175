import { withCallSite } from "../driver/call-site.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError, QueryError } from "../errors.ts";
import type { RunOptions } from "../rows/run.ts";
import { schemaAfter } from "../rows/schema-after.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { WideTables } from "../schema/tables.ts";
import type { Renamed } from "../statements/carry-over.ts";
import { transaction } from "../transactions/transaction.ts";
import { withLock } from "../transactions/with-lock.ts";

/** Options of every function that changes tables: `onStatement` is called with each statement before it is sent. */
export type ChangeOptions = RunOptions;

/**
 * Sends the statements and reads the snapshot again in one transaction, a savepoint inside the caller's: if either
 * fails, both are rolled back.
 */
export async function changeSchema<Tables = WideTables>(
  sql: SqlHandle,
  schema: AnySchema,
  statements: readonly string[],
  options: ChangeOptions | undefined,
  renamed?: Renamed,
): Promise<SchemaSnapshot<Tables>> {
  return await inOneTransaction(sql, options, async tx => {
    await sendStatements(tx, statements, options);
    return await schemaAfter<Tables>(tx, schema, renamed);
  });
}

/** Options of functions that create something. */
interface CreationOptions extends ChangeOptions {
  readonly ifNotExists?: boolean;
}

/** What only PostgreSQL can check. */
interface CreationChecks {
  /** Throws ArgumentError if what exists differs from what is requested. */
  readonly requireSame?: (tx: SqlHandle, current: AnySchema) => Promise<void>;
  /** Throws ArgumentError if the statements would not do what is requested. */
  readonly requireAble?: (tx: SqlHandle) => Promise<void>;
}

/**
 * Like `changeSchema`, for statements that create something. With `ifNotExists` the snapshot may be stale, and several
 * sessions may create it at the same time: they wait for each other and compute the statements from the current snapshot.
 * @param place what the sessions lock: the table, view or type
 */
export async function createUnlessExists<Tables = WideTables>(
  sql: SqlHandle,
  schema: AnySchema,
  place: string,
  statementsOf: (current: AnySchema) => readonly string[],
  options: CreationOptions | undefined,
  { requireSame, requireAble }: CreationChecks = {},
): Promise<SchemaSnapshot<Tables>> {
  const statements = statementsOf(schema);
  const create = async (tx: SqlHandle, missing: readonly string[]): Promise<SchemaSnapshot<Tables>> => {
    await requireAble?.(tx);
    await sendStatements(tx, missing, options);
    return await schemaAfter<Tables>(tx, schema);
  };
  if (options?.ifNotExists !== true)
    return await inOneTransaction(sql, options, tx => create(tx, statements));
  return await limited(sql, options, handle =>
    withLock(handle, createLock(place), async tx => {
      const current = await schemaAfter<Tables>(tx, schema);
      const missing = statementsOf(current as AnySchema);
      if (missing.length > 0) return await create(tx, missing);
      await requireSame?.(tx, current as AnySchema);
      return current;
    }),
  );
}

/** The name of the lock for sessions that create the same object. */
export function createLock(place: string): string {
  return `rowfn create ${place}`;
}

/** Like `changeSchema`, for statements that PostgreSQL runs outside of transactions only. */
export async function changeConcurrently<Tables = WideTables>(
  sql: SqlHandle,
  schema: AnySchema,
  statements: readonly string[],
  options: ChangeOptions | undefined,
): Promise<SchemaSnapshot<Tables>> {
  if (isTransaction(sql))
    throw new ArgumentError("concurrently: true is not possible inside a transaction; pass the pool");
  return await limited(sql, options, async handle => {
    await sendStatements(handle, statements, options);
    return await schemaAfter<Tables>(handle, schema);
  });
}

export async function inOneTransaction<Result>(
  sql: SqlHandle,
  options: ChangeOptions | undefined,
  run: (tx: SqlHandle) => Promise<Result>,
): Promise<Result> {
  try {
    return await limited(sql, options, handle => transaction(handle, run));
  } catch (error) {
    throw withCallSite(error);
  }
}

/**
 * Sends statements without parameters, which the driver never prepares, so that none can be stale.
 * @param advice what to do about the objects that depend on what a statement drops
 */
export async function sendStatements(
  sql: SqlHandle,
  statements: readonly string[],
  options: ChangeOptions | undefined,
  advice = "cascade: true drops the dependent objects too",
): Promise<void> {
  for (const text of statements) {
    options?.onStatement?.({ text, params: [] });
    try {
      await sendForValues(sql, text, [], { isLaidOut: true });
    } catch (error) {
      throw withDependents(error, advice);
    }
  }
}

const DEPENDENT_OBJECTS = "2BP01";
// For example, a change of the type of a column that a policy uses.
const NOT_SUPPORTED = "0A000";

// PostgreSQL names the dependents in the detail, which holds no row values here.
function withDependents(error: unknown, advice: string): unknown {
  if (!(error instanceof QueryError)) return error;
  const { sqlstate, text, cause } = error;
  const { detail } = cause as { readonly detail?: string };
  if (!detail || (sqlstate !== DEPENDENT_OBJECTS && sqlstate !== NOT_SUPPORTED)) return error;
  const lines = sqlstate === DEPENDENT_OBJECTS ? [detail, advice] : [detail];
  return new QueryError([error.message, ...lines].join("\n  "), { sqlstate, text, cause });
}
