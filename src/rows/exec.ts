import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Fragment } from "../statements/fragment.ts";
import { querySql } from "../statements/fragment-sql.ts";
import { tokensOf } from "../statements/scan-sql.ts";
import type { RunOptions } from "./run.ts";
import { runValues } from "./run-values.ts";
import { requireClosedTransaction, requireOpenTransaction } from "./transaction-commands.ts";
import { runCount } from "./write.ts";

/**
 * Sends a raw INSERT, UPDATE, DELETE or other statement, and returns the number of rows. The scope restricts only tables
 * named with `table(...)`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param statement raw SQL created by `expr`, one statement
 * @param options `onStatement` is called with the statement
 * @returns the number of rows that PostgreSQL reports; 0 for a statement without rows
 * @throws ConstraintError; QueryError; ArgumentError for anything but `expr`, and for COMMIT or ROLLBACK in a transaction
 * @example ``await exec(sql, schema, expr("update genre set name = upper(name) where genre_id = :id", { id: 900 }))`` sends
 * `update genre set name = upper(name) where genre_id = $1`
 */
export async function exec(
  sql: SqlHandle,
  schema: AnySchema,
  statement: Fragment,
  options?: RunOptions,
): Promise<number> {
  requireOptions("exec", options, SEND_OPTIONS);
  const built = querySql(schema, statement);
  requireOpenTransaction("exec", sql, built.text);
  return await runCount({ sql, schema, options }, built);
}

/**
 * Sends a script of several statements without parameters. Outside a transaction PostgreSQL runs it as one transaction:
 * after an error nothing is stored (manual 55.2.2.1), unless the script contains its own BEGIN or COMMIT.
 * @param sql a Bun SQL handle
 * @param text SQL with semicolons between the statements, such as the content of a file
 * @param options `onStatement` is called with the whole text
 * @throws QueryError if a statement fails; ArgumentError for an open string or comment, for COMMIT or ROLLBACK in a transaction of the
 * caller, and for a BEGIN without COMMIT on a pool
 * @example `await script(sql, "create table a (id int); insert into a values (1), (2);")`
 */
export async function script(sql: SqlHandle, text: string, options?: RunOptions): Promise<void> {
  requireOptions("script", options, SEND_OPTIONS);
  if (typeof text !== "string") throw new ArgumentError("script: the SQL must be a string");
  // Reads the whole text, so that an open string is an error before anything is sent.
  const tokens = [...tokensOf(text)];
  if (tokens.every(({ found }) => /^(;|--|\/\*)/.test(found))) return;
  requireOpenTransaction("script", sql, text);
  requireClosedTransaction(sql, text);
  await runValues(sql, { text, params: [] }, options);
}
