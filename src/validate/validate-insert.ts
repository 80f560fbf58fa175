import * as v from "valibot";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { InsertOf, TableName } from "../schema/tables.ts";
import { issueAt, pathItem } from "./issue.ts";
import { keepsRules } from "./row-check.ts";
import { insertSchema } from "./schemas.ts";
import { tableRules } from "./table-rules.ts";

/** What validation found. */
export interface Validated<Row> {
  /** The rows that can be written, in order. */
  readonly rows: Row[];
  /** In valibot's shape; for many rows `path` starts with the row's index. */
  readonly issues: readonly v.BaseIssue<unknown>[];
}

/**
 * Checks rows against what the table will accept, without a database.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param rows one row, or many
 * @returns the rows that pass, and the issues of the others; `v.flatten` works on them
 * @throws UnknownNameError for an unknown table
 * @example `validateInsert(schema, "genre", [{ genre_id: 1, name: "Rock" }, { genre_id: 1.5 }]).issues.map(v.getDotPath)` →
 * `["1.genre_id", "1.name"]`
 */
export function validateInsert<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: unknown,
): Validated<InsertOf<Tables, Name>> {
  const found = Array.isArray(rows)
    ? rows.map((row, index) => inList(validated(schema, table, row), rows, index))
    : [validated(schema, table, rows)];
  return {
    rows: found.flatMap(one => one.rows) as InsertOf<Tables, Name>[],
    issues: found.flatMap(one => one.issues),
  };
}

function validated(schema: AnySchema, table: string, row: unknown): Validated<unknown> {
  const rules = tableRules(schema, table, "insert");
  if (!rules.isRefined && keepsRules(rules, row)) return { rows: [row], issues: [] };
  const result = v.safeParse(insertSchema(schema as SchemaSnapshot, table), row);
  return result.success ? { rows: [result.output], issues: [] } : { rows: [], issues: result.issues };
}

function inList(
  { rows, issues }: Validated<unknown>,
  list: readonly unknown[],
  index: number,
): Validated<unknown> {
  return { rows, issues: issues.map(issue => issueAt(issue, pathItem(list, index))) };
}
