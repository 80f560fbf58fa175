import type { SqlHandle, SqlQuery } from "./handle.ts";
import { queryOf } from "./statement.ts";
import { driverHandle, type Sent, wrapHandle } from "./wrap-handle.ts";

/** A transaction or a savepoint whose first statements are sent with BEGIN or SAVEPOINT. */
export interface Scope {
  /** The connection, or the handle of the scope around a savepoint. */
  readonly outer: SqlHandle;
  /** The number of enclosing scopes. */
  readonly depth: number;
  /** Settles with the answer to BEGIN or SAVEPOINT. */
  readonly begun: Promise<unknown>;
  /** Whether a statement could still run outside of the transaction, if BEGIN fails. */
  isStarting: boolean;
  /** Whether statements wait for the answer to BEGIN. */
  isWaiting: boolean;
  /** Whether the guard will be sent. */
  isGuarded: boolean;
  hasEnded: boolean;
  /** The queries of COPY that have not ended, and their answers. */
  readonly copies: Map<SqlQuery, Promise<unknown>>;
}

/** Runs a function in a savepoint of a scope. */
export type RunSavepoint = (scope: Scope, name: string, run: (tx: SqlHandle) => unknown) => Promise<unknown>;

/** The scope of a BEGIN or SAVEPOINT that has been sent. */
export function newScope(outer: SqlHandle, begun: Promise<unknown>, depth: number): Scope {
  const scope: Scope = {
    ...{ outer, begun, depth, copies: new Map() },
    ...{ isStarting: depth === 0, isWaiting: false, isGuarded: false, hasEnded: false },
  };
  const started = (): void => {
    scope.isStarting = false;
  };
  begun.then(started, () => {});
  return scope;
}

// If the server has lost its prepared statements (DEALLOCATE ALL), BEGIN fails, but a statement that has been prepared
// again since then would run without a transaction. A statement that is sent with BEGIN has a text of its own, which is
// prepared only after BEGIN has been, so that it fails too. The driver would prepare it again and send it once more, but
// only if no other query was sent after it: an empty one is.
const SUFFIX = "\n/* sent with BEGIN */";
const GUARD = "-- after the statements that are sent with BEGIN";

/** The handle of a scope, which works like the handle that the driver's `begin` passes to its function. */
export function scopeHandle(scope: Scope, runSavepoint: RunSavepoint): SqlHandle {
  const { outer, copies } = scope;
  const handle = wrapHandle(outer, {
    send: (_outer, query, sent) => send(scope, query, sent),
    stream: async query => {
      const answer = started(scope, query, true);
      copies.set(query, answer);
      return await answer.finally(() => copies.delete(query));
    },
    openStream: (name, open) => openStream(scope, name, open),
    isPassed: hasParams => hasParams && !scope.isStarting && !scope.hasEnded,
    suffix: () => (scope.isStarting ? SUFFIX : ""),
    methods: {},
    properties: {
      savepoint: async (...args: unknown[]) => {
        if (scope.hasEnded) throw endedError();
        const run = args.find(arg => typeof arg === "function") as (tx: SqlHandle) => unknown;
        const name = args.find(arg => typeof arg === "string");
        return await runSavepoint(scope, (name ?? "").replace(/[^a-zA-Z0-9_]/g, "_"), run);
      },
      ...{ begin: rejectBegin, transaction: rejectBegin, beginDistributed: rejectBegin },
      ...{ release: undefined, [Symbol.dispose]: undefined, [Symbol.asyncDispose]: undefined },
    },
  });
  scopes.add(handle);
  return handle;
}

const scopes = new WeakSet<SqlHandle>();

/** Whether a handle is that of a transaction or a savepoint, and not one that works in its place. */
export function isScope(sql: SqlHandle): boolean {
  return scopes.has(sql);
}

function send(scope: Scope, query: SqlQuery, { isSimple = false }: Sent): Promise<unknown> {
  return scope.hasEnded ? Promise.reject(endedError()) : started(scope, query, isSimple);
}

/** Starts a query, after the answer to BEGIN if it waits for that anyway. */
function started(scope: Scope, query: SqlQuery, isSimple: boolean): Promise<unknown> {
  const start = (): PromiseLike<unknown> => query.then(result => result);
  if (!scope.isStarting) return Promise.resolve(start());
  if (isSimple || scope.isWaiting) {
    // Statements keep their order.
    scope.isWaiting = true;
    return scope.begun.then(start);
  }
  void guard(scope);
  return Promise.resolve(start());
}

/** Sends the guard after the statements that are sent in this turn. */
async function guard(scope: Scope): Promise<void> {
  if (scope.isGuarded) return;
  scope.isGuarded = true;
  await untilPassedOn();
  scope.isGuarded = false;
  queryOf(driverHandle(scope.outer), { text: GUARD, params: [] }).then(
    () => {},
    () => {},
  );
}

/**
 * Waits until wrapped handles, such as those of `traced`, have passed on what was sent before, which takes them some
 * microtasks each. No answer of the server arrives before all microtasks have run.
 */
export async function untilPassedOn(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await null;
}

// The driver would send the COPY after BEGIN even if BEGIN fails.
function openStream(
  { isStarting, begun }: Scope,
  name: "readable" | "writable",
  open: () => unknown,
): unknown {
  if (!isStarting) return open();
  const { readable, writable } = new TransformStream();
  const piped =
    name === "readable"
      ? begun.then(() => (open() as ReadableStream).pipeTo(writable))
      : begun.then(() => readable.pipeTo(open() as WritableStream));
  piped.catch(async error => await (name === "readable" ? writable.abort(error) : readable.cancel(error)));
  return name === "readable" ? readable : writable;
}

function rejectBegin(): never {
  throw stateError("cannot call begin inside a transaction use savepoint() instead");
}

function endedError(): Error {
  return stateError("cannot run a query after its transaction or savepoint ended");
}

function stateError(message: string): Error {
  return driverError("ERR_POSTGRES_INVALID_TRANSACTION_STATE", message);
}

/** An error of the driver, with its code. */
export function driverError(code: string, message: string): Error {
  return new Bun.SQL.PostgresError(message, { code } as never);
}
