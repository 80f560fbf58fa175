import type * as v from "valibot";
import type { SqlHandle } from "../driver/handle.ts";
import { isShown } from "../driver/hidden-columns.ts";
import { canHide, reportedTexts } from "../driver/hide-value.ts";
import { queryError } from "../driver/query-error.ts";
import { parameterColumns } from "../driver/statement.ts";
import { QueryError, ValueError } from "../errors.ts";
import { isSameName } from "../schema/relation.ts";
import { findRelation } from "../schema/relation-of.ts";
import { type AnySchema, REFINEMENTS } from "../schema/snapshot.ts";
import { findReferenceError } from "../statements/reference-guard.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { isEmptyScope } from "../statements/statement.ts";
import { type ArrayTexts, parseArrayLiteral } from "../types/array-literal.ts";
import { isSameText } from "../types/canonical-text.ts";
import type { Codec } from "../types/codec.ts";
import { describeValue } from "../types/problem.ts";
import { issueAt, pathItem } from "../validate/issue.ts";
import { divideKey, type ErrorFields, type KeyTexts, keyTexts, rowPlace } from "./error-fields.ts";
import { type ConstraintKind, constraintKind, type TableColumns, violationOf } from "./violation.ts";
import { violationReason } from "./violation-reason.ts";

/** A row violated a constraint; the statement wrote nothing. */
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

  /** `path` is the place of the row in the input; null if the row is one of many and it is not known which one. */
  constructor(error: QueryError, facts: ViolationFacts, path: readonly (string | number)[] | null = []) {
    const { sqlstate, text } = error;
    const { kind, table, columns, shown, constraint, references, reason } = facts;
    const [only = "", ...others] = shown.length > 0 ? shown : columns;
    const list = others.length > 0 ? ` (${[only, ...others].join(", ")})` : only && `.${only}`;
    const row = typeof path?.[0] === "number" ? path[0] : undefined;
    const number = rowPlace(path ?? []);
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
    this.row = row;
    this.issues = issuesOf(facts, path);
  }
}

/** The known facts about a violated constraint. */
export type ViolationFacts = Pick<
  ConstraintError,
  "kind" | "table" | "columns" | "constraint" | "references" | "reason" | "ownMessage"
> & {
  /** The columns that are not in the scope. */
  readonly shown: readonly string[];
  /** Whether the columns are those of the caller's row. */
  readonly isWritten: boolean;
};

function issuesOf(
  { kind, reason, shown, isWritten }: ViolationFacts,
  path: readonly (string | number)[] | null,
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
  if (path === null) return [issue as v.BaseIssue<unknown>];
  const places = isWritten && shown.length > 0 ? shown.map(name => [pathItem({}, name)]) : [[]];
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
  /** Whether it may have written many rows, of which the error does not say which one. */
  readonly isMany?: boolean;
}

/** The ConstraintError of a violated constraint; any other error unchanged. `params` are the values that were sent. */
export function constraintError(
  call: FailedCall,
  failure: unknown,
  params: readonly (string | null)[] = [],
): unknown {
  if (!(failure instanceof QueryError) || failure instanceof ConstraintError) return failure;
  const error = call.schema && !isEmptyScope(call.schema.scope) ? hiddenError(call, failure) : failure;
  const outside = error.sqlstate === "22P02" ? findReferenceError(error.cause) : undefined;
  if (outside !== undefined) return outside;
  const facts = factsOf(call, error, {
    columns: parameterColumns(params),
    has: (text, codec) => isSent(params, text, codec),
  });
  if (facts === undefined) return error;
  showOwnKey(error.cause as ErrorFields, params);
  return new ConstraintError(error, facts, call.isMany ? null : []);
}

// COMMIT has no parameters that say whether it is restricted to a scope.
function hiddenError({ sql }: FailedCall, error: QueryError): QueryError {
  return canHide(error.cause) ? queryError(error.cause, error.text, { sql, isScoped: true }) : error;
}

// The detail of an exclusion constraint has the values of the existing row, and a cascade can report any row.
const KEYS: ReadonlySet<string | undefined> = new Set(["23001", "23503", "23505"]);

