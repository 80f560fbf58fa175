import { ArgumentError } from "../errors.ts";
import { isPlainObject, requireNoHole } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { filterClause } from "./condition.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import { differenceSql } from "./difference-sql.ts";
import { type Fragment, isFragment } from "./fragment.ts";
import { changeGuard, NO_GUARD, type ReferenceGuard } from "./reference-guard.ts";
import { planColumn, type RelationPlan } from "./relation-plan.ts";
import { assignments, type RowValues, setSql } from "./row-values.ts";
import { type Binder, type Clause, isEmptyScope, joinConditions, joinParams, whereSql } from "./statement.ts";

/**
 * The changes of an existing row: all given columns except keys, only these, raw SQL, all if any differs, the whole row, or
 * nothing.
 */
export type ConflictUpdate =
  | readonly string[]
  | Readonly<Record<string, Fragment | undefined>>
  | "changed"
  | "replace"
  | "nothing"
  | undefined;

const WORDS: readonly unknown[] = [undefined, "changed", "replace", "nothing"];

const FORMS =
  'update must be a non-empty array of columns of the row, an object { column: expr }, "changed", "replace" or "nothing"';

function requireUpdate(update: unknown): void {
  if (WORDS.includes(update)) return;
  if (Array.isArray(update) && update.length > 0) return void requireNoHole("update", update);
  if (!isPlainObject(update) || isFragment(update) || Object.keys(update).length === 0)
    throw new ArgumentError(FORMS);
  const invalid = Object.keys(update).find(name => !isFragment(update[name]));
  if (invalid === undefined) return;
  throw new ArgumentError(`${FORMS}; the value of ${JSON.stringify(invalid)} is not raw SQL`);
}

/** The change of an existing row, and which existing rows are changed. */
export interface ConflictAction {
  readonly update?: ConflictUpdate;
  readonly where?: unknown;
}

/** Throws ArgumentError for an `update` in none of the possible forms, and for a `where` without an update. */
export function requireAction({ update, where }: ConflictAction): void {
  requireUpdate(update);
  if (where !== undefined && update === "nothing")
    throw new ArgumentError(
      'where decides which existing rows are changed; leave it out with update: "nothing"',
    );
}

/** `ON CONFLICT ("id") DO UPDATE ...` of one row. The kind of the statement must cover the target and the update. */
export function conflictClause(
  schema: AnySchema,
  plan: RelationPlan,
  target: ConflictTarget,
  values: RowValues,
  action: ConflictAction,
): Clause {
  const { shape, params } = changedRowsClause(schema, plan, action.where);
  const sql = (binder: Binder): string =>
    conflictSql(schema, plan, binder, target, givenColumns(values), action);
  if (action.update === "nothing") return { shape, params: [], sql };
  if (isEmptyScope(schema.scope)) return { shape, params, sql };
  const guard = guardOfChange(schema, plan, { target, given: givenColumns(values), action });
  const guardedShape = shape === undefined ? undefined : guard.shape + shape;
  return { shape: guardedShape, params: joinParams(guard.params, params), sql };
}

function givenColumns({ shape, given }: RowValues): readonly ColumnPlan[] {
  return shape?.columns ?? given().map(({ column }) => column);
}

/** The conditions of the existing rows that an upsert changes: the scope and `where`. */
function changedRowsClause(schema: AnySchema, plan: RelationPlan, where: unknown): Clause {
  const { scope, alias } = plan;
  if (where === undefined)
    return { shape: scope.shape, params: scope.params, sql: binder => scope.condition(binder, `${alias}.`) };
  const filter = filterClause(schema, plan, where, `${alias}.`, ([own, inScope]) => {
    if (own !== "") return joinConditions([own!, inScope!]);
    throw new ArgumentError(
      `${plan.relation.key}: where is empty; leave it out to change every existing row`,
    );
  });
  // An empty filter has its own shape too, so that no cached text hides its error.
  return { ...filter, shape: filter.shape === undefined ? undefined : `where${filter.shape}` };
}

/** `ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" WHERE ...`, or `... DO NOTHING`. */
export function conflictSql(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  target: ConflictTarget,
  given: readonly ColumnPlan[],
  action: ConflictAction,
): string {
  const start = `ON CONFLICT ${target.text} DO`;
  if (action.update === "nothing") return `${start} NOTHING`;
  const excluded = ({ quoted }: ColumnPlan): string => `EXCLUDED.${quoted}`;
  const { set, conditions } = existingRowSql(schema, plan, binder, { target, given, action, excluded });
  return `${start} UPDATE SET ${set}${whereSql(conditions)}`;
}

interface Conflict {
  readonly target: ConflictTarget;
  /** The columns of the given row, including the scope's. */
  readonly given: readonly ColumnPlan[];
  readonly action: ConflictAction;
}

/** The change of an existing row by an upsert. */
export interface ExistingRow extends Conflict {
  /** A column of the row to insert, with its default if it is not given. */
  readonly excluded: (column: ColumnPlan) => string;
}

