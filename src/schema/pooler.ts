import { singleConnection } from "../driver/cancel.ts";
import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError, QueryError } from "../errors.ts";

/**
 * The start-up parameter by which `connect` recognizes a session of its own. PostgreSQL accepts any value; a pooler
 * rejects the parameter, or ignores it, because its connections to the server are older than the client.
 */
export const MARK = "rowfn.handle";

/** SQL for the value that the session of the server started with; NULL if it started with none. */
export const MARK_SQL: string = `pg_catalog.current_setting('${MARK}', true)`;

// By the options of a handle, as its transactions and reserved connections share them.
const marks = new WeakMap<object, string | null>();
const pooled = new WeakSet<object>();

/** Notes the mark of the session in which a snapshot was loaded. */
export function noteMark(sql: SqlHandle, mark: string | null): void {
  marks.set(sql.options, mark);
}

/** Whether the server's session is the one that the handle opened, so that no pooler is between them. */
export function hasMark(sql: SqlHandle, mark: string): boolean {
  return marks.get(sql.options) === mark;
}

/** Notes that a pooler is between a handle and its server. */
export function notePooler(sql: SqlHandle): void {
  pooled.add(sql.options);
}

/** Whether `connect` has found a pooler between a handle and its server. */
export function hasPooler(sql: SqlHandle): boolean {
  return pooled.has(sql.options);
}

const ATTEMPTS = 5;
const FIRST = "SELECT pg_backend_pid(), $1::text";
const SECOND = "SELECT $1::text, pg_backend_pid(), 2";

/**
 * Throws ArgumentError if two clients of the pooler share prepared statements. Each client names its first one `P0`. The
 * second client runs its own in a transaction, with which a pooler in transaction mode connects it to the server process
 * of the first one, unless that serves somebody else.
 */
export async function requireOwnStatements(sql: SqlHandle): Promise<void> {
  const clients = [singleConnection(sql), singleConnection(sql)] as const;
  const [first, second] = clients as unknown as readonly [SqlHandle, SqlHandle];
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [mine] = await sendForValues(first, FIRST, [""]);
      const [other] = (await second.begin(tx => sendForValues(tx, SECOND, [""]))) as SqlValues;
      if (mine?.[0] === other?.[1]) return;
    }
  } catch (error) {
    if (!isCollision(error)) throw error;
    throw new ArgumentError(
      "prepare: true is not possible: the pooler gives clients the prepared statements of others; leave out prepare, set max_prepared_statements of PgBouncer 1.21 or later, or connect to the server directly",
    );
  } finally {
    await Promise.all(clients.map(client => client.close({ timeout: 0 })));
  }
}

// The statement exists already, does not exist, or has other parameters.
function isCollision(error: unknown): boolean {
  return error instanceof QueryError && /^(42P05|26000|08P01)$/.test(error.sqlstate ?? "");
}
