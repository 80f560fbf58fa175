import type * as v from "valibot";
import { issueAt, pathItem } from "../../validate/issue.ts";
import { tableRules } from "../../validate/rules.ts";
import { insertSchema, updateSchema } from "../../validate/schemas.ts";
import { validateRows } from "../../validate/validate-rows.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { exactValue } from "../body/exact-value.ts";
import { MAX_ISSUES } from "../body/max-issues.ts";
import { readJsonBody } from "../body/read-body.ts";
import { writeIssues } from "../body/write-issues.ts";
import { RequestError } from "../request-error.ts";
import type { CrudCall } from "./crud-route.ts";

export type BodyRow = Readonly<Record<string, unknown>>;

/** The JSON of a request's body; throws as `readJsonBody`. */
export async function jsonOf({ request, options }: Pick<CrudCall, "request" | "options">): Promise<unknown> {
  return await readJsonBody(request, options.limit === undefined ? {} : { limit: options.limit });
}

/** A row of a body in the forms of its columns. Throws ValidationError for columns that a client may not write. */
export function bodyRow(call: Pick<CrudCall, "schema" | "route">, purpose: Purpose, json: unknown): BodyRow {
  const { row, issues } = readRow(call, purpose, json);
  if (issues.length > 0) throw new ValidationError(call.route.table, issues);
  return row;
}

/** The rows of a body, read as `bodyRow` does; the first issues of the rows are reported together. */
export function bodyRowList(
  call: Pick<CrudCall, "schema" | "route">,
  json: readonly unknown[],
): readonly BodyRow[] {
  const rows: BodyRow[] = [];
  const issues: v.BaseIssue<unknown>[] = [];
  for (const [index, one] of json.entries()) {
    const read = readRow(call, "insert", one);
    rows.push(read.row);
    for (const issue of read.issues) issues.push(issueAt(issue, pathItem(json, index)));
    if (issues.length >= MAX_ISSUES) break;
  }
  if (issues.length > 0) throw new ValidationError(call.route.table, issues);
  requireFewIssues(call, rows);
  return rows;
}

// insertMany creates the issues of all rows.
function requireFewIssues(
  { schema, route: { table } }: Pick<CrudCall, "schema" | "route">,
  rows: readonly BodyRow[],
): void {
  if (rows.length <= MAX_ISSUES) return;
  const issues: v.BaseIssue<unknown>[] = [];
  for (let from = 0; from < rows.length && issues.length < MAX_ISSUES; from += MAX_ISSUES) {
    const found = validateRows(schema, table, rows.slice(from, from + MAX_ISSUES), "insert").issues;
    for (const { path, ...issue } of found) {
      const [first, ...rest] = path!;
      issues.push(issueAt({ ...issue }, pathItem(rows, from + Number(first.key)), ...rest));
    }
  }
  if (issues.length > 0) throw new ValidationError(table, issues);
}

/**
 * Throws RequestError 403 if a client can insert no row, because it may not write a column that needs a value. `given` are the columns
 * whose values are in the path.
 */
export function requireInsertable(
  { schema, route }: Pick<CrudCall, "schema" | "route">,
  given: readonly string[] = [],
): void {
  for (const [name, { required }] of tableRules(schema, route.table, "insert").columns)
    if (required && !route.write.has(name) && !given.includes(name))
      throw new RequestError(
        403,
        "rows cannot be inserted, because a column that needs a value cannot be written",
        "forbidden",
      );
}

type Purpose = "insert" | "update";
type Issues = readonly v.BaseIssue<unknown>[];

function readRow(
  { schema, route }: Pick<CrudCall, "schema" | "route">,
  purpose: Purpose,
  json: unknown,
): { readonly row: BodyRow; readonly issues: Issues } {
  const rules = purpose === "insert" ? insertSchema(schema, route.table) : updateSchema(schema, route.table);
  const { value, issues } = exactValue(rules, json);
  const write = purpose === "insert" ? route.write : route.change;
  return { row: value as BodyRow, issues: [...issues, ...writeIssues(value, write, route.columns)] };
}
