import type { SQL } from "bun";
import { type Finding, ok, warning } from "./finding.ts";

const POOLER_PORTS: ReadonlySet<number> = new Set([6432, 6543]);
const WAIT_MS = 2_000;

/** Which server processes answered two clients at once. */
export interface Backends {
  /** The first client, before the second began a transaction. */
  readonly first: number;
  /** The second client, in its transaction. */
  readonly other: number;
  /** The first client, meanwhile; undefined when it had to wait for the second. */
  readonly again: number | undefined;
}

/** Needs a handle with two connections. */
export async function backendsOf(sql: SQL): Promise<Backends> {
  const session = await sql.reserve();
  try {
    const first = await backendOf(session);
    return await sql.begin(async tx => {
      const other = await backendOf(tx);
      return { first, other, again: await withinTime(backendOf(session)) };
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

async function backendOf(sql: SQL): Promise<number> {
  const [row] = await sql`select pg_catalog.pg_backend_pid() as pid`;
  return row.pid;
}

/** Without a pooler each client has a server process of its own, from its first query to its last. */
export function poolerFinding({ first, other, again }: Backends, port: number): Finding {
  if (first !== other && first === again) {
    return POOLER_PORTS.has(port)
      ? warning("pooler", `none seen, but port ${port} is that of one; ${ADVICE}`)
      : ok("pooler", "none, or one that keeps sessions apart: prepared statements are safe");
  }
  return warning("pooler", `one in transaction mode; ${ADVICE}`);
}

const ADVICE =
  "with prepared statements it can return the rows of another statement: open handles with prepare: false";
