import type { SQL } from "bun";
import { type Finding, ok, warning } from "./finding.ts";

const POOLER_PORTS: ReadonlySet<number> = new Set([6432, 6543]);
const WAIT_MS = 2_000;

/** The server processes that answered two clients at the same time. */
export interface Backends {
  /** The process of the first client before the second client began a transaction. */
  readonly before: number;
  /** The process of the second client in its transaction. */
  readonly other: number;
  /** The process of the first client during that transaction, or undefined if it had to wait. */
  readonly during: number | undefined;
}

/** Needs a handle with two connections. */
export async function readBackends(sql: SQL): Promise<Backends> {
  const session = await sql.reserve();
  try {
    const before = await backendPid(session);
    return await sql.begin(async tx => {
      const other = await backendPid(tx);
      return { before, other, during: await withinTime(backendPid(session)) };
    });
  } finally {
    session.release();
  }
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

/** Without a pooler each client has the same server process from its first query to its last. */
export function poolerFinding({ before, other, during }: Backends, port: number): Finding {
  if (before !== other && before === during) {
    return POOLER_PORTS.has(port)
      ? warning("pooler", `not detected, but port ${port} is a usual port of poolers; ${ADVICE}`)
      : ok("pooler", "no pooler in transaction mode; prepared statements are safe");
  }
  return warning("pooler", `in transaction mode; ${ADVICE}`);
}

const ADVICE =
  "a prepared statement can return the rows of a different statement; open handles with prepare: false";
