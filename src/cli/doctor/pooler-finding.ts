import type { SQL } from "bun";
import { type Finding, ok, problem, warning } from "./finding.ts";

const WAIT_MS = 2_000;

/** The server processes that answered two clients at the same time. */
export interface Backends {
  /** The process of the first client before the second client began a transaction. */
  readonly before: number;
  /** The process of the second client in its transaction. */
  readonly other: number;
  /** The process of the first client during that transaction, or undefined if it had to wait. */
  readonly during: number | undefined;
  /** The process of the first client afterwards: the one that a pooler has most recently got back. */
  readonly after: number;
}

/** Needs a handle with two connections. Returns undefined through a pooler that rejects transactions. */
export async function readBackends(sql: SQL): Promise<Backends | undefined> {
  const session = await sql.reserve();
  try {
    const before = await backendPid(session);
    const shared = await sql.begin(async tx => {
      const other = await backendPid(tx);
      return { other, during: await withinTime(backendPid(session)) };
    });
    return { before, ...shared, after: await backendPid(session) };
  } catch (error) {
    if (isStatementMode(error)) return undefined;
    throw error;
  } finally {
    session.release();
  }
}

function isStatementMode(error: unknown): boolean {
  return (
    error instanceof Error && /transaction blocks not allowed in statement pooling mode/.test(error.message)
  );
}

async function withinTime(answer: Promise<number>): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, WAIT_MS, undefined);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function backendPid(sql: SQL): Promise<number> {
  const [row] = await sql`select pg_catalog.pg_backend_pid() as pid`;
  return row.pid;
}

/**
 * The finding about poolers. Without a pooler in transaction mode each client has the same server process from its first
 * query to its last.
 * @param backends undefined if the pooler rejects transactions
 * @param hasPooler whether `connect` has found a pooler
 */
export function poolerFinding(backends: Backends | undefined, hasPooler: boolean): Finding {
  if (backends === undefined)
    return problem(
      "pooler",
      "in statement mode, which rejects transactions, as those of migrations, streamRows and nested rows; use transaction mode",
    );
  const { before, other, during, after } = backends;
  if (before === other || before !== during || before !== after)
    return warning("pooler", `in transaction mode; ${ADVICE}`);
  return hasPooler
    ? warning("pooler", `apparently in session mode; ${STATEMENTS}`)
    : ok("pooler", "no pooler; prepared statements are safe");
}

const STATEMENTS =
  "in transaction mode a prepared statement can return the rows of a different statement; connect opens handles with prepare: false, other handles need this option";
const ADVICE = `${STATEMENTS.replace("in transaction mode ", "")}; channel and watch need a direct connection`;
