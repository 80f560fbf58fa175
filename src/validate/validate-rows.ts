import * as v from "valibot";
import { derive } from "../schema/derived.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { InsertOf, TableName, UpdateOf } from "../schema/tables.ts";
import { issueAt, pathItem } from "./issue.ts";
import { rowCheck } from "./row-check.ts";
import { schemaOf } from "./schemas.ts";
import { type Purpose, type TableRules, tableRules } from "./table-rules.ts";

/** What validation found. */
export interface Validated<Row> {
  /** The rows that can be written, in order. */
  readonly rows: Row[];
  /** In valibot's shape; for many rows `path` starts with the row's index. */
  readonly issues: readonly v.BaseIssue<unknown>[];
}

/**
 * Validates rows for `insert`, without a database.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param rows one row, or an array of rows
 * @returns the valid rows, and the issues of the other rows; `v.flatten` accepts the issues
 * @throws UnknownNameError if the table does not exist
 * @example `validateInsert(schema, "genre", [{ genre_id: 1, name: "Rock" }, { genre_id: 1.5 }]).issues.map(v.getDotPath)` →
 * `["1.genre_id", "1.name"]`
 */
export function validateInsert<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: unknown,
): Validated<InsertOf<Tables, Name>> {
  return validateRows(schema, table, rows, "insert") as Validated<InsertOf<Tables, Name>>;
}

/**
 * Validates the changes of `updateWhere`, or of a row of `update` without its key, without a database.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param changes column → value, or an array of such objects
 * @returns the valid changes, and the issues of the others; `v.flatten` accepts the issues
 * @throws UnknownNameError if the table does not exist
 * @example `validateUpdate(schema, "track", { milliseconds: 0, name: "Intro" }).issues.map(v.getDotPath)` →
 * `["milliseconds"]`
 */
export function validateUpdate<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  changes: unknown,
): Validated<UpdateOf<Tables, Name>> {
  return validateRows(schema, table, changes, "update") as Validated<UpdateOf<Tables, Name>>;
}

/** Whether a row can be written as it is. No rule accepts raw SQL; the caller's schemas are left to `validateOne`. */
export function keepsRules(schema: AnySchema, table: string, row: unknown, purpose: Purpose): boolean {
  return checkOf(tableRules(schema, table, purpose))(row);
}

/** One row, also when it is an array by mistake. */
export function validateOne(
  schema: AnySchema,
  table: string,
  row: unknown,
  purpose: Purpose,
): Validated<unknown> {
  const rules = tableRules(schema, table, purpose);
  return checkOf(rules)(row) ? { rows: [row], issues: [] } : judged(rules, row);
}

// Most single rows have the columns of the row before them, which the check remembers.
const checkOf = derive((rules: TableRules) => newCheck(rules));

// Valibot judges the rows of a table with a column that the caller refined.
function newCheck(rules: TableRules): (row: unknown) => boolean {
  return rules.isRefined ? () => false : rowCheck(rules);
}

/** One row, or many, judged for a purpose. Valibot runs only for a row that fails, and where the caller refined a column. */
export function validateRows(
  schema: AnySchema,
  table: string,
  rows: unknown,
  purpose: Purpose,
): Validated<unknown> {
  if (!Array.isArray(rows)) return validateOne(schema, table, rows, purpose);
  const rules = tableRules(schema, table, purpose);
  const keepsRules = newCheck(rules);
  const accepted: unknown[] = [];
  const issues: v.BaseIssue<unknown>[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row: unknown = rows[index];
    if (keepsRules(row)) {
      accepted.push(row);
      continue;
    }
    const result = judged(rules, row);
    accepted.push(...result.rows);
    for (const issue of result.issues) issues.push(issueAt(issue, pathItem(rows, index)));
  }
  return { rows: accepted, issues };
}

// Valibot describes what is wrong, or does what the caller's schemas do.
function judged(rules: TableRules, row: unknown): Validated<unknown> {
  const result = v.safeParse(schemaOf(rules), row);
  return result.success ? { rows: [result.output], issues: [] } : { rows: [], issues: result.issues };
}
