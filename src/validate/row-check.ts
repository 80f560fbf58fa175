import { isPlainObject } from "../types/plain-object.ts";
import type { ColumnRule } from "./column-rule.ts";
import type { TableRules } from "./table-rules.ts";

/** The column that the last row had at a place, and the place after it. */
interface Place {
  name: string | undefined;
  check: ColumnRule["check"];
  nullable: boolean;
  required: number;
  next: Place | undefined;
}

/**
 * A function that says whether a row keeps the rules, without making issues: the path of every row that is written.
 * Refined columns are not judged here. Rows of one list mostly have the same columns in the same order, so the
 * function remembers the last row's: use one for each list.
 */
export function rowCheck(rules: TableRules): (row: unknown) => boolean {
  const first = emptyPlace();
  return row => isPlainObject(row) && keepsRules(rules, first, row);
}

function keepsRules(
  { columns, requiredCount, purpose }: TableRules,
  first: Place,
  row: Record<string, unknown>,
): boolean {
  let required = 0;
  let place = first;
  for (const name in row) {
    // Read first: a getter may judge another row, which takes the places.
    const value = row[name];
    if (place.name !== name && !takePlace(place, name, columns)) return false;
    const { check } = place;
    if (value === null ? !place.nullable : check(value) !== undefined) return false;
    required += place.required;
    place = place.next!;
  }
  return required === requiredCount && (place !== first || purpose !== "update");
}

function takePlace(place: Place, name: string, columns: TableRules["columns"]): boolean {
  const rule = columns.get(name);
  if (rule === undefined) return false;
  place.name = name;
  place.check = rule.check;
  place.nullable = rule.nullable;
  place.required = rule.required ? 1 : 0;
  place.next ??= emptyPlace();
  return true;
}

// A linked list, all of one shape: an array's bounds and holes would be looked at for every value.
function emptyPlace(): Place {
  return { name: undefined, check: accept, nullable: false, required: 0, next: undefined };
}

// Called for no value: a place is taken before it is used.
function accept(): undefined {}