function showOwnKey(cause: ErrorFields, params: readonly (string | null)[]): void {
  const { detail } = reportedTexts(cause);
  if (detail === cause.detail || !KEYS.has(cause.errno)) return;
  const { values } = keyTexts({ detail }) ?? {};
  if (values?.every(text => isSent(params, text))) Reflect.set(cause, "detail", detail);
}

/** The fields as PostgreSQL reported them, whose texts can have values that the caller may not see. */
export function reportedFields(cause: ErrorFields): ErrorFields {
  return { ...cause, ...reportedTexts(cause) };
}

/** The values that the caller sent. */
interface Sent {
  /** Their columns, as `table.column`. */
  readonly columns: readonly (string | undefined)[];
  readonly has: (text: string, codec: Codec) => boolean;
}

// Many rows are sent as one array per column. JSON begins with a brace too.
function isSent(params: readonly (string | null)[], text: string, codec?: Codec): boolean {
  const isText = (one: unknown): boolean =>
    one === text || (typeof one === "string" && codec !== undefined && isSameText(codec, one, text));
  return params.some(param => isText(param) || (param?.startsWith("{") && elementsOf(param).some(isText)));
}

function elementsOf(param: string): ArrayTexts {
  try {
    return parseArrayLiteral(param);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return [];
  }
}

/** The facts of an error; undefined if it is not about a constraint. */
export function factsOf(
  call: FailedCall,
  { sqlstate, cause, column }: Pick<QueryError, "sqlstate" | "cause" | "column">,
  sent: Sent,
): ViolationFacts | undefined {
  const { schema, table } = call;
  const kind = constraintKind(sqlstate, cause as ErrorFields);
  if (kind === undefined) return undefined;
  const fields = reportedFields(cause as ErrorFields);
  const written = schema && table !== undefined ? findRelation(schema, table) : undefined;
  const found = violationOf(kind, { schema, written, fields, sent: sent.columns, rejected: column });
  const plan =
    schema && found.table !== undefined && findRelation(schema, found.table)
      ? relationPlan(schema, found.table)
      : undefined;
  const key = keyTexts(fields);
  const values = key && shownValues(call, plan, found.columns, key, sent);
  const isOwn = (name: string): boolean => !plan?.scope.names.has(name);
  const constraint = fields.constraint || undefined;
  const ownMessage = schema?.[REFINEMENTS]?.get(found.table ?? "")?.messages.get(constraint ?? "");
  const reason =
    ownMessage ??
    violationReason(kind, found, {
      fields: { ...fields, message: (cause as Error).message },
      ...{ key, values, isOwn },
    });
  const { columns, references } = found;
  const shown = columns.filter(isOwn);
  return {
    ...{ kind, table: found.table, columns, shown, constraint, references, reason, ownMessage },
    isWritten: isWritten(call, found.table),
  };
}

/** Whether a table is the one that the caller wrote to, or is under the view; the statement of a trigger can write others. */
export function isWritten({ schema, table }: FailedCall, reported: string | undefined): boolean {
  const written = schema && table !== undefined ? findRelation(schema, table) : undefined;
  if (written === undefined || written.key === reported) return true;
  const { dependsOn = [] } = written;
  return dependsOn.some(name => schema!.relations.some(one => one.key === reported && isSameName(one, name)));
}

// Only values that the caller sent are shown, because others can come from rows that the caller may not see.
function shownValues(
  { sql }: FailedCall,
  plan: RelationPlan | undefined,
  columns: readonly string[],
  key: KeyTexts,
  sent: Sent,
): readonly string[] | undefined {
  if (plan === undefined || columns.join() !== key.names.join()) return undefined;
  const plans = columns.map(name => plan.columns.get(name)!);
  const isVisible = (text: string, at: number): boolean => {
    const { column, label, filterCodec } = plans[at]!;
    return plan.scope.names.has(column.name) || (isShown(sql, label) && sent.has(text, filterCodec));
  };
  const values = key.values?.every(isVisible) ? key.values : divideKey(key, isVisible);
  return values && plans.map(({ codec }, at) => shownValue(codec, values[at]!));
}

// A range is an object, and an array only has a length. A NULL, which is equal to another one in some keys, is no text of the
// type, even if the caller sent the text "null" for another column.
function shownValue({ parse, shape }: Codec, text: string): string {
  if (shape.kind !== "scalar" && shape.kind !== "enum") return describeValue(text);
  try {
    return describeValue(parse(text));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return text;
  }
}
