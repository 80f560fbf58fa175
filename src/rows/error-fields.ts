/** The fields of PostgreSQL's errors (manual, "Error and Notice Message Fields"), as the driver names them. */
export type ErrorFields = Readonly<
  Partial<Record<"message" | "detail" | "schema" | "table" | "column" | "dataType" | "constraint", string>>
>;

/** The columns or expressions of a key, and its values in PostgreSQL's text format. */
export interface KeyTexts {
  readonly names: readonly string[];
  /** Undefined if a value contains the separator. */
  readonly values: readonly string[] | undefined;
}

/** Reads `Key (artist_id, "Title")=(1, x) already exists.` and `... contains (k) = (9).`; undefined for another detail. */
export function keyTexts({ detail = "" }: ErrorFields): KeyTexts | undefined {
  const [, list, row] = /\((.*?)\) ?= ?\((.*)\)/s.exec(detail) ?? [];
  if (list === undefined || row === undefined) return undefined;
  const names = list.split(", ").map(name => name.replace(/^"(.*)"$/, "$1"));
  const values = row.split(", ");
  return { names, values: values.length === names.length ? values : undefined };
}
