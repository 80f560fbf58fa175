import { type Cluster, primaryOf } from "./cluster.ts";
import { readServer } from "./read-server.ts";

/** The writes of a session, which its reads must see. */
export interface Session {
  /** The position after the writes that are measured. */
  written: bigint | undefined;
  /** The number of statements and transactions that have ended on the primary. */
  writes: number;
  /** The number of them whose position is known. */
  measured: number;
  measuring: Promise<void> | undefined;
}

/** A session that has seen the writes up to a position; undefined if it has seen none. */
export function newSession(position?: bigint): Session {
  return { written: position, writes: 0, measured: 0, measuring: undefined };
}

/** The position that a standby needs for the session; undefined if it is not known yet. */
export function neededBy({ written, writes, measured }: Session): bigint | undefined {
  return measured < writes ? undefined : (written ?? 0n);
}

/** Asks the primary for the position after the writes that have ended; concurrent callers share the answer. */
export function measure(cluster: Cluster, session: Session): Promise<void> {
  session.measuring ??= measureOnce(cluster, session).finally(() => {
    session.measuring = undefined;
  });
  return session.measuring;
}

async function measureOnce(cluster: Cluster, session: Session): Promise<void> {
  const { writes } = session;
  const { role, position } = await readServer(primaryOf(cluster));
  if (role !== "primary") throw new Error("the server is a standby");
  if (session.written === undefined || position > session.written) session.written = position;
  session.measured = writes;
}
