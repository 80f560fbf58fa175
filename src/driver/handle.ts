import { ArgumentError, UnknownNameError } from "../errors.ts";

/** The part of a Bun SQL handle that rowfn uses; pools, reserved connections and transactions all have it. */
export interface SqlHandle {
  unsafe(text: string, params?: unknown[]): SqlQuery;
  begin<Result>(run: (transaction: SqlHandle) => Result | Promise<Result>): PromiseLike<unknown>;
  begin<Result>(
    options: string,
    run: (transaction: SqlHandle) => Result | Promise<Result>,
  ): PromiseLike<unknown>;
  readonly options: SqlHandleOptions;
}

/** A handle that can listen; the driver opens a dedicated connection for this, and reopens it when it is lost. */
export interface ListeningHandle extends SqlHandle {
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen?: () => void,
  ): Promise<{ unlisten(): Promise<void> }>;
}

/** The handle of a transaction. */
export interface TransactionHandle extends SqlHandle {
  savepoint<Result>(run: (transaction: SqlHandle) => Result | Promise<Result>): PromiseLike<unknown>;
}

/** Throws ArgumentError for anything but a handle. */
export function requireHandle(sql: unknown): void {
  if (typeof (sql as Partial<SqlHandle> | null | undefined)?.unsafe !== "function") {
    const advice = typeof sql === "string" ? "; for a URL use connect" : "";
    throw new ArgumentError(
      `sql must be a Bun SQL handle (a pool, a reserved connection or a transaction)${advice}`,
    );
  }
}

/** Throws ArgumentError for anything but a pool. */
export function requireListening(sql: unknown): void {
  requireHandle(sql);
  if (typeof (sql as Partial<ListeningHandle>).listen !== "function")
    throw new ArgumentError("sql must be a pool, because only a pool can listen");
}

/** Whether a handle belongs to a transaction, which is the only kind with savepoints. */
export function isTransaction(sql: SqlHandle): sql is TransactionHandle {
  requireHandle(sql);
  return "savepoint" in sql && typeof sql.savepoint === "function";
}

/** The handle as the type that Bun gives to the function of a transaction. */
export function bunTransaction(tx: SqlHandle): Bun.TransactionSQL {
  return tx as Bun.TransactionSQL;
}

/** The resolved options of a handle; the driver holds times in milliseconds here. */
export interface SqlHandleOptions {
  readonly adapter?: string | undefined;
  readonly prepare?: boolean | undefined;
  /** The largest number of connections of a pool. */
  readonly max?: number | undefined;
  readonly bigint?: boolean | undefined;
  readonly transform?: unknown;
  readonly username?: string | undefined;
  readonly hostname?: string | undefined;
  readonly port?: number | string | undefined;
  readonly database?: string | undefined;
  /** The path of a Unix socket. */
  readonly path?: string | undefined;
}

/** A query, which the driver sends when it is awaited. */
export interface SqlQuery extends PromiseLike<unknown> {
  /** Cancels the query if it is alone on its connection, or has not been sent. */
  cancel(): unknown;
  values(): PromiseLike<unknown>;
  /** The bytes of each value, which are text by the simple protocol. */
  raw(): PromiseLike<unknown>;
  /** The sink for the data of `COPY ... FROM STDIN`. */
  writable(): WritableStream<string>;
  /** The data of `COPY ... TO STDOUT`. */
  readable(): ReadableStream<Uint8Array>;
}

/** The properties of every result. */
export interface SqlResultInfo {
  /** The number of rows returned or affected. */
  readonly count: number;
  readonly command: string | null;
  readonly columns: readonly SqlResultColumn[];
}

/** A column of a result. */
export interface SqlResultColumn {
  readonly name: string;
  /** The oid of the column's type. */
  readonly type: number;
}

/** Rows as objects. */
export type SqlResult = Record<string, unknown>[] & SqlResultInfo;
/** Rows as arrays, in the order of the columns. */
export type SqlValues = unknown[][] & SqlResultInfo;

/** The limits of a call. */
export interface Limits {
  /** Stops the call: its statement is canceled on the server, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the call, with the wait for a connection; then it stops and rejects with TimeoutError. */
  readonly timeout?: number | undefined;
}

/** The property of a handle with the limits of its calls. */
export const LIMITS: unique symbol = Symbol.for("rowfn.limits");

/** The limits that a handle gives its calls. */
export interface HandleLimits extends Limits {
  /** Whether the handle belongs to a call with these limits, whose clock is running. */
  readonly isRunning: boolean;
}

/** The limits of a call; undefined for none. Throws ArgumentError if they are invalid. */
export function limitsOf(sql: SqlHandle, options: Limits | undefined): Limits | undefined {
  requireHandle(sql);
  const inherited = (sql as { readonly [LIMITS]?: HandleLimits })[LIMITS];
  // Null is rejected, as is every other value that is not a limit.
  const { signal = inherited?.signal, timeout = inherited?.timeout } = options ?? {};
  if (signal === undefined && timeout === undefined) return undefined;
  if (inherited?.isRunning && signal === inherited.signal && timeout === inherited.timeout) return undefined;
  const limits = { signal, timeout };
  checkLimits(limits);
  return limits;
}

/** Throws ArgumentError or UnknownNameError unless the options of a function are only limits. */
export function requireLimits(name: string, limits: Limits | undefined): void {
  if (limits === undefined) return;
  if (Object.getPrototypeOf(limits ?? 0) !== Object.prototype)
    throw new ArgumentError(`${name}: the options must be a plain object`);
  const unknown = Object.keys(limits).find(option => option !== "signal" && option !== "timeout");
  if (unknown !== undefined)
    throw new UnknownNameError(
      `${name} has no option ${JSON.stringify(unknown)}; the options are signal and timeout`,
    );
  requireEnumerable(name, limits);
  checkLimits(limits);
}

/** Throws ArgumentError for an option that is hidden or under a symbol: a copy of the options would not have it. */
export function requireEnumerable(name: string, options: object): void {
  const names = Object.keys(options);
  const hidden = Reflect.ownKeys(options).find(key => !names.includes(key as string));
  if (hidden !== undefined) throw new ArgumentError(`${name} would ignore the option ${String(hidden)}`);
}

/** Throws ArgumentError if `signal` or `timeout` is invalid. */
export function checkLimits({ signal, timeout }: Limits): void {
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal))
    throw new ArgumentError(`signal must be an AbortSignal, received a value of type ${typeof signal}`);
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0 && timeout < 2 ** 31))
    throw new ArgumentError(
      `timeout must be a positive number of milliseconds, received ${typeof timeout === "string" ? JSON.stringify(timeout) : String(timeout)}`,
    );
}

/** The strings of a template, of a text that is created at run time. */
export function templateOf(strings: readonly string[]): TemplateStringsArray {
  return Object.defineProperty([...strings], "raw", { value: strings }) as unknown as TemplateStringsArray;
}
