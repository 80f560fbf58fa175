import { isPlainObject } from "../types/plain-object.ts";
import type { TableRule, TableRules } from "./table-rules.ts";

/**
 * A function that says whether a row keeps the rules, without making issues: the path of every row that is written.
 * Refined columns are not judged here. Rows of one list mostly have the same columns in the same order, so the
 * function remembers the last row's: use one for each list.
 */
export function rowCheck({ columns, requiredCount, purpose }: TableRules): (row: unknown) => boolean {
  const names: string[] = [];
  const rules: TableRule[] = [];
  return row => {
    if (!isPlainObject(row)) return false;
    let required = 0;
    let at = 0;
    for (const name in row) {
      if (names[at] !== name) {
        const found = columns.get(name);
        if (found === undefined) return false;
        names[at] = name;
        rules[at] = found;
      }
      const rule = rules[at++]!;
      const value = row[name];
      if (value === null ? !rule.nullable : rule.check(value) !== undefined) return false;
      if (rule.required) required++;
    }
    return required === requiredCount && (at > 0 || purpose !== "update");
  };
}
