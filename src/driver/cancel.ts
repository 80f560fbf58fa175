import type { SqlHandle } from "./handle.ts";
import { sendForValues } from "./send.ts";

/** The id of the server process that runs the transaction of a handle. */
export async function backendPid(tx: SqlHandle): Promise<number> {
  const [row] = await sendForValues(tx, "SELECT pg_backend_pid()", []);
  return Number(row![0]);
}

/** The number of times that a statement is canceled: a function that catches the error may send another statement. */
const ATTEMPTS = 5;

/** Milliseconds between two attempts. */
const PAUSE_MS = 50;

/**
 * Cancels the statements of a server process until `running` settles. It opens a connection, because every connection
 * of the pool may be waiting. The transaction is still open, so the process cannot run statements of another session.
 */
export async function cancelBackend(sql: SqlHandle, pid: number, running: Promise<unknown>): Promise<void> {
  const canceler = singleConnection(sql);
  const settled = running.then(
    () => true,
    () => true,
  );
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await canceler.unsafe("SELECT pg_cancel_backend($1::text::int4)", [String(pid)]);
      if (await Promise.race([settled, Bun.sleep(PAUSE_MS).then(() => false)])) return;
    }
  } finally {
    await canceler.close({ timeout: 1 });
  }
}

/** A pool of one connection to the server of a handle. The driver takes seconds, but its resolved options are milliseconds. */
export function singleConnection(sql: SqlHandle): Bun.SQL {
  const options = sql.options as Bun.SQL.PostgresOrMySQLOptions;
  const connectionTimeout = (options.connectionTimeout ?? 30_000) / 1000;
  return new Bun.SQL({ ...options, max: 1, connectionTimeout, idleTimeout: 0, maxLifetime: 0 });
}
