import type { Index, UniqueKey } from "../../schema/snapshot.ts";
import { isUnique } from "../define/index-definition.ts";
import { isSame } from "../diff/compare.ts";

/** Whether an existing index is as requested; expressions and conditions cannot be compared. */
export function isSameIndex(existing: Index | UniqueKey, wanted: Index | UniqueKey): boolean {
  return (
    isSame(existing.columns, wanted.columns) &&
    isSame(existing.include, wanted.include) &&
    existing.method === wanted.method &&
    (existing.predicate === null) === (wanted.predicate === null) &&
    isUnique(existing) === isUnique(wanted) &&
    nullsNotDistinct(existing) === nullsNotDistinct(wanted) &&
    wanted.columns.every((_column, at) =>
      isSameKey(existing.keyOptions[at] ?? "", wanted.keyOptions[at] ?? ""),
    )
  );
}

function nullsNotDistinct(index: Index | UniqueKey): boolean {
  return isUnique(index) && index.nullsNotDistinct;
}

function isSameKey(existing: string, wanted: string): boolean {
  const [printed, given] = [keyOptions(existing), keyOptions(wanted)];
  if (printed.order !== given.order) return false;
  // PostgreSQL prints neither the default operator class nor the default collation.
  return (
    printed.operators === given.operators || (printed.operators === "" && !NOT_DEFAULT.test(given.operators))
  );
}

// The classes of PostgreSQL 18 and its extensions for types that have a different default (pg_opclass).
const NOT_DEFAULT =
  /^(?:\w+_(?:pattern|path|bloom|minmax_multi)|cidr|varchar|record_image|inet_minmax|kd_point|gin__int|gist__intbig)_ops$/;

/** The order, and the rest without the schema of an operator class. */
function keyOptions(text: string): { readonly order: string; readonly operators: string } {
  const direction = /\bDESC\b/.test(text) ? "DESC" : "ASC";
  const nulls = /\bNULLS (FIRST|LAST)\b/.exec(text)?.[1] ?? (direction === "DESC" ? "FIRST" : "LAST");
  const operators = text.replaceAll(/\s*\b(?:ASC|DESC|NULLS (?:FIRST|LAST))\b/g, "").replaceAll('"', "");
  return { order: `${direction} ${nulls}`, operators: operators.trim().replace(/^\w+\./, "") };
}
