import { isTransaction, type SqlHandle, type TransactionHandle } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { ArgumentError, RowfnError, UnknownOutcomeError } from "../errors.ts";
import { collectActions, outerActions, runActions } from "./after-commit.ts";
import { backendOf, cancelBackend, type Deadline, deadlineOf } from "./deadline.ts";
import { failureKind, retryDelay } from "./failure.ts";
import { checkAttempts, type TransactionOptions, transactionMode } from "./transaction-options.ts";

/** What a transaction runs. Its effects go through the handle it gets, because it may run again. */
export type TransactionWork<Result> = (tx: Bun.TransactionSQL) => Result | Promise<Result>;

type Work<Result> = (tx: SqlHandle) => Promise<Result>;

/**
 * Runs a function in a transaction: committed when it returns, rolled back when it throws. Given a transaction it is a
 * savepoint in it.
 * @param sql a Bun SQL handle
 * @param fn what to run, with the transaction's handle; it runs again with every retry
 * @param options `retries` and `timeout` in milliseconds; isolation and retries belong to the outermost transaction
 * @returns what the function returns
 * @throws what the function throws; after retries the last error, with `attempts`; TimeoutError; the signal's reason;
 * UnknownOutcomeError when the connection was lost while committing; ArgumentError
 * @example `await transaction(sql, tx => rowsWhere(tx, schema, "genre"), { isolation: "repeatable read", readOnly: true })`
 */
export async function transaction<Result>(
  sql: SqlHandle,
  fn: TransactionWork<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  const mode = transactionMode(options);
  checkAttempts(options);
  options.signal?.throwIfAborted();
  const deadline = deadlineOf(options.timeout, options.signal);
  const work: Work<Result> = async tx => await fn(tx as Bun.TransactionSQL);
  try {
    if (isTransaction(sql)) return await nested(sql, work, options, deadline);
    return await attempts(sql, mode, work, options, deadline);
  } finally {
    deadline?.clear();
  }
}

async function nested<Result>(
  sql: TransactionHandle,
  work: Work<Result>,
  options: TransactionOptions,
  deadline: Deadline | undefined,
): Promise<Result> {
  if (transactionMode(options) !== "" || options.retries !== undefined)
    throw new ArgumentError(
      "inside a transaction there is a savepoint: isolation, readOnly and retries belong to the outermost",
    );
  const outer = outerActions(sql);
  const run: Work<Result> = async savepoint => {
    const actions = outer === undefined ? undefined : collectActions(savepoint);
    const result = await stoppable(savepoint, work, deadline);
    outer?.push(...(actions ?? []));
    return result;
  };
  return (await sql.savepoint(run)) as Result;
}

async function attempts<Result>(
  sql: SqlHandle,
  mode: string,
  work: Work<Result>,
  { retries = 0, idempotent = false }: TransactionOptions,
  deadline: Deadline | undefined,
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(sql, mode, work, deadline);
    } catch (error) {
      const reason = deadline?.reason();
      if (reason !== undefined) throw reason;
      const isAgain = error instanceof UnknownOutcomeError ? idempotent : mayRetry(error, idempotent);
      if (!isAgain || attempt >= retries) throw withAttempts(error, attempt + 1);
      const pause = Bun.sleep(retryDelay(attempt));
      await (deadline === undefined ? pause : Promise.race([pause, deadline.stopped]));
    }
  }
}

function mayRetry(error: unknown, idempotent: boolean): boolean {
  const kind = failureKind(error);
  return kind === "conflict" || (kind === "lost" && idempotent);
}

function withAttempts(error: unknown, attempts: number): unknown {
  return error instanceof Error && attempts > 1 ? Object.assign(error, { attempts }) : error;
}

async function once<Result>(
  sql: SqlHandle,
  mode: string,
  work: Work<Result>,
  deadline: Deadline | undefined,
): Promise<Result> {
  let actions: ReturnType<typeof collectActions> = [];
  let isDone = false;
  const run: Work<Result> = async tx => {
    actions = collectActions(tx);
    const result = await stoppable(tx, work, deadline);
    isDone = true;
    return result;
  };
  let result: Result;
  try {
    result = (await (mode === "" ? sql.begin(run) : sql.begin(mode, run))) as Result;
  } catch (error) {
    throw isDone ? commitError(error) : error;
  }
  await runActions(actions);
  return result;
}

// The function had returned: what failed is the COMMIT.
function commitError(error: unknown): unknown {
  if (error instanceof RowfnError) return error;
  if (failureKind(error) !== "lost") return queryError(error, "COMMIT");
  return new UnknownOutcomeError(
    "the connection was lost while the transaction was being committed: it may have been kept or not",
    { cause: error },
  );
}

// Stopped, the transaction ends at once: its statement is cancelled, and the rollback waits for that.
async function stoppable<Result>(
  tx: SqlHandle,
  work: Work<Result>,
  deadline: Deadline | undefined,
): Promise<Result> {
  if (deadline === undefined) return await work(tx);
  const pid = await backendOf(tx);
  const running = work(tx);
  try {
    return await Promise.race([running, deadline.stopped]);
  } catch (error) {
    if (deadline.reason() === undefined) throw error;
    await cancelBackend(tx, pid, running);
    throw deadline.reason();
  }
}
