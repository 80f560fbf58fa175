import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { compileFragment } from "./compile-fragment.ts";
import { isFragment } from "./fragment.ts";
import { type ColumnPlan, planColumn, type RelationPlan } from "./relation-plan.ts";
import { type ScopeRule, scopeOf } from "./scope.ts";
import { type Binder, bind } from "./statement.ts";

/** A column and the value it gets: a checked row value, NULL, raw SQL, or the scope's own text. */
export interface Assignment {
  readonly column: ColumnPlan;
  readonly value: unknown;
}

const SCOPED: unique symbol = Symbol("scope value");

interface ScopeValue {
  readonly [SCOPED]: string | null;
}

/** The assignments of a row that passed validation, in the row's order. */
export function assignments(schema: AnySchema, plan: RelationPlan, row: object): readonly Assignment[] {
  const given: Assignment[] = [];
  for (const name of Object.keys(row))
    given.push({ column: planColumn(schema, plan, name), value: row[name as keyof typeof row] });
  return given;
}

/** The value as SQL, added to the parameters. */
export function assignedSql(schema: AnySchema, binder: Binder, { column, value }: Assignment): string {
  const { codec } = column;
  if (value === null) return "NULL";
  if (isFragment(value)) return compileFragment(schema, binder, value);
  const text = assignedText({ column, value });
  return text === null ? "NULL" : bind(binder, text, codec.castType, column);
}

/** The value as PostgreSQL's text; it is not raw SQL. */
export function assignedText({ column, value }: Assignment): string | null {
  if (value === null) return null;
  return isScopeValue(value) ? value[SCOPED] : column.codec.print(value as never);
}

function isScopeValue(value: unknown): value is ScopeValue {
  return typeof value === "object" && value !== null && SCOPED in value;
}

/** Whether the value is the scope's, the same for every row. */
export function isStamp({ value }: Assignment): boolean {
  return isScopeValue(value);
}

/** The assignments stamped with the scope; a value that contradicts it is refused. */
export function stamped(
  schema: AnySchema,
  plan: RelationPlan,
  given: readonly Assignment[],
): readonly Assignment[] {
  const scope = scopeOf(schema, plan);
  if (scope.length === 0) return given;
  const rest = given.filter(assignment => !contradicts(plan, scope, assignment));
  return [...rest, ...scope.map(([column, text]) => ({ column, value: { [SCOPED]: text } }))];
}

/** The assignments without the columns of the scope, which no update may move; a value that contradicts it is refused. */
export function withoutScope(
  schema: AnySchema,
  plan: RelationPlan,
  given: readonly Assignment[],
): readonly Assignment[] {
  const scope = scopeOf(schema, plan);
  return scope.length === 0 ? given : given.filter(assignment => !contradicts(plan, scope, assignment));
}

// True for a scope column whose value is the scope's, so that the scope's own text stands for it.
function contradicts(
  plan: RelationPlan,
  scope: readonly ScopeRule[],
  { column, value }: Assignment,
): boolean {
  const rule = scope.find(([scoped]) => scoped.column.name === column.column.name);
  if (rule === undefined) return false;
  const text = value === null ? null : isFragment(value) ? undefined : column.codec.print(value as never);
  if (text === rule[1]) return true;
  throw new ArgumentError(
    `${plan.relation.key}.${column.column.name}: the value contradicts the snapshot's scope`,
  );
}
