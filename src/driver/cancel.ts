import type { SqlHandle, SqlQuery, SqlValues } from "./handle.ts";
import { queryError } from "./query-error.ts";

// The parameter makes it a prepared statement, which the driver sends without waiting. Pgpool-II reads the comment: without it
// the answer could come from a standby, while the statements of the transaction run on the primary.
const PID = "/*NO LOAD BALANCE*/ SELECT pg_backend_pid(), $1::text";

/** The id of the server process of a connection; the statement is sent before the function returns. */
export async function backendPid(sql: SqlHandle): Promise<number> {
  return await pidOf(sql.unsafe(PID, [null]));
}

/** As `backendPid`, by a statement that is alone on its connection, so that the driver can cancel it: without a parameter it waits. */
export async function pidAlone(sql: SqlHandle, signal: AbortSignal): Promise<number> {
  const query = sql.unsafe(PID.replace("$1", "null"));
  const cancel = (): void => void query.cancel();
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  return await pidOf(query).finally(() => signal.removeEventListener("abort", cancel));
}

async function pidOf(query: SqlQuery): Promise<number> {
  return await query.values().then(
    rows => Number((rows as SqlValues)[0]![0]),
    error => Promise.reject(queryError(error, PID)),
  );
}

/** The number of times that a statement is canceled: a function that catches the error may send another statement. */
const ATTEMPTS = 5;

/** Milliseconds between two attempts. */
const PAUSE_MS = 50;

// The server reports the beginning of a long text.
const CANCEL = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1::text::int4 AND ($2::text IS NULL OR (state NOT LIKE 'idle%' AND EXISTS (SELECT FROM jsonb_array_elements_text($2::text::jsonb) AS sent WHERE starts_with(sent, query))))`;

/** Milliseconds to wait for a connection that can cancel. */
const READY_MS = 5_000;

/**
 * Cancels the statements of a server process until `running` settles. It opens a connection, because every connection
 * of the pool may be waiting. Nothing is canceled if the server, or a pooler, has no connection for it.
 * @param texts the only statements to cancel; without it the process must have an open transaction of the caller, so
 * that it cannot run statements of another session
 */
export async function cancelBackend(
  sql: SqlHandle,
  pid: number,
  running: Promise<unknown>,
  texts?: () => readonly string[],
  attempts: number = ATTEMPTS,
): Promise<void> {
  const canceler = singleConnection(sql);
  const settled = running.then(
    () => true,
    () => true,
  );
  const params = (): unknown[] => [String(pid), texts === undefined ? null : JSON.stringify(texts())];
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (!(await isReady(canceler, settled))) return;
      await canceler.unsafe(CANCEL, params());
      await canceler.unsafe("COMMIT");
      if (await Promise.race([settled, Bun.sleep(PAUSE_MS).then(() => false)])) return;
    }
  } finally {
    await canceler.close({ timeout: 0 });
  }
}

// A pooler in transaction mode may have no server connection until the canceled transaction itself has ended. With BEGIN it
// keeps one for the statement after it, which would otherwise be late and cancel a statement of someone else.
async function isReady(canceler: Bun.SQL, settled: Promise<boolean>): Promise<boolean> {
  const begun = Promise.resolve(canceler.unsafe("BEGIN")).then(
    () => true,
    () => false,
  );
  const tooLate = Promise.race([settled, Bun.sleep(READY_MS)]).then(() => false);
  return await Promise.race([begun, tooLate]);
}

/**
 * A pool of one connection to the server of a handle. The driver takes seconds, but its resolved options are milliseconds. Without
 * a URL it would take the parameters of DATABASE_URL, such as sslmode, which can be that of another server.
 */
export function singleConnection(sql: SqlHandle): Bun.SQL {
  const options = sql.options as Bun.SQL.PostgresOrMySQLOptions;
  const connectionTimeout = (options.connectionTimeout ?? 30_000) / 1000;
  const times = { connectionTimeout, idleTimeout: 0, maxLifetime: 0 };
  return new Bun.SQL("postgres://", { ...options, max: 1, ...times });
}
