import type * as v from "valibot";
import { issueAt, pathItem } from "../../validate/issue.ts";
import { insertSchema, updateSchema } from "../../validate/schemas.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { exactValue } from "../body/exact-value.ts";
import { writeIssues } from "../body/write-issues.ts";
import type { CrudCall } from "./crud-route.ts";

export type BodyRow = Readonly<Record<string, unknown>>;

/** A row of a body in the forms of its columns. Throws ValidationError for columns that a client may not write. */
export function bodyRow(call: Pick<CrudCall, "schema" | "route">, purpose: Purpose, json: unknown): BodyRow {
  const { row, issues } = readRow(call, purpose, json);
  if (issues.length > 0) throw new ValidationError(call.route.table, issues);
  return row;
}

/** The rows of a body, read as `bodyRow` does; the issues of all rows are reported together. */
export function bodyRowList(
  call: Pick<CrudCall, "schema" | "route">,
  json: readonly unknown[],
): readonly BodyRow[] {
  const read = json.map(one => readRow(call, "insert", one));
  const issues = read.flatMap((one, index) => one.issues.map(issue => issueAt(issue, pathItem(json, index))));
  if (issues.length > 0) throw new ValidationError(call.route.table, issues);
  return read.map(({ row }) => row);
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
  // The path of an update has the key.
  const write = purpose === "insert" ? route.write : route.write.difference(new Set(route.key));
  return { row: value as BodyRow, issues: [...issues, ...writeIssues(value, write, route.columns)] };
}
