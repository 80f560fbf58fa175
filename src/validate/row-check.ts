import { isPlainObject } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type ColumnRule, type Purpose, type TableRules, tableRules } from "./rules.ts";

/** The column at a position of the last row, and the next position. */
interface Place {
  name: string | undefined;
  check: ColumnRule["check"];
  nullable: boolean;
  required: number;
  next: Place | undefined;
}

/** Whether a row is valid without valibot: no rule accepts raw SQL, and `validateOne` runs the schemas of `refine`. */
export function isValidRow(schema: AnySchema, table: string, row: unknown, purpose: Purpose): boolean {
  return singleRowCheck(tableRules(schema, table, purpose))(row);
}

/** The check of the rows that are written one by one. Most have the columns of the row before, which it remembers. */
export const singleRowCheck: (rules: TableRules) => RowCheck = derive((rules: TableRules) =>
  newRowCheck(rules),
);

/** Returns whether a row is valid, without creating issues. */
type RowCheck = (row: unknown) => boolean;

/**
 * A check for every row that is written. Most rows of an array have the same columns in the same order, so the check
 * remembers the columns of the last row; create one per array. Rows with refinements are always validated by valibot.
 */
export function newRowCheck(rules: TableRules): RowCheck {
  if (rules.isRefined) return () => false;
  const first = emptyPlace();
  return row => isPlainObject(row) && isValid(rules, first, row);
}

function isValid(
  { columns, requiredCount, purpose }: TableRules,
  first: Place,
  row: Record<string, unknown>,
): boolean {
  let required = 0;
  let place = first;
  for (const name in row) {
    // Read the value first, because a getter can validate another row, which changes the places.
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

// A linked list of objects with one hidden class is faster than an array, which checks bounds and holes.
function emptyPlace(): Place {
  return { name: undefined, check: accept, nullable: false, required: 0, next: undefined };
}

// Never called, because a position is assigned before it is used.
function accept(): undefined {}
