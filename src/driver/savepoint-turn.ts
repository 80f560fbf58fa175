import type { AsyncLocalStorage } from "node:async_hooks";
import type { SqlHandle } from "./handle.ts";
import { driverHandle } from "./wrap-handle.ts";

/** A savepoint whose function is running. */
interface OpenSavepoint {
  readonly connection: SqlHandle;
  /** The savepoint, perhaps of another connection, whose function began it. */
  readonly outer: OpenSavepoint | undefined;
  hasEnded: boolean;
}

// The savepoint whose function is running, although its code can use the handle of the transaction around it. Most programs have
// no savepoints and need not load the module.
let current: AsyncLocalStorage<OpenSavepoint> | undefined;

function currentSavepoint(): AsyncLocalStorage<OpenSavepoint> {
  current ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<OpenSavepoint>();
  return current;
}

// The end of the last savepoint of each transaction and of each open savepoint.
const ends = new WeakMap<object, Promise<void>>();

// The driver can have a handle of its own for each savepoint; this is that of the transaction.
const transactions = new WeakMap<SqlHandle, SqlHandle>();

function transactionOf(sql: SqlHandle): SqlHandle {
  const handle = driverHandle(sql);
  return transactions.get(handle) ?? handle;
}

/** Calls the function of a savepoint with its handle, so that savepoints that it begins are inside of it. */
export type CallInside = <Result>(tx: SqlHandle, work: (tx: SqlHandle) => Result) => Result;

/** How a savepoint waits for others, and others for it. */
export interface Turn {
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** False if the function waits for code that may need a savepoint: later savepoints then do not wait for this one. */
  readonly holds?: boolean;
}

/**
 * Runs a savepoint after the end of those that were begun before it in the same transaction or savepoint. On the server the
 * later one of two open savepoints is inside the other, so that its rollback would undo a part of the other's work.
 */
export async function runInTurn<Result>(
  sql: SqlHandle,
  run: (callInside: CallInside) => Promise<Result>,
  { signal, holds = true }: Turn,
): Promise<Result> {
  const connection = transactionOf(sql);
  const level = openSavepoint(connection) ?? connection;
  const savepoint: OpenSavepoint = {
    connection,
    outer: firstOpen(currentSavepoint().getStore()),
    hasEnded: false,
  };
  const before = ends.get(level);
  const { promise: end, resolve } = Promise.withResolvers<void>();
  if (holds) ends.set(level, end);
  try {
    if (before !== undefined) await untilEnd(before, signal);
    return await run((tx, work) => {
      if (driverHandle(tx) !== connection) transactions.set(driverHandle(tx), connection);
      return currentSavepoint().run(savepoint, work, tx);
    });
  } finally {
    savepoint.hasEnded = true;
    // After a wait that was stopped the one before is still open.
    resolve(before);
    if (before === undefined && ends.get(level) === end) ends.delete(level);
  }
}

/** The innermost open savepoint of a connection whose function is running. */
function openSavepoint(connection: SqlHandle): OpenSavepoint | undefined {
  let found = firstOpen(currentSavepoint().getStore());
  while (found !== undefined && found.connection !== connection) found = firstOpen(found.outer);
  return found;
}

// What a function starts can go on after its end, and must not keep ever more savepoints.
function firstOpen(savepoint: OpenSavepoint | undefined): OpenSavepoint | undefined {
  let found = savepoint;
  while (found?.hasEnded) found = found.outer;
  return found;
}

async function untilEnd(before: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return await before;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop);
  await Promise.race([before, stopped]);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
}
