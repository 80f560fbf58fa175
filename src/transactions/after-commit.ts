import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";

type Action = () => unknown;

// The actions of a transaction, until it ends.
const pending = new WeakMap<SqlHandle, Action[]>();

/**
 * Runs something once the whole transaction is committed: send a mail, wake a worker. Not when it is rolled back, nor
 * for what a rolled back savepoint asked for.
 * @param tx the handle that `transaction` gave to its function
 * @param action what to run; `transaction` waits for it, and its error is the transaction's, which is committed then
 * @throws ArgumentError for a handle that did not come from `transaction`
 * @example `afterCommit(tx, () => sendMail(order))`
 */
export function afterCommit(tx: SqlHandle, action: Action): void {
  const actions = pending.get(tx);
  if (actions === undefined)
    throw new ArgumentError("afterCommit takes the handle that transaction gave to its function");
  actions.push(action);
}

/** Opens a transaction's list of actions. */
export function collectActions(tx: SqlHandle): Action[] {
  const actions: Action[] = [];
  pending.set(tx, actions);
  return actions;
}

/** The actions of the surrounding transaction, to which a savepoint adds its own; undefined when it is somebody else's. */
export function outerActions(tx: SqlHandle): Action[] | undefined {
  return pending.get(tx);
}

export async function runActions(actions: readonly Action[]): Promise<void> {
  for (const action of actions) await action();
}
