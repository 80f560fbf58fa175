import { begin } from "../driver/begin.ts";
import { withCallSite } from "../driver/call-site.ts";
import { backendPid, cancelBackend, pidAlone } from "../driver/cancel.ts";
import {
  ANSWER_MS,
  type Deadline,
  newDeadline,
  noConnectionError,
  untilGivenUp,
  waitWithin,
} from "../driver/deadline.ts";
import {
  bunTransaction,
  isTransaction,
  limitsOf,
  type SqlHandle,
  type TransactionHandle,
} from "../driver/handle.ts";
import { unknownOutcome } from "../driver/lost-connection.ts";
import { resultOf } from "../driver/own-transaction.ts";
import type { ConnectionWait } from "../driver/reserve.ts";
import { driverError } from "../driver/scope-handle.ts";
import { ArgumentError, QueryError, TimeoutError, UnknownOutcomeError } from "../errors.ts";
import { constraintError } from "../rows/constraint-error.ts";
import { notedSnapshot, passSnapshot } from "../rows/write.ts";
import { requireFunction, requireOptions } from "../schema/arguments.ts";
import { requireKnownAbility } from "../schema/require-ability.ts";
import { endActions, findActions, newActions, runActions } from "./after-commit.ts";
import { failureKind, isPoolClosed, leaveStandby, noteConflict, retryDelay } from "./failure.ts";
import {
  checkRetries,
  TRANSACTION_OPTIONS,
  type TransactionOptions,
  transactionMode,
} from "./transaction-options.ts";

/** The function of a transaction. It must write only through the handle, because it can run again. */
export type TransactionWork<Result> = (tx: Bun.TransactionSQL) => Result | Promise<Result>;

type Work<Result> = (tx: SqlHandle) => Promise<Result>;

type TransactionDeadline = Deadline & ConnectionWait;

/**
 * Runs a function in a transaction, which is committed if the function returns and rolled back if it throws. Inside a
 * transaction the function runs in a savepoint, after the savepoints that were begun before it.
 * @param sql a Bun SQL handle
 * @param fn the function to run, with the transaction's handle; it runs again with every retry
 * @param options `retries`, `timeout` in milliseconds, `signal`; isolation and retries only for the outermost transaction
 * @returns the result of the function
 * @throws the error of the function; after retries the last error, with `attempts`; TimeoutError; the signal's reason;
 * UnknownOutcomeError if the connection is lost during COMMIT, or the server does not answer it; ArgumentError
 * @example `await transaction(sql, tx => rowsWhere(tx, schema, "genre"), { isolation: "repeatable read", readOnly: true })`
 */
export async function transaction<Result>(
  sql: SqlHandle,
  fn: TransactionWork<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  requireFunction("fn", fn);
  requireOptions("transaction", options, TRANSACTION_OPTIONS);
  const mode = transactionMode(options);
  checkRetries(options);
  const limits = limitsOf(sql, options);
  limits?.signal?.throwIfAborted();
  let hasConnection = isTransaction(sql) || "release" in sql;
  const describe = (timeout: number): TimeoutError =>
    hasConnection ? timeoutError(timeout) : noConnectionError(sql, timeout);
  const onConnection = (): void => {
    hasConnection = true;
  };
  const deadline = limits && { ...newDeadline(limits, describe), onConnection };
  // The queries that it returns belong to it: they end before the transaction, and at its deadline.
  const work: Work<Result> = async tx => await resultOf(fn(bunTransaction(tx)));
  try {
    if (isTransaction(sql)) return await runInSavepoint(sql, work, options, deadline);
    return await resultAfter(await runWithRetries(sql, mode, work, options, deadline));
  } catch (error) {
    throw withCallSite(error);
  } finally {
    deadline?.clear();
  }
}

function timeoutError(timeout: number): TimeoutError {
  return new TimeoutError(`the transaction took longer than ${timeout} ms and was rolled back`);
}

async function runInSavepoint<Result>(
  sql: TransactionHandle,
  work: Work<Result>,
  options: TransactionOptions,
  deadline: TransactionDeadline | undefined,
): Promise<Result> {
  if (transactionMode(options) !== "" || options.retries !== undefined)
    throw new ArgumentError(
      "a savepoint has no isolation, readOnly, deferrable and retries; pass them to the outermost transaction",
    );
  requireKnownAbility(sql, "savepoints", "a transaction in a transaction");
  const outer = findActions(sql);
  let actions: ReturnType<typeof newActions> = [];
  const run: Work<Result> = async savepoint => {
    if (outer !== undefined) actions = newActions(savepoint);
    try {
      const result = await runUntilStopped(savepoint, work, deadline);
      passSnapshot(savepoint, sql);
      return result;
    } finally {
      endActions(savepoint);
    }
  };
  const result = await untilGivenUp(begin(sql, run, "", deadline), deadline);
  // RELEASE SAVEPOINT can fail, and then the savepoint was rolled back.
  outer?.push(...actions);
  return result;
}

