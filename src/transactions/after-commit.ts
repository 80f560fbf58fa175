import type { SqlHandle } from "../driver/handle.ts";
import { isScope } from "../driver/scope-handle.ts";
import { wrappedHandles } from "../driver/wrap-handle.ts";
import { ArgumentError } from "../errors.ts";
import { requireFunction } from "../schema/arguments.ts";

type Action = () => unknown;

// The actions of each transaction and savepoint.
const pending = new WeakMap<SqlHandle, Action[]>();
const ended = new WeakSet<SqlHandle>();

/**
 * Runs a function after the outermost transaction has been committed, such as to send a mail or wake a worker. It does
 * not run if the transaction, or the savepoint it was registered in, is rolled back.
 * @param tx the handle that `transaction` passed to its function, or one that works in its place, as that of `traced`
 * @param action the function to run; `transaction` waits for it and rejects with its error, although the transaction is
 * committed
 * @throws ArgumentError if the handle does not come from `transaction`, or its transaction or savepoint has ended
 * @example `afterCommit(tx, () => sendMail(order))`
 */
export function afterCommit(tx: SqlHandle, action: Action): void {
  requireFunction("action", action);
  const actions = findActions(tx);
  if (actions === undefined)
    throw new ArgumentError("tx must be the handle that transaction passed to its function");
  // The function would never run.
  if (wrappedHandles(tx).some(handle => ended.has(handle)))
    throw new ArgumentError("the transaction or savepoint of tx has ended, so that afterCommit is too late");
  actions.push(action);
}

/** Creates the list of actions of a transaction. */
export function newActions(tx: SqlHandle): Action[] {
  const actions: Action[] = [];
  pending.set(tx, actions);
  return actions;
}

/** Rejects further actions of a transaction or savepoint. */
export function endActions(tx: SqlHandle): void {
  ended.add(tx);
}

/** The actions of a transaction, to which a savepoint adds its own; undefined if `transaction` did not open it. */
export function findActions(tx: SqlHandle): Action[] | undefined {
  for (const handle of wrappedHandles(tx)) {
    const actions = pending.get(handle);
    // The actions of the scope around a savepoint would also run if the savepoint is rolled back.
    if (actions !== undefined || isScope(handle)) return actions;
  }
  return undefined;
}

/** Runs the actions of a committed transaction, one at a time. */
export async function runActions(actions: readonly Action[]): Promise<void> {
  for (const action of actions) await action();
}
