import { withCallSite } from "../driver/call-site.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError, QueryError, ScopeError } from "../errors.ts";
import type { RunOptions } from "../rows/run.ts";
import { loadSchema } from "../schema/load-schema.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { WideTables } from "../schema/tables.ts";
import { transaction } from "../transactions/transaction.ts";
import { carryOver, type Renamed } from "./carry-over.ts";

/** Options of every function that changes tables: `onStatement` sees each statement before it is sent. */
export type ChangeOptions = RunOptions;

type DdlBuilders = typeof import("./ddl-builders.ts");
/** Makes the statements of a change. */
export type Build = (builders: DdlBuilders) => readonly string[];

/** What is built with the SQL builders of changes, which are loaded when they are first needed. */
export async function built<Result>(build: (builders: DdlBuilders) => Result): Promise<Result> {
  const site = new Error();
  const builders = await import("./ddl-builders.ts");
  try {
    return build(builders);
  } catch (error) {
    throw withCallSite(error, site);
  }
}

/**
 * Sends the statements and reads the snapshot again, all in one transaction (a savepoint inside the caller's): both
 * succeed, or nothing has changed. A scoped snapshot is refused: whoever may see some rows only must not drop a table.
 */
export async function changeSchema<Tables = WideTables>(
  sql: SqlHandle,
  schema: AnySchema,
  options: ChangeOptions | undefined,
  build: Build,
  renamed?: Renamed,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statements = await built(build);
  return await inOneTransaction(sql, async tx => {
    await sendStatements(tx, statements, options);
    return await schemaAfter<Tables>(tx, schema, renamed);
  });
}

/** As `changeSchema` for statements that PostgreSQL runs outside of transactions only. */
export async function changeConcurrently<Tables = WideTables>(
  sql: SqlHandle,
  schema: AnySchema,
  options: ChangeOptions | undefined,
  build: Build,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statements = await built(build);
  if (isTransaction(sql)) throw new ArgumentError("concurrently cannot be done inside a transaction");
  await sendStatements(sql, statements, options);
  return await schemaAfter<Tables>(sql, schema);
}

export function requireUnscoped(schema: AnySchema): void {
  if (Object.keys(schema.scope).length > 0)
    throw new ScopeError("a scoped snapshot cannot change tables: pass unscoped(schema)");
}

export async function inOneTransaction<Result>(
  sql: SqlHandle,
  run: (tx: SqlHandle) => Promise<Result>,
): Promise<Result> {
  try {
    return await transaction(sql, run);
  } catch (error) {
    throw withCallSite(error);
  }
}

/** Without parameters a statement is never prepared, so none of these can be stale. */
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

// What depends on a table is in the detail, which holds no row values here.
function withDependents(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.sqlstate !== "2BP01") return error;
  const { detail } = error.cause as { readonly detail?: string };
  const { sqlstate, text, cause } = error;
  return new QueryError(`${error.message}\n  ${detail}\n  cascade: true drops these too`, {
    sqlstate,
    text,
    cause,
  });
}

/** The snapshot as the database is now, with what the one before was told. */
export async function schemaAfter<Tables = WideTables>(
  sql: SqlHandle,
  before: AnySchema,
  renamed?: Renamed,
): Promise<SchemaSnapshot<Tables>> {
  const types = { ...before.jsTypes, columns: {} };
  return carryOver(before, await loadSchema<Tables>(sql, { schemas: before.schemas, types }), renamed);
}
