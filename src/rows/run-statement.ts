import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { type Runnable, type RunOptions, run as send } from "./run.ts";

/**
 * Sends the statement of a builder and decodes its rows.
 * @param sql a Bun SQL handle
 * @param statement a statement that a builder of `rowfn/statements` returned
 * @param options `onStatement` is called with the statement just before it is sent
 * @returns an array of rows, each an object of the statement's columns; `[]` for a statement that returns none
 * @throws QueryError if PostgreSQL rejects the statement; ValueError for a value that JavaScript cannot hold
 * @example `await run(sql, rowsWhereSql(schema, "genre", { where: { genre_id: 1 }, select: ["name"] }))` sends
 * `SELECT "name" FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export async function run<Row = Record<string, unknown>>(
  sql: SqlHandle,
  statement: Runnable,
  options?: RunOptions,
): Promise<Row[]> {
  requireOptions("run", options, SEND_OPTIONS);
  if (typeof (statement as Partial<Runnable> | null | undefined)?.text !== "string")
    throw new ArgumentError("run: statement must be the result of an SQL builder, with text and params");
  return await send<Row>(sql, statement, options);
}
