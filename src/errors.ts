/** The base of every error rowfn throws. */
export class RowfnError extends Error {
  override name = "RowfnError";
}

/** A table, column, operator or option that does not exist; the message lists the nearest real names. */
export class UnknownNameError extends RowfnError {
  override name = "UnknownNameError";
}

/** An invalid argument: `undefined` in a filter, a negative limit, a key of the wrong shape. */
export class ArgumentError extends RowfnError {
  override name = "ArgumentError";
  /** The columns whose values contradict the snapshot's scope; other errors do not have the property. */
  declare readonly columns?: readonly string[];

  constructor(message: string, options: ErrorOptions & { readonly columns?: readonly string[] } = {}) {
    super(message, options);
    if (options.columns !== undefined) this.columns = options.columns;
  }
}

/** A value that a column or parameter cannot hold exactly, or a stored value that JavaScript cannot hold exactly. */
export class ValueError extends RowfnError {
  override name = "ValueError";
  /** Whether the value came from the database: then the caller's values are not the reason. */
  readonly isStored: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isStored?: boolean } = {}) {
    super(message, options);
    this.isStored = options.isStored ?? false;
  }
}

/** No row where one was required. */
export class NotFoundError extends RowfnError {
  override name = "NotFoundError";
  /** The primary key, as column → value, if the row was looked up by it. */
  readonly key: Readonly<Record<string, unknown>> | undefined;

  constructor(message: string, key?: Readonly<Record<string, unknown>>) {
    super(message);
    this.key = key;
  }
}

/** The row was changed after it was read; nothing was written. */
export class StaleError extends RowfnError {
  override name = "StaleError";
}

/** More than one row where exactly one was required. */
export class NotUniqueError extends RowfnError {
  override name = "NotUniqueError";
}

/** A row or table is outside the snapshot's scope; nothing was written. */
export class ScopeError extends RowfnError {
  override name = "ScopeError";
  /** The columns of a foreign key whose row is not in the scope; empty for other errors. */
  readonly columns: readonly string[];
  /** The place of the row with these columns in the input: its number, and for nested rows what leads to it. */
  readonly path: readonly (string | number)[];

  constructor(message: string, columns: readonly string[] = [], path: readonly (string | number)[] = []) {
    super(message);
    this.columns = columns;
    this.path = path;
  }
}

/** A snapshot that is damaged, from a later version, or no longer matches its database. */
export class SnapshotError extends RowfnError {
  override name = "SnapshotError";
}

/** The settings of the session change values that it reads or stores. */
export class SettingsError extends RowfnError {
  override name = "SettingsError";
}

/** A page token that was changed, or that belongs to a different query. */
export class CursorError extends RowfnError {
  override name = "CursorError";
}

/**
 * A call took longer than its timeout; its statement was canceled, and its transaction was rolled back, unless the message says
 * that the server did not confirm it.
 */
export class TimeoutError extends RowfnError {
  override name = "TimeoutError";
  /** The statement that was sent last; undefined if none was sent. */
  readonly text: string | undefined;

  constructor(message: string, text?: string) {
    super(message);
    this.text = text;
  }
}

/** The connection was lost during COMMIT: the transaction was either committed or rolled back. */
export class UnknownOutcomeError extends RowfnError {
  override name = "UnknownOutcomeError";
}

/** Another session holds the lock. */
export class LockedError extends RowfnError {
  override name = "LockedError";
}

/** A migration failed, or the migrations do not continue those that have run. */
export class MigrationError extends RowfnError {
  override name = "MigrationError";
  /** The migration's name. */
  readonly migration: string;
  /** The line in the migration's text, from 1; undefined if the failure has no position in the text. */
  readonly line: number | undefined;
  /** The column in code points, from 1. */
  readonly column: number | undefined;

  constructor(
    message: string,
    migration: string,
    options: ErrorOptions & { readonly position?: { readonly line: number; readonly column: number } } = {},
  ) {
    super(message, options);
    this.migration = migration;
    this.line = options.position?.line;
    this.column = options.position?.column;
  }
}

/** PostgreSQL rejected a statement, or the connection failed. Row values are only in `cause`, never in the message. */
export class QueryError extends RowfnError {
  override name = "QueryError";
  /** Five characters (manual, appendix A); undefined if the driver failed: no connection, or a lost one. */
  readonly sqlstate: string | undefined;
  /** The statement. */
  readonly text: string;
  /** PostgreSQL's hint. */
  readonly hint: string | undefined;
  /** The place of the error in `text`: the number of a character, from 1. */
  readonly position: number | undefined;
  /** The column, such as `rule.query`, whose value PostgreSQL could not read, if the error shows it. */
  readonly column: string | undefined;

  constructor(message: string, details: QueryErrorDetails) {
    super(message, { cause: details.cause });
    this.sqlstate = details.sqlstate;
    this.text = details.text;
    this.hint = details.hint;
    this.position = details.position;
    this.column = details.column;
  }
}

interface QueryErrorDetails {
  readonly sqlstate: string | undefined;
  readonly text: string;
  readonly hint?: string | undefined;
  readonly position?: number | undefined;
  readonly column?: string | undefined;
  readonly cause: unknown;
}
