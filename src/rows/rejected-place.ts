import { failureFacts } from "../driver/failure-facts.ts";
import { reportedTexts } from "../driver/hide-value.ts";
import {
  canNameType,
  canReject,
  castName,
  isOfValue,
  longestQuoted,
  namesType,
} from "../driver/rejected-value.ts";
import type { QueryError } from "../errors.ts";
import { valueText } from "../statements/bulk-rows.ts";
import { isFragment } from "../statements/fragment.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import type { Row } from "./row-groups.ts";

/** The row, by its index, and the column of a value that PostgreSQL could not read. */
export interface Place {
  readonly row: number | undefined;
  readonly column: string | undefined;
}

/**
 * The place among rows of a value whose type only PostgreSQL can read: that of the value that the message quotes, or else of
 * the only value of the type that it names.
 */
export function rejectedPlace(
  plan: RelationPlan,
  { cause }: QueryError,
  rows: readonly Row[],
): Place | undefined {
  if (!(cause instanceof Error)) return undefined;
  const facts = failureFacts(cause);
  if (!isOfValue(facts)) return undefined;
  const { message } = reportedTexts(cause);
  const names = Object.keys(rows[0]!).filter(
    name => plan.columns.has(name) && canReject(typeName(plan, name)),
  );
  const typed = names.filter(name => namesType(message, typeName(plan, name)));
  // Two columns may have the same text.
  const place = quotedPlace(plan, message, typed, rows) ?? quotedPlace(plan, message, names, rows);
  if (place !== undefined || typed.length !== 1 || !canNameType(facts) || hasFragment(rows)) return place;
  const [column] = typed;
  const given = [...rows.keys()].filter(row => rows[row]![column!] != null);
  return { row: given.length === 1 ? given[0] : undefined, column };
}

// Raw SQL of the caller can have values of the same type.
function hasFragment(rows: readonly Row[]): boolean {
  return rows.some(row => Object.values(row).some(isFragment));
}

function typeName(plan: RelationPlan, name: string): string {
  return castName(plan.columns.get(name)!.codec.castType);
}

function quotedPlace(
  plan: RelationPlan,
  message: string,
  names: readonly string[],
  rows: readonly Row[],
): Place | undefined {
  const values = rows.flatMap((values, row) =>
    names.flatMap(column => {
      if (isFragment(values[column])) return [];
      return { row, column, text: valueText(plan, plan.columns.get(column)!, values, row) };
    }),
  );
  return longestQuoted(message, values)[0];
}
