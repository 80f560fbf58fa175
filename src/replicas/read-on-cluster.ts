import { waitWithin } from "../driver/deadline.ts";
import type { Limits, SqlHandle } from "../driver/handle.ts";
import { codesOf, isLost } from "../driver/lost-connection.ts";
import { QueryError, TimeoutError } from "../errors.ts";
import { chooseReader, positionAt } from "./choose-server.ts";
import {
  askServers,
  type Cluster,
  confirmPrimary,
  findPrimary,
  leaveOutServer,
  primaryOf,
  refresh,
  requireCopies,
  statesOf,
  suspectServer,
} from "./cluster.ts";
import { isOnStandby } from "./primary-handle.ts";
import { measure, neededBy, type Session } from "./session.ts";

type Work<Result> = (server: SqlHandle) => Promise<Result>;

/**
 * Runs a read on a replica that is recent enough, else on the primary.
 * @param writing the handle of the primary for a read that turns out to write
 * @param limits of the read: they end its waits for the primary
 */
export async function readOnCluster<Result>(
  cluster: Cluster,
  session: Session,
  writing: SqlHandle,
  work: Work<Result>,
  limits: Limits = {},
): Promise<Result> {
  const end = performance.now() + (limits.timeout ?? Number.POSITIVE_INFINITY);
  const needed = neededPosition(cluster, session);
  refresh(cluster, needed);
  requireCopies(cluster);
  const index = chooseReader(statesOf(cluster), cluster.primary, needed, cluster.turn++);
  const read: Read<Result> = { cluster, work, limits, end };
  if (index === cluster.primary) {
    // A session that has written nothing can read what any server has.
    if (needed !== 0n || cluster.staleness !== undefined) await within(read, confirmPrimary(cluster));
    return await readOnPrimary(read);
  }
  try {
    return await work(cluster.servers[index]!.sql);
  } catch (error) {
    if (!isOfServer(error)) {
      if (isStop(error, limits)) suspectServer(cluster, index);
      throw error;
    }
    if (isLost(error) || isConflict(error)) leaveOutServer(cluster, index);
    return await (isOnStandby(error) ? work(writing) : readOnPrimary(read));
  }
}

interface Read<Result> {
  readonly cluster: Cluster;
  readonly work: Work<Result>;
  readonly limits: Limits;
  /** On the clock of `performance.now()`. */
  readonly end: number;
}

// Waits for the primary; the read itself fails at its limits.
async function within(
  { limits: { signal, timeout }, end }: Read<unknown>,
  waiting: Promise<void>,
): Promise<void> {
  if (signal === undefined && timeout === undefined) return await waiting;
  const left = timeout === undefined ? undefined : Math.max(1, end - performance.now());
  await waitWithin(waiting, { signal, timeout: left });
}

function neededPosition(cluster: Cluster, session: Session): bigint | undefined {
  const { staleness, samples } = cluster;
  if (staleness !== undefined) return positionAt(samples, performance.now() - staleness);
  const needed = neededBy(session);
  // Until the primary has answered, reads go there.
  if (needed === undefined) measure(cluster, session).catch(() => {});
  return needed;
}

// A replica can lack a table that the primary has, so only the primary decides that a statement fails.
function isOfServer(error: unknown): boolean {
  return error instanceof QueryError && error.sqlstate !== CANCELED;
}

const CANCELED = "57014";

/** Whether a call was stopped by its limits. */
function isStop(error: unknown, { signal }: Limits): boolean {
  return error instanceof TimeoutError || signal?.aborted === true;
}

// The recovery canceled the statement, because the primary has removed the rows that it reads (manual, 26.4.2).
function isConflict(error: unknown): boolean {
  return /^40(001|P01)$/.test(codesOf(error).sqlstate ?? "");
}

/** Runs a read on the primary, and again on a replica that was promoted in the meantime. */
async function readOnPrimary<Result>(read: Read<Result>): Promise<Result> {
  const { cluster, work, limits } = read;
  const primary = primaryOf(cluster);
  try {
    return await work(primary);
  } catch (error) {
    if (!isLost(error)) {
      // The server may hang while another one is promoted.
      if (isStop(error, limits)) askServers(cluster);
      throw error;
    }
    await within(read, findPrimary(cluster));
    limits.signal?.throwIfAborted();
    if (primaryOf(cluster) === primary) throw error;
  }
  return await work(primaryOf(cluster));
}
