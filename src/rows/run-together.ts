import type { SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { BEGIN_LOCKING_VIEW, BEGIN_ONE_VIEW, sendTogether } from "../driver/pipeline.ts";
import { onReader } from "../driver/replica-reads.ts";
import { decodeResult, type ReaderOptions, type Runnable } from "./run.ts";

type Row = Record<string, unknown>;

/**
 * Sends statements that only read, in one round trip, and returns the rows of each. They see one state of the data; in a
 * transaction of the caller its isolation decides.
 */
export function runTogether(
  sql: SqlHandle,
  statements: readonly Runnable[],
  options: ReaderOptions | undefined,
): Promise<readonly Row[][]> {
  return onReader(sql, options, (server, limits) => sendReads(server, statements, limits));
}

async function sendReads(
  sql: SqlHandle,
  statements: readonly Runnable[],
  options: ReaderOptions | undefined,
): Promise<readonly Row[][]> {
  const begin = options?.lock ? BEGIN_LOCKING_VIEW : BEGIN_ONE_VIEW;
  const queries = statements.map(({ text, params, nest }) => ({
    text,
    params,
    isValues: nest !== undefined,
  }));
  const results = await limited(sql, options, handle => {
    for (const statement of statements) options?.onStatement?.(statement);
    return sendTogether(handle, begin, queries);
  });
  return results.map((result, index) => decodeResult(sql, statements[index]!, result));
}

/** The number in the only row of a statement that counts. */
export function countOf([row]: readonly Row[]): number {
  return Number(Object.values(row!)[0]);
}
