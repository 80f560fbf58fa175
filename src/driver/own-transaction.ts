import type { SqlHandle, SqlResultInfo } from "./handle.ts";
import { sendAhead } from "./pipeline.ts";
import { queryError } from "./query-error.ts";
import { type ConnectionWait, withReserved } from "./reserve.ts";
import { driverError, newScope, type Scope, scopeHandle, untilPassedOn } from "./scope-handle.ts";
import { queryOf } from "./statement.ts";

type Work<Result> = (tx: SqlHandle) => Result | Promise<Result>;

/** The ends of a transaction or a savepoint. */
interface Ends {
  readonly commit: () => Promise<unknown>;
  readonly rollBack: () => Promise<unknown>;
}

/** Whether BEGIN can be sent together with the first statement: only on a pool that prepares statements. */
export function canBeginAhead(sql: SqlHandle): boolean {
  return sql.options.prepare !== false && !("release" in sql);
}

/**
 * Runs a function in a transaction on a connection of a pool. The driver's `begin` waits for the answer to BEGIN; here the
 * first statements of the function, and of its savepoints, are sent with it.
 * @param mode the mode of the transaction after BEGIN, such as `read only`
 * @param wait its signal ends the wait for a connection, and for a server that does not answer
 * @throws the error of the function; QueryError for an error of BEGIN and of COMMIT, or of `the transaction` if the connection
 * was lost before COMMIT was sent
 */
export async function ownTransaction<Result>(
  pool: SqlHandle,
  mode: string,
  work: Work<Result>,
  wait: ConnectionWait,
): Promise<Result> {
  return await withReserved(pool, wait, async connection => {
    const begun = sendAhead(connection, { text: `BEGIN ${mode}`.trim(), params: [] });
    return await runScope(newScope(connection, begun, 0), work, {
      commit: () => commit(connection),
      rollBack: () => send(connection, "ROLLBACK"),
    });
  });
}

function runSavepoint<Result>(outer: Scope, name: string, work: Work<Result>): Promise<Result> {
  const id = `s${outer.depth + 1}${name === "" ? "" : `_${name}`}`;
  const handle = scopeHandle(outer, runSavepoint);
  return runScope(newScope(handle, prepared(handle, `SAVEPOINT ${id}`), outer.depth + 1), work, {
    commit: () => prepared(handle, `RELEASE SAVEPOINT ${id}`),
    rollBack: () => send(handle, `ROLLBACK TO SAVEPOINT ${id}`),
  });
}

/** Sends a prepared statement before the function returns. */
function prepared(handle: SqlHandle, text: string): Promise<unknown> {
  const sent = Promise.resolve(queryOf(handle, { text, params: [] }).then(answer => answer));
  // It may be awaited later.
  sent.catch(() => {});
  return sent;
}

async function runScope<Result>(
  scope: Scope,
  work: Work<Result>,
  { commit, rollBack }: Ends,
): Promise<Result> {
  try {
    const result = await resultOf(work(scopeHandle(scope, runSavepoint)));
    if (scope.isStarting) await scope.begun;
    scope.hasEnded = true;
    await endCopies(scope);
    await commit();
    return result;
  } catch (error) {
    scope.hasEnded = true;
    // If BEGIN has failed, the statements of the function fail because of it.
    await scope.begun;
    await endCopies(scope).catch(() => {});
    // A connection that is lost has rolled back already.
    await rollBack().catch(() => {});
    throw error;
  }
}

/** The result of a function in a transaction, which can return its queries, as with the driver's `begin`. */
export async function resultOf<Result>(running: Result | Promise<Result>): Promise<Result> {
  const result = await running;
  const isList = Array.isArray(result) && !("command" in result);
  return isList ? ((await Promise.all(result)) as Result) : result;
}

async function endCopies({ copies }: Scope): Promise<void> {
  if (copies.size === 0) return;
  const answers = [...copies.values()];
  for (const query of copies.keys()) query.cancel();
  await Promise.allSettled(answers);
  throw driverError("ERR_POSTGRES_COPY_ABORTED", "the transaction ended before the COPY stream did");
}

async function send(connection: SqlHandle, text: string): Promise<SqlResultInfo> {
  return (await connection.unsafe(text)) as SqlResultInfo;
}

async function commit(connection: SqlHandle): Promise<void> {
  let isSent = true;
  const answer = send(connection, "COMMIT");
  answer.catch(() => {
    isSent = false;
  });
  // The driver rejects a query at once if it knows that the connection is lost.
  await untilPassedOn();
  const text = isSent ? "COMMIT" : "the transaction";
  try {
    const { command } = await answer;
    if (command !== "ROLLBACK") return;
  } catch (error) {
    throw queryError(error, text, { sql: connection });
  }
  throw queryError(rolledBackError(), text);
}

function rolledBackError(): Error {
  return driverError(
    "ERR_POSTGRES_COMMIT_ROLLED_BACK",
    "COMMIT was rolled back by the server because the transaction was already aborted",
  );
}
