import * as v from "valibot";
import { ArgumentError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import type { InsertRelation, InsertTable } from "../statements/insert-nodes.ts";
import { planColumn } from "../statements/relation-plan.ts";
import { describeValue } from "../types/problem.ts";
import { issueAt, pathItem } from "../validate/issue.ts";
import { isNoRow, treeRun } from "../validate/run-tree.ts";
import { ValidationError } from "../validate/validation-error.ts";
import type { TableContext } from "./write.ts";

type Row = Readonly<Record<string, unknown>>;

/** The rows with nested rows to insert; throws ValidationError with all issues. `keyOf` gives the number of a row. */
export function requireValidTrees(
  { schema, options }: TableContext,
  table: InsertTable,
  rows: readonly unknown[],
  keyOf: (index: number) => number | undefined,
): readonly Row[] {
  if (options?.validate === false) return rows.map(row => requireTree(table, row, table.table));
  const tree = { "~run": treeRun(schema, table) } as unknown as v.GenericSchema;
  const valid: Row[] = [];
  const issues: v.BaseIssue<unknown>[] = [];
  for (const [index, row] of rows.entries()) {
    const result = v.safeParse(tree, row);
    if (result.success) valid.push(result.output as Row);
    const key = keyOf(index);
    for (const issue of result.issues ?? [])
      issues.push(
        key === undefined ? issue : issueAt(issue, { ...pathItem(rows, index), key } as v.IssuePathItem),
      );
  }
  if (issues.length > 0) throw new ValidationError(table.table, issues);
  return valid;
}

/** A tree whose values are not validated; throws for unknown names and for anything but rows. */
function requireTree(table: InsertTable, row: unknown, place: string): Row {
  if (!isPlainObject(row))
    throw new ArgumentError(`${place} must be a row as a plain object, received ${describeValue(row)}`);
  const relations = new Map(table.relations.map(relation => [relation.name, relation]));
  for (const [name, value] of Object.entries(row)) {
    const relation = relations.get(name);
    if (relation === undefined) planColumn(table.plan, name);
    else requireRelated(relation, value, `${place}.${name}`);
  }
  return row;
}

function requireRelated(relation: InsertRelation, value: unknown, place: string): void {
  if (isNoRow(relation, value)) return;
  if (!relation.isMany) return void requireTree(relation, value, place);
  if (!Array.isArray(value))
    throw new ArgumentError(`${place} must be an array of rows, received ${describeValue(value)}`);
  for (const [at, row] of value.entries()) requireTree(relation, row, `${place}[${at}]`);
}
