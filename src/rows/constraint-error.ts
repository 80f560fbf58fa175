import type * as v from "valibot";
import type { SqlHandle } from "../driver/handle.ts";
import { isShown } from "../driver/hidden-columns.ts";
import { parameterColumns } from "../driver/statement.ts";
import { QueryError } from "../errors.ts";
import { findRelation } from "../schema/relation-of.ts";
import { type AnySchema, REFINEMENTS } from "../schema/snapshot.ts";
import { valueText } from "../statements/bulk-rows.ts";
import { findReferenceError } from "../statements/reference-guard.ts";
import { isEmptyScope, type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { parseArrayLiteral } from "../types/array-literal.ts";
import { describeValue } from "../types/problem.ts";
import { issueAt, pathItem } from "../validate/issue.ts";
import { type ErrorFields, type KeyTexts, keyTexts } from "./error-fields.ts";
import type { RowGroup } from "./row-groups.ts";
import { type ConstraintKind, constraintKind, type TableColumns, violationOf } from "./violation.ts";
import { violationReason } from "./violation-reason.ts";

/** A row violated a constraint; nothing of the statement was written. */
export class ConstraintError extends QueryError {
  override name = "ConstraintError";
  readonly kind: ConstraintKind;
  /** The name of the table whose row is invalid or, with `referenced`, still in use. */
  readonly table: string | undefined;
  /** The columns of the constraint in that table, including columns of the scope. */
  readonly columns: readonly string[];
  /** The constraint's name; undefined for NOT NULL, partitions and views. */
  readonly constraint: string | undefined;
  /** For `missing` the table and columns that the foreign key refers to; for `referenced` those that refer to the row. */
  readonly references: TableColumns | undefined;
  /** The sentence without table and row: `no artist has artist_id 99`. */
  readonly reason: string;
  /** The message that `refine` gave the constraint, which is also `reason`; undefined without one. */
  readonly ownMessage: string | undefined;
  /** The number, from 0, of the invalid row among many, if PostgreSQL reports it. */
  readonly row: number | undefined;
  /** Valibot issues as in a ValidationError, one for each column that the caller can set. */
  readonly issues: readonly v.BaseIssue<unknown>[];

  constructor(error: QueryError, facts: Facts, path: readonly (string | number)[] = []) {
    const { sqlstate, text } = error;
    const [row, ...rest] = typeof path[0] === "number" ? path : [undefined, ...path];
    const { kind, table, columns, shown, constraint, references, reason } = facts;
    const [only = "", ...others] = shown.length > 0 ? shown : columns;
    const list = others.length > 0 ? ` (${[only, ...others].join(", ")})` : only && `.${only}`;
    const nested = rest.map(key => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    const inside = nested === "" ? "" : ` in ${nested.slice(1)}`;
    const number = `${inside}${row === undefined ? "" : `, rows[${row}]`}`;
    const place = `${table ?? ""}${table === undefined || kind === "referenced" ? "" : list}${number}`;
    const prefix = place === "" || (kind === "referenced" && row === undefined) ? "" : `${place}: `;
    const codes = [sqlstate, constraint].filter(code => code !== undefined).join(", ");
    super(`${prefix}${reason} [${codes}]\n  in: ${text}`, { sqlstate, text, cause: error.cause });
    this.kind = kind;
    this.table = table;
    this.columns = columns;
    this.constraint = constraint;
    this.references = references;
    this.reason = reason;
    this.ownMessage = facts.ownMessage;
    this.row = row as number | undefined;
    this.issues = issuesOf(facts, path);
  }
}

type Facts = Pick<
  ConstraintError,
  "kind" | "table" | "columns" | "constraint" | "references" | "reason" | "ownMessage"
> & {
  /** The columns that are not in the scope. */
  readonly shown: readonly string[];
};

function issuesOf(
  { kind, reason, shown }: Facts,
  path: readonly (string | number)[],
): v.BaseIssue<unknown>[] {
  const received = "a value that violates the constraint";
  const issue = {
    kind: "validation",
    type: kind,
    input: undefined,
    expected: null,
    received,
    message: reason,
  };
  const places = shown.length > 0 ? shown.map(name => [pathItem({}, name)]) : [[]];
  const before = path.map(key => pathItem(typeof key === "number" ? [] : {}, key));
  return places.map(place => {
    const [first, ...rest] = [...before, ...place];
    return first === undefined ? (issue as v.BaseIssue<unknown>) : issueAt(issue as never, first, ...rest);
  });
}

/** The call whose statement failed. COMMIT has no table, and outside of rowfn's own statements no snapshot. */
export interface FailedCall {
  readonly sql: SqlHandle;
  readonly schema: AnySchema | undefined;
  readonly table?: string;
}

/** The ConstraintError of a violated constraint; any other error unchanged. `params` are the values that were sent. */
export function constraintError(
  call: FailedCall,
  error: unknown,
  params: readonly (string | null)[] = [],
): unknown {
  if (!(error instanceof QueryError) || error instanceof ConstraintError) return error;
  const outside = error.sqlstate === "22P02" ? findReferenceError(error.cause) : undefined;
  if (outside !== undefined) return outside;
  const facts = factsOf(call, error, {
    columns: parameterColumns(params),
    has: text => isSent(params, text),
  });
  if (facts === undefined) return error;
  if (call.schema && !isEmptyScope(call.schema.scope)) hideOtherRows(error.cause as { detail?: string });
  return new ConstraintError(error, facts);
}

// The detail of an exclusion constraint has the values of the existing row, and a cascade can report any row.
function hideOtherRows(cause: { detail?: string }): void {
  const detail = cause.detail?.replace(
    / conflicts with existing key .*/s,
    " conflicts with an existing key.",
  );
  if (detail !== undefined) cause.detail = detail.startsWith("Failing row") ? "" : detail;
}

/** The values that the caller sent. */
interface Sent {
  /** Their columns, as `table.column`. */
  readonly columns: readonly (string | undefined)[];
  readonly has: (text: string) => boolean;
}

// Many rows are sent as one array per column.
function isSent(params: readonly (string | null)[], text: string): boolean {
  return params.some(
    param => param === text || (param?.startsWith("{") && parseArrayLiteral(param).includes(text)),
  );
}

function factsOf(call: FailedCall, { sqlstate, cause }: QueryError, sent: Sent): Facts | undefined {
  const { schema, table } = call;
  const fields = cause as ErrorFields;
  const kind = constraintKind(sqlstate, fields);
  if (kind === undefined) return undefined;
  const written = schema && table !== undefined ? findRelation(schema, table) : undefined;
  const found = violationOf(kind, { schema, written, fields, sent: sent.columns });
  const plan =
    schema && found.table !== undefined && findRelation(schema, found.table)
      ? relationPlan(schema, found.table)
      : undefined;
  const key = keyTexts(fields);
  const values = key && shownValues(call, plan, found.columns, key, sent);
  const isOwn = (name: string): boolean => !plan?.scope.names.has(name);
  const constraint = fields.constraint || undefined;
  const ownMessage = schema?.[REFINEMENTS]?.get(found.table ?? "")?.messages.get(constraint ?? "");
  const reason = ownMessage ?? violationReason(kind, found, { fields, key, values, isOwn });
  const { columns, references } = found;
  const shown = columns.filter(isOwn);
  return { kind, table: found.table, columns, shown, constraint, references, reason, ownMessage };
}

// Only values that the caller sent are shown, because others can come from rows that the caller may not see.
function shownValues(
  { sql }: FailedCall,
  plan: RelationPlan | undefined,
  columns: readonly string[],
  { names, values }: KeyTexts,
  sent: Sent,
): readonly string[] | undefined {
  if (plan === undefined || values === undefined || columns.join() !== names.join()) return undefined;
  const plans = columns.map(name => plan.columns.get(name)!);
  const isVisible = plans.every(
    ({ column, label }, at) =>
      plan.scope.names.has(column.name) || (isShown(sql, label) && sent.has(values[at]!)),
  );
  return isVisible ? plans.map(({ codec }, at) => describeValue(codec.parse(values[at]!))) : undefined;
}

/** The error with the number of the row that caused it, if PostgreSQL reports the line of a COPY or the values of a key. */
export function failingRowError(
  call: FailedCall & { readonly schema: AnySchema; readonly table: string },
  error: unknown,
  { rows, positions, pathOf = position => [position] }: RowGroup,
): unknown {
  if (!(error instanceof ConstraintError)) return error;
  const { where } = error.cause as { readonly where?: string };
  const line = /^COPY .*, line (\d+)/.exec(where ?? "")?.[1];
  const at =
    line === undefined ? rowOfKey(relationPlan(call.schema, call.table), error, rows) : Number(line) - 1;
  if (at === undefined) return error;
  return new ConstraintError(
    error,
    factsOf(call, error, { columns: error.columns.map(name => `${error.table}.${name}`), has: () => true })!,
    pathOf(positions[at]!),
  );
}

// A value that contains a separator is not found.
function rowOfKey(plan: RelationPlan, error: ConstraintError, rows: RowGroup["rows"]): number | undefined {
  const { names, values } = keyTexts(error.cause as ErrorFields) ?? {};
  if (names === undefined || values === undefined) return undefined;
  const columns = names.map(name => plan.columns.get(name));
  const found = rows.findLastIndex((row, index) =>
    columns.every((column, at) => {
      if (column === undefined || row[column.column.name] === undefined) return false;
      return valueText(plan, column, row, index) === values[at];
    }),
  );
  return found === -1 ? undefined : found;
}
