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
  return await limited(sql, options, async handle => {
    for (const statement of statements) options?.onStatement?.(statement);
    const results = await sendTogether(handle, begin, queries);
    const decoded: Row[][] = [];
    for (const [index, result] of results.entries())
      decoded.push(await decodeResult(handle, statements[index]!, result));
    return decoded;
  });
}

/** The number in the only row of a statement that counts. */
export function countOf([row]: readonly Row[]): number {
  return Number(Object.values(row!)[0]);
}
