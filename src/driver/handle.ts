/** What rowfn needs of a Bun SQL handle: a pool, a reserved connection and a transaction all fit. */
export interface SqlHandle {
  unsafe(text: string, params?: unknown[]): SqlQuery;
  begin<Result>(run: (transaction: SqlHandle) => Result | Promise<Result>): PromiseLike<unknown>;
  begin<Result>(
    options: string,
    run: (transaction: SqlHandle) => Result | Promise<Result>,
  ): PromiseLike<unknown>;
  readonly options: SqlHandleOptions;
}

/** A handle that can listen: the driver gives it a connection of its own for that, and connects again when it is lost. */
export interface ListeningHandle extends SqlHandle {
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen?: () => void,
  ): Promise<{ unlisten(): Promise<void> }>;
}

/** A transaction's handle. */
export interface TransactionHandle extends SqlHandle {
  savepoint<Result>(run: (transaction: SqlHandle) => Result | Promise<Result>): PromiseLike<unknown>;
}

/** Whether the handle is a transaction's: only those have savepoints. */
export function isTransaction(sql: SqlHandle): sql is TransactionHandle {
  return "savepoint" in sql && typeof sql.savepoint === "function";
}

export interface SqlHandleOptions {
  readonly adapter?: string | undefined;
  readonly prepare?: boolean | undefined;
  readonly bigint?: boolean | undefined;
  readonly transform?: unknown;
  readonly username?: string | undefined;
  readonly hostname?: string | undefined;
  readonly port?: number | string | undefined;
  readonly database?: string | undefined;
  /** A Unix socket. */
  readonly path?: string | undefined;
}

/** A query that has not been sent; it is when awaited. */
export interface SqlQuery extends PromiseLike<unknown> {
  values(): PromiseLike<unknown>;
  /** Where the data of `COPY ... FROM STDIN` goes. */
  writable(): WritableStream<string>;
  /** The data of `COPY ... TO STDOUT`. */
  readable(): ReadableStream<Uint8Array>;
}

export interface SqlResultInfo {
  readonly count: number;
  readonly command: string | null;
  readonly columns: readonly SqlResultColumn[];
}

export interface SqlResultColumn {
  readonly name: string;
  /** Type oid. */
  readonly type: number;
}

export type SqlResult = Record<string, unknown>[] & SqlResultInfo;
export type SqlValues = unknown[][] & SqlResultInfo;
