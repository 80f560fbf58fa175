import type { Column } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import type { ColumnList } from "./existing-name.ts";
import type { ForeignKeyEntry, ForeignKeyOptions } from "./foreign-key-entry.ts";
import type { IndexEntry } from "./index-definition.ts";

/** A unique constraint of a table that is being made. */
export interface UniqueEntry {
  readonly columns: ColumnList;
  /** `album_title_key` by default, as PostgreSQL would call it. */
  readonly name?: string;
  /** Two NULLs are the same. */
  readonly nullsNotDistinct?: boolean;
}

/** What a table has beside its columns. */
export interface TableOptions {
  /**
   * The key's columns in order, or null for none. By default `id`, which is added as a bigint that numbers itself when it
   * is not among the columns.
   */
  readonly primaryKey?: ColumnList | null;
  /** Whether a key of one whole number numbers itself: `byDefault` (a given value is taken), `always`, or null. */
  readonly identity?: Column["identity"];
  /** Column → table, or with options; a list for keys of several columns. */
  readonly foreignKeys?:
    | Readonly<Record<string, string | (ForeignKeyOptions & { readonly references: string })>>
    | readonly ForeignKeyEntry[];
  /** Columns, or lists of columns, whose values no two rows share. */
  readonly unique?: readonly (string | readonly string[] | UniqueEntry)[];
  /** Conditions of every row, in a list or by name. */
  readonly checks?: readonly Fragment[] | Readonly<Record<string, Fragment>>;
  /** Column → value, or ``expr`now()` ``. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Column → the expression it is always computed from, and stored. */
  readonly generated?: Readonly<Record<string, Fragment>>;
  /** As `createIndex` takes them. */
  readonly indexes?: readonly (string | readonly string[] | IndexEntry)[];
  /** The table's comment. */
  readonly comment?: string;
  /** Column → its comment; that of `v.description` by default. */
  readonly comments?: Readonly<Record<string, string>>;
}
