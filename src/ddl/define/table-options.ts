import type { OptionNames } from "../../schema/arguments.ts";
import type { Column } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import type { ColumnList } from "./existing-name.ts";
import type { ForeignKeyEntry, ForeignKeyOptions } from "./foreign-key-entry.ts";
import type { IndexEntry } from "./index-definition.ts";

/** A unique constraint of a new table. */
export interface UniqueEntry {
  readonly columns: ColumnList;
  /** Default: the name that PostgreSQL would choose, `album_title_key`. */
  readonly name?: string;
  /** Two NULLs are equal. */
  readonly nullsNotDistinct?: boolean;
}

/** Table options other than the columns. */
export interface TableOptions {
  /**
   * The key's columns in order, or null for none. Default: `id`, which is added as a bigint identity column if it is not
   * among the columns.
   */
  readonly primaryKey?: ColumnList | null;
  /** Whether a primary key of one integer is an identity column: `byDefault` (default; accepts given values), `always`, or null. */
  readonly identity?: Column["identity"];
  /** Column → referenced table, or an object with options; a list for foreign keys of several columns. */
  readonly foreignKeys?:
    | Readonly<Record<string, string | (ForeignKeyOptions & { readonly references: string })>>
    | readonly ForeignKeyEntry[];
  /** The columns, or lists of columns, of unique constraints. */
  readonly unique?: readonly (string | readonly string[] | UniqueEntry)[];
  /** The conditions of CHECK constraints, as a list or by constraint name. */
  readonly checks?: readonly Fragment[] | Readonly<Record<string, Fragment>>;
  /** Column → value, or ``expr`now()` ``. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Column → the expression of a stored generated column. */
  readonly generated?: Readonly<Record<string, Fragment>>;
  /** Columns, or indexes with the options of `createIndex`. */
  readonly indexes?: readonly (string | readonly string[] | IndexEntry)[];
  /** The table's comment. */
  readonly comment?: string;
  /** Column → comment; default: the text of `v.description`. */
  readonly comments?: Readonly<Record<string, string>>;
}

/** The names of the options in `TableOptions`. */
export const TABLE_OPTIONS: OptionNames<TableOptions> = {
  ...{ primaryKey: true, identity: true, foreignKeys: true, unique: "list", checks: true, defaults: true },
  ...{ generated: true, indexes: "list", comment: true, comments: true },
};
