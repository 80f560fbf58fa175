import { addProperty } from "../../rows/row-objects.ts";

type Row = Readonly<Record<string, unknown>>;

/** The columns of a row that are listed. */
export function pickColumns(row: Row, columns: readonly string[]): Row {
  const picked: Record<string, unknown> = {};
  for (const name of columns) if (Object.hasOwn(row, name)) addProperty(picked, name, row[name]);
  return picked;
}
