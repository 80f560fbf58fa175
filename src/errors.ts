/** The base of every error rowfn throws. */
export class RowfnError extends Error {
  override name = "RowfnError";
}

/** A table, column, operator or option that does not exist; the message lists the nearest real names. */
export class UnknownNameError extends RowfnError {
  override name = "UnknownNameError";
}

/** An argument that cannot be meant: `undefined` in a filter, a negative limit, a key of the wrong shape. */
export class ArgumentError extends RowfnError {
  override name = "ArgumentError";
}

/** A value that a column or parameter cannot hold exactly. */
export class ValueError extends RowfnError {
  override name = "ValueError";
}

/** No row where one was required. */
export class NotFoundError extends RowfnError {
  override name = "NotFoundError";
}

/** More than one row where exactly one was required. */
export class NotUniqueError extends RowfnError {
  override name = "NotUniqueError";
}

/** A snapshot that is damaged, from a later version, or no longer matches its database. */
export class SnapshotError extends RowfnError {
  override name = "SnapshotError";
}
