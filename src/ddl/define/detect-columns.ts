import { requireArray } from "../../schema/arguments.ts";
import { detectTypes } from "../../statements/detect-types.ts";
import type { ColumnEntries } from "./column-entries.ts";

/** Column → its given entry, or the type that holds all its values in these rows; a column of nulls is text. */
export function detectColumns(
  table: string,
  rows: readonly object[],
  given: ColumnEntries = {},
): ColumnEntries {
  requireArray("rows", rows);
  const types = detectTypes(table, rows, { known: given, advice: "specify the column's type in columns" });
  const entries = [...types].map(([name, type]) => [name, type ?? "text"] as const);
  return { ...Object.fromEntries(entries), ...given };
}
