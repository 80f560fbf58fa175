import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { sendForValues } from "../driver/send.ts";
import type { Statement } from "../driver/statement.ts";
import type { RunOptions } from "./run.ts";
import { severalRowsError } from "./several-rows-error.ts";

/** Sends a statement and returns its rows as arrays of the driver's values. */
export function runValues(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<SqlValues> {
  return limited(sql, options, async handle => {
    options?.onStatement?.(statement);
    try {
      return await sendForValues(handle, statement.text, statement.params);
    } catch (error) {
      throw severalRowsError(error);
    }
  });
}

/** Sends a statement of one row and one column, whose value needs no decoding. */
export async function runValue(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<unknown> {
  const rows = await runValues(sql, statement, options);
  return rows[0]?.[0];
}
