import type { Limits, SqlHandle } from "../driver/handle.ts";
import { codesOf, isLost } from "../driver/lost-connection.ts";
import { type Method, wrapHandle } from "../driver/wrap-handle.ts";
import { askServers, type Cluster, findPrimary } from "./cluster.ts";
import type { Session } from "./session.ts";

/** A handle of the primary that counts what the session sends, and looks for a new primary after a failure. */
export function primaryHandle(
  cluster: Cluster,
  session: Session,
  sql: SqlHandle,
  onRelease?: () => void,
): SqlHandle {
  const note = <Result>(running: PromiseLike<Result>): Promise<Result> => noted(cluster, session, running);
  const begin =
    (target: SqlHandle, method: Method): Method =>
    (...args) =>
      note(method.apply(target, args) as PromiseLike<unknown>);
  return wrapHandle(sql, {
    send: (_, query) => note(query),
    stream: query => note(query),
    methods: {
      ...{ begin, transaction: begin, savepoint: begin, distributed: begin },
      ...{ beginDistributed: begin, commitDistributed: begin, rollbackDistributed: begin },
      reserve:
        (target, method) =>
        async (...args) => {
          const stopWatching = watchSignal(cluster, args);
          try {
            const connection = await note(method.apply(target, args) as PromiseLike<SqlHandle>);
            return primaryHandle(cluster, session, connection, stopWatching);
          } catch (error) {
            stopWatching();
            throw error;
          }
        },
      ...(onRelease && {
        release:
          (target, method) =>
          (...args) => {
            onRelease();
            return method.apply(target, args);
          },
      }),
    },
  });
}

/** The signal of a call of `reserve`, which ends its wait for a connection and makes it reject with the signal's reason. */
export function signalIn([options]: readonly unknown[]): AbortSignal | undefined {
  const { signal } = (typeof options === "object" && options !== null ? options : {}) as Limits;
  return signal;
}

// If the signal of a call is aborted, the primary may hang while another server is promoted.
function watchSignal(cluster: Cluster, args: readonly unknown[]): () => void {
  const signal = signalIn(args);
  const ask = (): void => void askServers(cluster);
  signal?.addEventListener("abort", ask);
  return () => signal?.removeEventListener("abort", ask);
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

/**
 * Whether a write or LISTEN reached a standby. A write in a read-only transaction of the primary fails in the same way, which the
 * search finds out.
 */
export function isOnStandby(error: unknown): boolean {
  return codesOf(error).sqlstate === "25006";
}
