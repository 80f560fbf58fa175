import type { SqlHandle } from "../driver/handle.ts";
import { codesOf, isLost } from "../driver/lost-connection.ts";
import { type Method, wrapHandle } from "../driver/wrap-handle.ts";
import { type Cluster, findPrimary } from "./cluster.ts";
import type { Session } from "./session.ts";

/** A handle of the primary that counts what the session sends, and looks for a new primary after a failure. */
export function primaryHandle(cluster: Cluster, session: Session, sql: SqlHandle): SqlHandle {
  const note = <Result>(running: PromiseLike<Result>): Promise<Result> => noted(cluster, session, running);
  const begin =
    (target: SqlHandle, method: Method): Method =>
    (...args) =>
      note(method.apply(target, args) as PromiseLike<unknown>);
  return wrapHandle(sql, {
    send: (_, query) => note(query),
    stream: query => note(query),
    methods: {
      ...{ begin, transaction: begin, savepoint: begin },
      ...{ beginDistributed: begin, commitDistributed: begin, rollbackDistributed: begin },
      reserve:
        (target, method) =>
        async (...args) => {
          const connection = await note(method.apply(target, args) as PromiseLike<SqlHandle>);
          return primaryHandle(cluster, session, connection);
        },
    },
  });
}

// A statement that failed can have written too: its answer may be lost.
async function noted<Result>(
  cluster: Cluster,
  session: Session,
  running: PromiseLike<Result>,
): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    if (isLost(error) || isOnStandby(error)) findPrimary(cluster);
    throw error;
  } finally {
    session.writes++;
  }
}

// A write in a read-only transaction of the primary fails in the same way, which the search finds out.
function isOnStandby(error: unknown): boolean {
  return codesOf(error).sqlstate === "25006";
}
