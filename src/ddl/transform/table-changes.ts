import { type OptionNames, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { Fragment } from "../../statements/fragment.ts";
import type { ChangeOptions } from "../change-schema.ts";
import type { ColumnEntry } from "../define/column-entry.ts";
import type { ColumnList } from "../define/existing-name.ts";
import type { TableOptions } from "../define/table-options.ts";

/** The name of the new type, and the expression that converts the values where a cast is not enough. */
export type RetypeEntry = string | { readonly type: string; readonly using: Fragment };

/**
 * The changes of a table, in the order in which they are made. Columns have their old names here, but their new names in
 * keys, checks and indexes.
 */
export interface TableChanges
  extends Pick<TableOptions, "unique" | "foreignKeys" | "checks" | "indexes" | "comments"> {
  /** The names of unique constraints, foreign keys and checks to drop. */
  readonly dropConstraints?: readonly string[];
  /** The columns to drop. */
  readonly drop?: readonly string[];
  /** Column → new name. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Column → new type. */
  readonly retype?: Readonly<Record<string, RetypeEntry>>;
  /** Column → entry, as for `createTable`; new columns come last. */
  readonly add?: Readonly<Record<string, ColumnEntry>>;
  /** Column → value, ``expr`now()` ``, or null for no default; also for added columns. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Column → whether it is NOT NULL. */
  readonly notNull?: Readonly<Record<string, boolean>>;
  /** The columns of the new primary key in order; null for none. */
  readonly primaryKey?: ColumnList | null;
}

/** The names of the changes. */
export const TABLE_CHANGES: OptionNames<TableChanges> = {
  ...{ dropConstraints: true, drop: true, rename: true, retype: true, add: true, defaults: true },
  ...{ notNull: true, primaryKey: true, unique: true, foreignKeys: true, checks: true, indexes: true },
  comments: true,
};

/** Options of `transformTable`. */
export interface TransformTableOptions extends ChangeOptions {
  /** Drop columns that have values, and round or truncate values that the new type cannot hold. */
  readonly allowLoss?: boolean;
  /** Drop also what depends on dropped columns and constraints: shared keys, indexes and checks, foreign keys, views. */
  readonly cascade?: boolean;
}

/** The names of the options of `transformTable`. */
export const TRANSFORM_OPTIONS: OptionNames<TransformTableOptions> = {
  allowLoss: true,
  cascade: true,
  ...SEND_OPTIONS,
};