/** `"name" = EXCLUDED."name"`, and the conditions of the existing rows that are changed. */
export function existingRowSql(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  { excluded, ...conflict }: ExistingRow,
): { readonly set: string; readonly conditions: readonly string[] } {
  const { target, action } = conflict;
  const { update, where } = action;
  const changedRows = changedRowsClause(schema, plan, where);
  const inner = upsertBinder(plan, binder, excluded);
  if (isPlainObject(update)) {
    const fixed = fixedColumns(plan, target);
    for (const name of Object.keys(update)) requireUpdatable(plan, fixed, name);
    const set = setSql(schema, plan, inner, assignments(plan, update));
    return { set, conditions: [changedRows.sql(inner)] };
  }
  const changed = updatedColumns(plan, conflict, update);
  const { guard } = guardOfChange(schema, plan, conflict);
  const values = guard(binder, changed.map(excluded));
  const set =
    changed.length === 0
      ? [unchangedSql(plan, target)]
      : changed.map(({ quoted }, at) => `${quoted} = ${values[at]}`);
  const conditions = [
    changedRows.sql(inner),
    update === "changed" ? differenceSql(schema, plan, changed) : "",
  ];
  return { set: set.join(", "), conditions };
}

// The row to insert is guarded as it is given, but an existing row can keep some of the columns of a foreign key.
function guardOfChange(schema: AnySchema, plan: RelationPlan, conflict: Conflict): ReferenceGuard {
  const { target, action } = conflict;
  if (isEmptyScope(schema.scope) || isPlainObject(action.update)) return NO_GUARD;
  const changed = updatedColumns(plan, conflict, action.update);
  const isSame = (one: ColumnPlan): boolean =>
    changed.includes(one) ||
    target.columns.includes(one.column.name) ||
    plan.scope.names.has(one.column.name);
  return changeGuard(schema, plan, changed, isSame);
}

/** The columns of existing rows that no upsert changes. */
function fixedColumns(plan: RelationPlan, target: ConflictTarget): ReadonlySet<string> {
  return new Set([
    ...target.columns,
    ...plan.key.map(({ column }) => column.name),
    ...plan.scope.names,
    ...[...plan.columns.values()].filter(isAlways).map(({ column }) => column.name),
  ]);
}

/** Whether the column is a GENERATED ALWAYS identity column, which PostgreSQL only updates to DEFAULT. */
export function isAlways({ column }: ColumnPlan): boolean {
  return column.identity === "always";
}

// Without an assignment the row would not be locked and returned. A key keeps its own value, which can be equal to the given
// one but have a different text. A cluster rejects an assignment to the distribution column, even of its own value. The role may
// have the UPDATE privilege on other columns only.
function unchangedSql(plan: RelationPlan, target: ConflictTarget): string {
  const key = target.columns.map(name => planColumn(plan, name));
  const columns = [...key, ...plan.columns.values()].filter(
    one => !isAlways(one) && one.column.generated === null && one !== plan.distribution,
  );
  const { quoted } = columns.find(({ column }) => column.privileges.update) ?? columns[0] ?? key[0]!;
  return `${quoted} = ${plan.alias}.${quoted}`;
}

/** The binder of the clause in which `old` and `excluded` have a meaning. */
function upsertBinder(plan: RelationPlan, binder: Binder, excluded: ExistingRow["excluded"]): Binder {
  const upsertColumn = (row: "old" | "excluded", name: string): string => {
    const column = planColumn(plan, name);
    return row === "old" ? `${plan.alias}.${column.quoted}` : excluded(column);
  };
  return { ...binder, upsertColumn };
}

function updatedColumns(
  plan: RelationPlan,
  { target, given }: Conflict,
  update: Exclude<ConflictUpdate, Readonly<Record<string, Fragment | undefined>>>,
): readonly ColumnPlan[] {
  const fixed = fixedColumns(plan, target);
  if (typeof update === "object") {
    const columns = update.map(name => requireUpdatable(plan, fixed, name));
    const missing = columns.find(column => !given.includes(column));
    if (missing === undefined) return columns;
    // Otherwise the default of a new row, mostly NULL, would replace the stored value.
    throw new ArgumentError(
      `${missing.label}: the row has no value; add one, or remove the column from update`,
    );
  }
  const changeable = (column: ColumnPlan): boolean => !fixed.has(column.column.name);
  if (update !== "replace") return given.filter(changeable);
  // EXCLUDED has the defaults of the columns that the row does not have.
  return [...plan.columns.values()].filter(
    one => changeable(one) && (given.includes(one) || hasPlainDefault(one)),
  );
}

// An existing row keeps its identity value: the default would be a new number. A generated column is not updatable.
function hasPlainDefault({ column: { identity, updatable } }: ColumnPlan): boolean {
  return identity === null && updatable;
}

function requireUpdatable(plan: RelationPlan, fixed: ReadonlySet<string>, name: string): ColumnPlan {
  const column = planColumn(plan, name);
  if (column.column.generated !== null || isAlways(column))
    throw new ArgumentError(
      `${column.label} is a ${isAlways(column) ? "GENERATED ALWAYS identity" : "generated"} column, which only PostgreSQL writes; remove it from update`,
    );
  if (!fixed.has(name)) return column;
  throw new ArgumentError(
    `${plan.relation.key}.${name} is part of a key or of the scope, which upserts never change; remove it from update`,
  );
}
