import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";

/** One name or several. */
export type ColumnList = string | readonly string[];

/** The names as an array, each once and at least one. */
export function columnList(table: string, what: string, columns: ColumnList): readonly string[] {
  const list = typeof columns === "string" ? [columns] : columns;
  if (!Array.isArray(list) || list.length === 0 || new Set(list).size < list.length)
    throw new ArgumentError(`${table}: ${what} has at least one column, each once`);
  return list as readonly string[];
}

/** Throws UnknownNameError for a column that is not among those of the table. */
export function requireColumns(table: string, columns: readonly string[], names: readonly string[]): void {
  for (const name of names)
    if (!columns.includes(name))
      throw new UnknownNameError(
        `${table} has no column ${JSON.stringify(name)}.${nearest(String(name), columns)}`,
      );
}
