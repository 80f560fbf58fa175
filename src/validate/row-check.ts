import { isPlainObject } from "../types/plain-object.ts";
import type { TableRules } from "./table-rules.ts";

/**
 * Whether a row keeps the rules, without making issues: the path that every row of a write takes. Refined columns are
 * not judged here.
 */
export function keepsRules({ columns, requiredCount }: TableRules, row: unknown): boolean {
  if (!isPlainObject(row)) return false;
  let required = 0;
  for (const name in row) {
    const rule = columns.get(name);
    if (rule === undefined) return false;
    const value = row[name];
    if (value === null ? !rule.nullable : rule.check(value) !== undefined) return false;
    if (rule.required) required++;
  }
  return required === requiredCount;
}
