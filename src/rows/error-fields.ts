import { unquoted } from "../schema/quote.ts";
import { pathText } from "../types/problem.ts";

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
  /** Undefined if a value of several contains the separator. */
  readonly values: readonly string[] | undefined;
  /** All values with their separators. */
  readonly row: string;
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
  const names = list.split(", ").map(unquoted);
  const values = names.length === 1 ? [row] : row.split(SEPARATOR);
  return { names, values: values.length === names.length ? values : undefined, row };
}

const SEPARATOR = ", ";
// More would take too long.
const MAX_PARTS = 20;

/** The values of a key, of which some contain the separator: the division into values that are all known. */
export function divideKey(
  { names, row }: KeyTexts,
  isKnown: (text: string, at: number) => boolean,
): readonly string[] | undefined {
  const parts = row.split(SEPARATOR);
  return parts.length > MAX_PARTS ? undefined : divide(parts, names.length, 0, isKnown);
}

function divide(
  parts: readonly string[],
  count: number,
  at: number,
  isKnown: (text: string, at: number) => boolean,
): readonly string[] | undefined {
  const last = count - at - 1;
  for (let size = last === 0 ? parts.length : 1; size <= parts.length - last; size++) {
    const text = parts.slice(0, size).join(SEPARATOR);
    if (!isKnown(text, at)) continue;
    const rest = last === 0 ? [] : divide(parts.slice(size), count, at + 1, isKnown);
    if (rest !== undefined) return [text, ...rest];
  }
  return undefined;
}

/** The place of a row in messages: `[2, "line", 1]` → ` in line[1], rows[2]`. */
export function rowPlace(path: readonly (string | number)[]): string {
  const isMany = typeof path[0] === "number";
  const nested = pathText(isMany ? path.slice(1) : path);
  const inside = nested === "" ? "" : ` in ${nested.slice(1)}`;
  return `${inside}${isMany ? `, rows[${path[0]}]` : ""}`;
}
