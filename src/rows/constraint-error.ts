import type * as v from "valibot";
import { QueryError } from "../errors.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { valueText } from "../statements/bulk-rows.ts";
import { findReferenceError } from "../statements/reference-guard.ts";
import { isEmptyScope, relationPlan } from "../statements/relation-plan.ts";
import { issueAt, issueOf, pathItem } from "../validate/issue.ts";
import type { RowGroup } from "./row-groups.ts";

/** A constraint was violated; nothing of the statement was written. */
export class ConstraintError extends QueryError {
  override name = "ConstraintError";
  /** The constraint's name; undefined for NOT NULL and for values out of range. */
  readonly constraint: string | undefined;
  /** The name of the constraint's table, as functions accept it. */
  readonly table: string | undefined;
  readonly columns: readonly string[];
  /** The requirement of the constraint. */
  readonly expected: string;
  /** The number, from 0, of the invalid row among many, if PostgreSQL reports it. */
  readonly row: number | undefined;
  /** Valibot issues as in a ValidationError, one per column. */
  readonly issues: readonly v.BaseIssue<unknown>[];

  constructor(error: QueryError, found: Violation) {
    const { sqlstate, text } = error;
    const row = found.row === undefined ? "" : `, row ${found.row}`;
    super(`${found.table ?? "the statement"}${row}: ${found.expected} [${sqlstate}]\n  in: ${text}`, {
      sqlstate,
      text,
      cause: error.cause,
    });
    this.constraint = found.constraint;
    this.table = found.table;
    this.columns = found.columns;
    this.expected = found.expected;
    this.row = found.row;
    this.issues = found.columns.map(name => issueOfColumn(found, name));
  }
}

type Violation = Pick<ConstraintError, "constraint" | "table" | "columns" | "expected" | "row">;

function issueOfColumn({ expected, row }: Violation, name: string): v.BaseIssue<unknown> {
  const issue = issueOf({ expected, received: "a value that violates the constraint" }, undefined);
  const column = pathItem({}, name);
  return row === undefined ? issueAt(issue, column) : issueAt(issue, pathItem([], row), column);
}

/** The requirement of each error class (manual, appendix A). */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  "23502": "a value that is not null",
  "23503": "a row that the foreign key refers to, and no row that refers to a deleted one",
  "23505": "a value that no other row has",
  "23514": "a value that passes the check",
  "23P01": "a value that excludes no other row's",
  "22001": "a value that is not too long for its column",
  "22003": "a number in the range of its column",
};

/** The ConstraintError of a violated constraint, with its columns from the snapshot; any other error unchanged. */
export function constraintError(schema: AnySchema, error: unknown): unknown {
  if (!(error instanceof QueryError) || error instanceof ConstraintError) return error;
  const outside = error.sqlstate === "22P02" ? findReferenceError(error.cause) : undefined;
  if (outside !== undefined) return outside;
  const requirement = REQUIREMENTS[error.sqlstate ?? ""];
  if (requirement === undefined) return error;
  if (!isEmptyScope(schema.scope)) hideOtherRows(error.cause as { detail?: string });
  const { constraint, table, schema: namespace, column } = error.cause as Record<string, string | undefined>;
  const relation = schema.relations.find(one => one.name === table && one.schema === namespace);
  const columns = column ? [column] : columnsOf(relation, constraint);
  const where = columns.length > 0 ? ` in ${columns.join(", ")}` : "";
  const by = constraint ? ` (${constraint})` : "";
  return new ConstraintError(error, {
    constraint: constraint || undefined,
    table: relation?.key,
    columns,
    expected: `${requirement}${where}${by}`,
    row: undefined,
  });
}

// The detail of an exclusion constraint has the values of the existing row, and a cascade can report any row.
function hideOtherRows(cause: { detail?: string }): void {
  const detail = cause.detail?.replace(
    / conflicts with existing key .*/s,
    " conflicts with an existing key.",
  );
  if (detail !== undefined) cause.detail = detail.startsWith("Failing row") ? "" : detail;
}

/** The error with the number of the row that caused it, if PostgreSQL reports the line of a COPY or the values of a key. */
export function failingRowError(
  { schema, table }: { readonly schema: AnySchema; readonly table: string },
  error: unknown,
  { rows, positions }: RowGroup,
): unknown {
  if (!(error instanceof ConstraintError)) return error;
  const { where, detail } = error.cause as { readonly where?: string; readonly detail?: string };
  const line = /^COPY .*, line (\d+)/.exec(where ?? "")?.[1];
  const at = line === undefined ? rowOfKey(schema, table, rows, detail ?? "") : Number(line) - 1;
  return at === undefined ? error : numberedError(error, positions[at]!);
}

// `Key (artist_id, title)=(1, x) already exists.` A value that contains a separator is not found.
function rowOfKey(
  schema: AnySchema,
  table: string,
  rows: RowGroup["rows"],
  detail: string,
): number | undefined {
  const [, names, values] = /^Key \((.*?)\)=\((.*)\) /s.exec(detail) ?? [];
  if (names === undefined || values === undefined) return undefined;
  const plan = relationPlan(schema, table);
  const columns = names.split(", ").map(name => plan.columns.get(name.replace(/^"(.*)"$/, "$1")));
  const texts = values.split(", ");
  if (texts.length !== columns.length) return undefined;
  const found = rows.findLastIndex((row, index) =>
    columns.every((column, at) => {
      if (column === undefined || row[column.column.name] === undefined) return false;
      return valueText(plan, column, row, index) === texts[at];
    }),
  );
  return found === -1 ? undefined : found;
}

function numberedError(error: ConstraintError, row: number): ConstraintError {
  const { constraint, table, columns, expected } = error;
  return new ConstraintError(error, { constraint, table, columns, expected, row });
}

function columnsOf(relation: Relation | undefined, constraint: string | undefined): readonly string[] {
  if (relation === undefined || constraint === undefined) return [];
  const { primaryKey, uniqueKeys, foreignKeys, checks } = relation;
  const all = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...foreignKeys, ...checks];
  const found = all.find(({ name }) => name === constraint);
  return (found?.columns ?? []).filter(name => name !== null);
}
