import * as v from "valibot";
import { derive } from "../schema/derived.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { InsertOf, TableName, UpdateOf } from "../schema/tables.ts";
import { issueAt, pathItem } from "./issue.ts";
import { newRowCheck, singleRowCheck } from "./row-check.ts";
import { type Purpose, scopedRules, type TableRules, tableRules } from "./rules.ts";
import { rowEntries, runRow } from "./run-row.ts";

/** The result of a validation. */
export interface Validated<Row> {
  /** The valid rows, in input order. */
  readonly rows: Row[];
  /** Valibot issues; for an array of rows `path` starts with the row's index. */
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
  return validateAll(scopedRules(schema, table, "insert"), rows) as Validated<InsertOf<Tables, Name>>;
}

/**
 * Validates the changes of `updateWhere`, or of a row of `update` without its key, without a database.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param changes column → value, or an array of such objects
 * @returns the valid changes, and the issues of the invalid ones; `v.flatten` accepts the issues
 * @throws UnknownNameError if the table does not exist
 * @example `validateUpdate(schema, "track", { milliseconds: 0, name: "Intro" }).issues.map(v.getDotPath)` →
 * `["milliseconds"]`
 */
export function validateUpdate<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  changes: unknown,
): Validated<UpdateOf<Tables, Name>> {
  return validateAll(scopedRules(schema, table, "update"), changes) as Validated<UpdateOf<Tables, Name>>;
}

/** Validates one row; an array is an invalid row. */
export function validateOne(rules: TableRules, row: unknown): Validated<unknown> {
  return singleRowCheck(rules)(row) ? { rows: [row], issues: [] } : parseRow(rules, row);
}

/** Validates one row or an array of rows. Valibot runs only for invalid rows and for tables with refinements. */
export function validateRows(
  schema: AnySchema,
  table: string,
  rows: unknown,
  purpose: Purpose,
): Validated<unknown> {
  return validateAll(tableRules(schema, table, purpose), rows);
}

function validateAll(rules: TableRules, rows: unknown): Validated<unknown> {
  if (!Array.isArray(rows)) return validateOne(rules, rows);
  const isValid = newRowCheck(rules);
  const accepted: unknown[] = [];
  const issues: v.BaseIssue<unknown>[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row: unknown = rows[index];
    if (isValid(row)) {
      accepted.push(row);
      continue;
    }
    const result = parseRow(rules, row);
    accepted.push(...result.rows);
    for (const issue of result.issues) issues.push(issueAt(issue, pathItem(rows, index)));
  }
  return { rows: accepted, issues };
}

// The table's valibot schema would load JSON Schema, which no write needs.
const runOf = derive((rules: TableRules) => {
  const entries = rowEntries(rules);
  return {
    "~run": ({ value }: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
      runRow(rules, entries, value, config),
  };
});

// Creates the issues and runs the schemas of `refine`; `safeParse` passes on valibot's global configuration.
function parseRow(rules: TableRules, row: unknown): Validated<unknown> {
  const result = v.safeParse(runOf(rules) as v.GenericSchema, row);
  return result.success ? { rows: [result.output], issues: [] } : { rows: [], issues: result.issues };
}
