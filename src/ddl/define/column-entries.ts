import type * as v from "valibot";
import { ArgumentError } from "../../errors.ts";
import { requireObject } from "../../schema/arguments.ts";
import type { ColumnEntry } from "./column-entry.ts";
import { isEntrySchema } from "./valibot-column.ts";

/** Column name → entry, in the order of the columns. */
export type ColumnEntries = Readonly<Record<string, ColumnEntry>>;

/** The columns of a table: entries by column name, or a valibot schema of an object, such as `v.object({ ... })`. */
export type TableEntries =
  | ColumnEntries
  | (v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> });

/** The entries of the columns; throws ArgumentError for anything but an object of entries or a schema of an object. */
export function columnEntries(table: string, columns: TableEntries): ColumnEntries {
  if (typeof columns === "function")
    throw new ArgumentError(
      `${table}: columns must be an object { column: type }, received a function or class; pass a valibot schema or type names`,
    );
  if (columns instanceof Map)
    throw new ArgumentError(
      `${table}: columns must be an object { column: type }, received a Map; pass Object.fromEntries(map)`,
    );
  if (!isEntrySchema(columns)) {
    requireObject("columns", columns);
    return columns as ColumnEntries;
  }
  const { entries, pipe = [] } = columns as { readonly entries?: unknown; readonly pipe?: readonly Part[] };
  if (entries === undefined)
    throw new ArgumentError(
      `${table}: columns must be a valibot schema of an object, received v.${columns.type}`,
    );
  // After a transformation the columns would not have the values of the rows.
  if (pipe.some(({ kind }, index) => kind === "transformation" || (kind === "schema" && index > 0)))
    throw new ArgumentError(`${table}: the schema transforms its rows; pass the schema of the stored rows`);
  return entries as ColumnEntries;
}

interface Part {
  readonly kind: string;
}
