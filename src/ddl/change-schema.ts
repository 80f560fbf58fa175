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

/** Sends statements without parameters, which the driver never prepares, so that none can be stale. */
export async function sendStatements(
  sql: SqlHandle,
  statements: readonly string[],
  options: ChangeOptions | undefined,
): Promise<void> {
  for (const text of statements) {
    options?.onStatement?.({ text, params: [] });
    try {
      await sendForValues(sql, text, []);
    } catch (error) {
      throw withDependents(error);
    }
  }
}

// PostgreSQL names the dependents in the detail, which holds no row values here.
function withDependents(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.sqlstate !== "2BP01") return error;
  const { detail } = error.cause as { readonly detail?: string };
  const { sqlstate, text, cause } = error;
  return new QueryError(`${error.message}\n  ${detail}\n  cascade: true drops the dependent objects too`, {
    sqlstate,
    text,
    cause,
  });
}
