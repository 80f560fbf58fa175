/** The fields of PostgreSQL's errors (manual, "Error and Notice Message Fields"), as the driver names them. */
export type ErrorFields = Readonly<
  Partial<
    Record<
      "errno" | "message" | "detail" | "where" | "schema" | "table" | "column" | "dataType" | "constraint",
      string
    >
  >
>;

/** The columns or expressions of a key, and its values in PostgreSQL's text format. */
export interface KeyTexts {
  readonly names: readonly string[];
  /** Undefined if a value contains the separator. */
  readonly values: readonly string[] | undefined;
}

/**
 * Reads `Key (artist_id, "Title")=(1, x) already exists.` and `... contains (k) = (9).`, and of an exclusion constraint the
 * key of the new row; undefined for another detail.
 */
export function keyTexts({ detail = "" }: ErrorFields): KeyTexts | undefined {
  const [, list, rest = ""] = /\((.*?)\) ?= ?\((.*)/s.exec(detail) ?? [];
  if (list === undefined) return undefined;
  const [own = ""] = rest.split(`(${list})=(`);
  const row = own.slice(0, own.lastIndexOf(")"));
  const names = list.split(", ").map(name => name.replace(/^"(.*)"$/, "$1"));
  const values = row.split(", ");
  return { names, values: values.length === names.length ? values : undefined };
}

/** The place of a row in messages: `[2, "line", 1]` → ` in line[1], rows[2]`. */
export function rowPlace(path: readonly (string | number)[]): string {
  const [row, ...rest] = typeof path[0] === "number" ? path : [undefined, ...path];
  const nested = rest.map(key => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  const inside = nested === "" ? "" : ` in ${nested.slice(1)}`;
  return `${inside}${row === undefined ? "" : `, rows[${row}]`}`;
}
