import type * as v from "valibot";
import { QueryError } from "../errors.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { issueAt, issueOf, pathItem } from "../validate/issue.ts";

/** A constraint of the database refused a write; nothing of the statement was kept. */
export class ConstraintError extends QueryError {
  override name = "ConstraintError";
  /** The constraint's name; undefined for NOT NULL and for values out of range. */
  readonly constraint: string | undefined;
  /** The table that has the constraint, as the functions take it. */
  readonly table: string | undefined;
  readonly columns: readonly string[];
  /** In valibot's shape, as of a ValidationError: one for each column. */
  readonly issues: readonly v.BaseIssue<unknown>[];

  constructor(error: QueryError, found: Violation) {
    const { sqlstate, text } = error;
    super(`${found.table ?? "the statement"}: ${found.expected} [${sqlstate}]\n  in: ${text}`, {
      sqlstate,
      text,
      cause: error.cause,
    });
    this.constraint = found.constraint;
    this.table = found.table;
    this.columns = found.columns;
    this.issues = found.columns.map(name =>
      issueAt(
        issueOf({ expected: found.expected, received: "a value that breaks it" }, undefined),
        pathItem({}, name),
      ),
    );
  }
}

interface Violation {
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly columns: readonly string[];
  readonly expected: string;
}

/** What a violation of each class demands (manual, appendix A). */
const DEMANDS: Readonly<Record<string, string>> = {
  "23502": "a value that is not null",
  "23503": "a row that the foreign key refers to, and no row that refers to a deleted one",
  "23505": "a value that no other row has",
  "23514": "a value that passes the check",
  "23P01": "a value that excludes no other row's",
  "22001": "a value that is not too long for its column",
  "22003": "a number in the range of its column",
};

/** The error as a ConstraintError when a constraint was broken, with the columns that the snapshot knows it by. */
export function constraintError(schema: AnySchema, error: unknown): unknown {
  if (!(error instanceof QueryError) || error instanceof ConstraintError) return error;
  const demand = DEMANDS[error.sqlstate ?? ""];
  if (demand === undefined) return error;
  const { constraint, table, schema: namespace, column } = error.cause as Record<string, string | undefined>;
  const relation = schema.relations.find(one => one.name === table && one.schema === namespace);
  const columns = column ? [column] : columnsOf(relation, constraint);
  const where = columns.length > 0 ? ` in ${columns.join(", ")}` : "";
  const by = constraint ? ` (${constraint})` : "";
  return new ConstraintError(error, {
    constraint: constraint || undefined,
    table: relation?.key,
    columns,
    expected: `${demand}${where}${by}`,
  });
}

function columnsOf(relation: Relation | undefined, constraint: string | undefined): readonly string[] {
  if (relation === undefined || constraint === undefined) return [];
  const { primaryKey, uniqueKeys, foreignKeys, checks } = relation;
  const all = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...foreignKeys, ...checks];
  const found = all.find(({ name }) => name === constraint);
  return (found?.columns ?? []).filter(name => name !== null);
}
