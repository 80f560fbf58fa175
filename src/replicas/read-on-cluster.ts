import type { SqlHandle } from "../driver/handle.ts";
import { codesOf, isLost } from "../driver/lost-connection.ts";
import { QueryError } from "../errors.ts";
import { chooseReader, positionAt } from "./choose-server.ts";
import {
  type Cluster,
  findPrimary,
  leaveOutServer,
  primaryOf,
  refresh,
  requireCopies,
  statesOf,
} from "./cluster.ts";
import { measure, neededBy, type Session } from "./session.ts";

type Work<Result> = (server: SqlHandle) => Promise<Result>;

/**
 * Runs a read on a replica that is recent enough, else on the primary.
 * @param writing the handle of the primary for a read that turns out to write
 */
export async function readOnCluster<Result>(
  cluster: Cluster,
  session: Session,
  writing: SqlHandle,
  work: Work<Result>,
): Promise<Result> {
  requireCopies(cluster);
  const needed = neededPosition(cluster, session);
  refresh(cluster, needed);
  const index = chooseReader(statesOf(cluster), cluster.primary, needed, cluster.turn++);
  if (index === cluster.primary) return await readOnPrimary(cluster, work);
  try {
    return await work(cluster.servers[index]!.sql);
  } catch (error) {
    if (!isOfServer(error)) throw error;
    if (isLost(error) || isConflict(error)) leaveOutServer(cluster, index);
    return await (isWrite(error) ? work(writing) : readOnPrimary(cluster, work));
  }
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

// The recovery canceled the statement, because the primary has removed the rows that it reads (manual, 26.4.2).
function isConflict(error: unknown): boolean {
  return /^40(001|P01)$/.test(codesOf(error).sqlstate ?? "");
}

function isWrite(error: unknown): boolean {
  return codesOf(error).sqlstate === "25006";
}

/** Runs a read on the primary, and again on a replica that was promoted in the meantime. */
async function readOnPrimary<Result>(cluster: Cluster, work: Work<Result>): Promise<Result> {
  const primary = primaryOf(cluster);
  try {
    return await work(primary);
  } catch (error) {
    if (!isLost(error)) throw error;
    await findPrimary(cluster);
    if (primaryOf(cluster) === primary) throw error;
  }
  return await work(primaryOf(cluster));
}