/** A transaction that was committed, and what runs after it. */
interface Committed<Result> {
  readonly tx: SqlHandle;
  readonly result: Result;
  readonly actions: ReturnType<typeof newActions>;
}

// Not within an attempt: an error in one of them must not repeat a function whose writes are committed.
async function resultAfter<Result>({ tx, result, actions }: Committed<Result>): Promise<Result> {
  try {
    await runActions(actions);
    return result;
  } finally {
    endActions(tx);
  }
}

async function runWithRetries<Result>(
  sql: SqlHandle,
  mode: string,
  work: Work<Result>,
  { retries = 0, idempotent = false }: TransactionOptions,
  deadline: TransactionDeadline | undefined,
): Promise<Committed<Result>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await runOnce(
        sql,
        mode,
        attempt < retries && idempotent ? leavingStandby(work) : work,
        deadline,
      );
    } catch (error) {
      const isUnknown = error instanceof UnknownOutcomeError;
      if (!isUnknown) deadline?.signal.throwIfAborted();
      const canRetry = isRetriable(error, idempotent) && !deadline?.signal.aborted;
      if (!canRetry || attempt >= retries || (await isPoolClosed(sql, error)))
        throw errorWithAttempts(error, attempt + 1);
      const pause = Bun.sleep(retryDelay(attempt));
      await (deadline === undefined ? pause : Promise.race([pause, deadline.stopped]));
    }
  }
}

function leavingStandby<Result>(work: Work<Result>): Work<Result> {
  return async tx => {
    try {
      return await work(tx);
    } catch (error) {
      await leaveStandby(tx, error);
      throw error;
    }
  };
}

function isRetriable(error: unknown, idempotent: boolean): boolean {
  if (error instanceof UnknownOutcomeError) return idempotent;
  const kind = failureKind(error);
  return kind === "conflict" || (kind === "lost" && idempotent);
}

function errorWithAttempts(error: unknown, attempts: number): unknown {
  return error instanceof Error && attempts > 1 ? Object.assign(error, { attempts }) : error;
}

async function runOnce<Result>(
  sql: SqlHandle,
  mode: string,
  work: Work<Result>,
  deadline: TransactionDeadline | undefined,
): Promise<Committed<Result>> {
  let opened: SqlHandle | undefined;
  let done: Omit<Committed<Result>, "result"> | undefined;
  const run: Work<Result> = async tx => {
    opened = tx;
    const actions = newActions(tx);
    const result = await runUntilStopped(tx, work, deadline, mode.endsWith("deferrable"));
    done = { tx, actions };
    return result;
  };
  const noAnswer = (reason: unknown): unknown =>
    done === undefined ? reason : driverError("ERR_POSTGRES_CONNECTION_TIMEOUT", "COMMIT was not answered");
  try {
    const running = begin(sql, run, mode, deadline);
    // A connection of a pool is closed if its server does not answer.
    const result = await ("release" in sql ? untilGivenUp(running, deadline, noAnswer) : running);
    return { ...done!, result };
  } catch (error) {
    if (opened !== undefined) {
      endActions(opened);
      noteConflict(opened, error);
    }
    throw done === undefined ? error : commitError(done.tx, error);
  }
}

// The function had returned, so COMMIT failed, or the connection was lost before it was sent.
function commitError(tx: SqlHandle, error: unknown): unknown {
  if (error instanceof QueryError && error.text !== "COMMIT") return error;
  if (failureKind(error) !== "lost") return constraintError({ sql: tx, schema: notedSnapshot(tx) }, error);
  return unknownOutcome(error);
}

// A stopped transaction ends at once: its statement is canceled before the rollback.
async function runUntilStopped<Result>(
  tx: SqlHandle,
  work: Work<Result>,
  deadline: TransactionDeadline | undefined,
  isDeferrable = false,
): Promise<Result> {
  if (deadline === undefined) return await work(tx);
  // The first statement of a deferrable transaction waits until nothing can conflict with it.
  const pid = isDeferrable ? pidAlone(tx, deadline.signal) : backendPid(tx);
  pid.catch(() => {});
  if (isDeferrable) await pid;
  const running = work(tx);
  try {
    return await Promise.race([running, deadline.stopped]);
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
    // The transaction is rolled back also if the server accepts no connection for the cancel request.
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const canceled = pid.then(known => cancelBackend(tx, known, Promise.race([running, late])));
    await waitWithin(canceled, { timeout: ANSWER_MS });
    giveUp();
    throw deadline.signal.reason;
  }
}
