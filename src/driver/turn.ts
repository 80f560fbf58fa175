import type { AsyncLocalStorage } from "node:async_hooks";
import { ArgumentError } from "../errors.ts";
import type { SqlHandle } from "./handle.ts";
import { driverHandle } from "./wrap-handle.ts";

/** A savepoint of a transaction, or a transaction of a reserved connection, whose function is running. */
interface OpenWork {
  /** The handle of the transaction; for a transaction, the reserved connection. */
  readonly connection: SqlHandle;
  /** The one, perhaps of another connection, whose function began it. */
  readonly outer: OpenWork | undefined;
  hasEnded: boolean;
}

// The one whose function is running, although its code can use the handle around it. Most programs have none and need not load the
// module.
let current: AsyncLocalStorage<OpenWork> | undefined;

function runIn<Result>(work: OpenWork, run: () => Result): Result {
  current ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<OpenWork>();
  return current.run(work, run);
}

// The end of the last savepoint of each transaction and of each open savepoint, and of the last transaction of each connection.
const ends = new WeakMap<object, Promise<void>>();

// The driver can have a handle of its own for each savepoint; this is that of the transaction.
const transactions = new WeakMap<SqlHandle, SqlHandle>();

/** The handle that stands for the transaction of a handle, also of one of its savepoints. */
export function transactionOf(sql: SqlHandle): SqlHandle {
  const handle = driverHandle(sql);
  return transactions.get(handle) ?? handle;
}

/** Calls the function of a savepoint or transaction with its handle, so that savepoints that it begins are inside of it. */
export type CallInside = <Result>(tx: SqlHandle, work: (tx: SqlHandle) => Result) => Result;

/** How a savepoint or a transaction waits for others, and others for it. */
export interface Turn {
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** False if the function waits for code that may need a savepoint: later savepoints then do not wait for this one. */
  readonly holds?: boolean;
}

type Run<Result> = (callInside: CallInside) => Promise<Result>;

/**
 * Runs a savepoint after the end of those that were begun before it in the same transaction or savepoint. On the server the
 * later one of two open savepoints is inside the other, so that its rollback would undo a part of the other's work.
 */
export async function runInTurn<Result>(sql: SqlHandle, run: Run<Result>, turn: Turn): Promise<Result> {
  const connection = transactionOf(sql);
  const inside = (tx: SqlHandle): void => {
    if (driverHandle(tx) !== connection) transactions.set(driverHandle(tx), connection);
  };
  return await afterOthers(connection, openWork(connection) ?? connection, run, turn, inside);
}

/** The loops over streams on a reserved connection, which share a read-only transaction. */
interface Loops {
  count: number;
  hasBegun: boolean;
}

const loops = new WeakMap<SqlHandle, Loops>();

/**
 * Runs a transaction of a reserved connection after the end of those that were begun before it: the COMMIT of one of two that are
 * open would end both, and what follows would be stored at once.
 * @throws ArgumentError if the end of the open transaction waits for the caller
 */
export async function runTransactionInTurn<Result>(
  sql: SqlHandle,
  run: Run<Result>,
  turn: Turn = {},
): Promise<Result> {
  const connection = driverHandle(sql);
  requireOutside(connection);
  if (loops.has(connection))
    throw new ArgumentError(
      "a loop over streamRows reads on this connection in a transaction of its own: use another handle inside of the loop, or begin a transaction around the loop",
    );
  return await afterOthers(connection, connection, run, turn);
}

/**
 * Waits for the end of the transactions of a reserved connection, before a loop over a stream on it begins one.
 * @returns whether the loop is the first one, which begins the transaction
 * @throws ArgumentError inside of a transaction of the connection
 */
export async function beginLoop(sql: SqlHandle, signal: AbortSignal | undefined): Promise<boolean> {
  const connection = driverHandle(sql);
  requireOutside(connection);
  const open = loops.get(connection) ?? { count: 0, hasBegun: false };
  loops.set(connection, open);
  open.count++;
  const before = ends.get(connection);
  try {
    if (before !== undefined) await untilEnd(before, signal);
  } catch (error) {
    leave(connection, open);
    throw error;
  }
  const isFirst = !open.hasBegun;
  open.hasBegun = true;
  return isFirst;
}

/**
 * Ends a loop over a stream. The last one of the connection ends the transaction, for which later transactions wait.
 * @param end ends the transaction; it never rejects
 * @returns the end of the transaction; undefined if other loops need it
 */
export function endLoop(sql: SqlHandle, end: () => Promise<void>): Promise<void> | undefined {
  const connection = driverHandle(sql);
  if (!leave(connection, loops.get(connection)!)) return undefined;
  const ended = end();
  ends.set(connection, ended);
  return ended;
}

function leave(connection: SqlHandle, open: Loops): boolean {
  open.count--;
  if (open.count === 0) loops.delete(connection);
  return open.count === 0;
}

function requireOutside(connection: SqlHandle): void {
  if (openWork(connection) !== undefined)
    throw new ArgumentError(
      "the connection is in a transaction that runs this call: pass the handle of the transaction in place of the connection; if it is the transaction of a function that writes many rows, begin one around that function",
    );
}

async function afterOthers<Result>(
  connection: SqlHandle,
  level: object,
  run: Run<Result>,
  { signal, holds = true }: Turn,
  onInside?: (tx: SqlHandle) => void,
): Promise<Result> {
  const work: OpenWork = { connection, outer: firstOpen(current?.getStore()), hasEnded: false };
  const before = ends.get(level);
  const { promise: end, resolve } = Promise.withResolvers<void>();
  if (holds) ends.set(level, end);
  try {
    if (before !== undefined) await untilEnd(before, signal);
    return await run((tx, call) => {
      onInside?.(tx);
      return runIn(work, () => call(tx));
    });
  } finally {
    work.hasEnded = true;
    // After a wait that was stopped the one before is still open.
    resolve(before);
    if (before === undefined && ends.get(level) === end) ends.delete(level);
  }
}

/** The innermost open savepoint of a transaction, or transaction of a connection, whose function is running. */
function openWork(connection: SqlHandle): OpenWork | undefined {
  let found = firstOpen(current?.getStore());
  while (found !== undefined && found.connection !== connection) found = firstOpen(found.outer);
  return found;
}

// What a function starts can go on after its end, and must not keep ever more of them.
function firstOpen(work: OpenWork | undefined): OpenWork | undefined {
  let found = work;
  while (found?.hasEnded) found = found.outer;
  return found;
}

async function untilEnd(before: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return await before;
  signal.throwIfAborted();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop);
  await Promise.race([before, stopped]);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
}
