import { ArgumentError } from "../errors.ts";

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
  if (typeof (sql as Partial<SqlHandle> | null | undefined)?.unsafe !== "function")
    throw new ArgumentError(
      "sql must be a handle of Bun's SQL: a pool, a reserved connection or a transaction",
    );
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
