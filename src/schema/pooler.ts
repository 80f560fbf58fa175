import { singleConnection } from "../driver/cancel.ts";
import type { SqlHandle } from "../driver/handle.ts";
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

/** Stores the mark of the session in which a snapshot was loaded. */
export function noteMark(sql: SqlHandle, mark: string | null): void {
  marks.set(sql.options, mark);
}

/** Whether the server's session is the one that the handle opened, so that no pooler is between them. */
export function hasMark(sql: SqlHandle, mark: string): boolean {
  return marks.get(sql.options) === mark;
}

/** Records that a pooler is between a handle and its server. */
export function notePooler(sql: SqlHandle): void {
  pooled.add(sql.options);
}

/** Whether `connect` has found a pooler between a handle and its server. */
export function hasPooler(sql: SqlHandle): boolean {
  return pooled.has(sql.options);
}

const ATTEMPTS = 5;
const FIRST = "SELECT pg_backend_pid(), $1::text";
const OTHERS = [1, 2, 3].map(number => `SELECT pg_backend_pid(), $1::text, ${number}`);
const SHARED =
  "prepare: true is not possible: the pooler gives clients the prepared statements of other clients; leave out prepare, set max_prepared_statements of PgBouncer 1.21 or later, or connect to the server directly";

/**
 * Throws ArgumentError if two clients of the pooler share prepared statements. Each client numbers its own: `P0`, `P1` (the
 * driver sometimes skips a number). The second client prepares several in a transaction, with which a pooler in
 * transaction mode connects it to the server process of the first one, unless that process serves another client.
 */
export async function requireOwnStatements(sql: SqlHandle): Promise<void> {
  const clients = [singleConnection(sql), singleConnection(sql)] as const;
  const [first, second] = clients as unknown as readonly [SqlHandle, SqlHandle];
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [mine] = await sendForValues(first, FIRST, ["first"]);
      const others = (await second.begin(sendOthers)) as Awaited<ReturnType<typeof sendOthers>>;
      // A statement of the other client can also run, and return its columns or its text.
      if (mine?.[1] !== "first" || others.some(row => row[1] !== "other")) throw new ArgumentError(SHARED);
      if (mine[0] === others[0]?.[0]) return;
    }
  } catch (error) {
    throw isCollision(error) ? new ArgumentError(SHARED) : error;
  } finally {
    await Promise.all(clients.map(client => client.close({ timeout: 0 })));
  }
}

async function sendOthers(tx: SqlHandle): Promise<readonly (readonly unknown[])[]> {
  const rows: (readonly unknown[])[] = [];
  for (const text of OTHERS) rows.push(...(await sendForValues(tx, text, ["other"])));
  return rows;
}

// The statement exists already, does not exist, or has other parameters.
function isCollision(error: unknown): boolean {
  return error instanceof QueryError && /^(42P05|26000|08P01)$/.test(error.sqlstate ?? "");
}
