import type { Fragment } from "../../statements/fragment.ts";
import type { ColumnEntry } from "../define/column-entry.ts";
import type { ColumnList } from "../define/column-names.ts";
import type { TableOptions } from "../define/table-options.ts";

/** Another type: its name, and how values become values of it where a cast does not do. */
export type RetypeEntry = string | { readonly type: string; readonly using: Fragment };

/**
 * What changes of a table, in the order in which it is done. Columns go by their names before, but in keys, checks and
 * indexes by those after.
 */
export interface TableChanges extends Pick<TableOptions, "unique" | "foreignKeys" | "checks" | "indexes"> {
  /** Names of unique constraints, foreign keys and checks. */
  readonly dropConstraints?: readonly string[];
  readonly drop?: readonly string[];
  /** Column → its new name. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Column → its new type. */
  readonly retype?: Readonly<Record<string, RetypeEntry>>;
  /** Column → entry, as for `createTable`; they become the last ones. */
  readonly add?: Readonly<Record<string, ColumnEntry>>;
  /** Column → value, ``expr`now()` ``, or null for none; for columns that are added too. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Column → whether it refuses NULL. */
  readonly notNull?: Readonly<Record<string, boolean>>;
  /** The key's columns in order, instead of the one there is; null for none. */
  readonly primaryKey?: ColumnList | null;
}
