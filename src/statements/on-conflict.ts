import { ArgumentError } from "../errors.ts";
import { requireArray } from "../schema/arguments.ts";
import { deriveByKey } from "../schema/derived.ts";
import { isPlainObject } from "../schema/plain-object.ts";
import type { AnySchema, Relation, UniqueKey } from "../schema/snapshot.ts";
import { holdsDates } from "../types/holds-dates.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type Fragment, isFragment } from "./fragment.ts";
import { planColumn, type RelationPlan, requireKey } from "./relation-plan.ts";
import { assignments, type RowValues, setSql } from "./row-values.ts";
import { type Binder, type Clause, namesShape, whereSql } from "./statement.ts";

/** The unique key of ON CONFLICT. */
export interface ConflictTarget {
  readonly columns: readonly string[];
  readonly key: UniqueKey;
  /** `("email") WHERE (deleted_at IS NULL)` */
  readonly text: string;
  /** Whether a value of the key can be a Date or contain one. */
  readonly hasDates: boolean;
}

interface TargetContext {
  readonly plan: RelationPlan;
  readonly columns: readonly string[] | undefined;
  readonly isUpdate: boolean;
}

const targetsByRelation = deriveByKey(makeTarget);

/**
 * The primary key, or the unique key of the given columns in any order; throws ArgumentError with the reason if it
 * cannot be a conflict target (manual, INSERT, ON CONFLICT clause).
 */
export function conflictTarget(
  plan: RelationPlan,
  columns: readonly string[] | undefined,
  isUpdate: boolean,
): ConflictTarget {
  const key = `${isUpdate}${namesShape(columns)}|${plan.scope.shape}`;
  return targetsByRelation(plan.relation, key, { plan, columns, isUpdate });
}

function makeTarget(
  _relation: Relation,
  _key: string,
  { plan, columns, isUpdate }: TargetContext,
): ConflictTarget {
  if (columns !== undefined) requireArray("key", columns);
  for (const name of columns ?? []) planColumn(plan, name);
  const wanted = columns ?? requireKey(plan).map(({ column }) => column.name);
  const key = findKey(plan, wanted, isUpdate);
  const names = key.columns.filter(name => name !== null);
  const list = names.map(name => planColumn(plan, name).quoted).join(", ");
  const hasDates = names.some(name => {
    const { codec } = planColumn(plan, name);
    return codec.last !== undefined || holdsDates(codec);
  });
  return {
    key,
    hasDates,
    columns: names,
    text: `(${list})${key.predicate === null ? "" : ` WHERE ${key.predicate}`}`,
  };
}

function findKey({ relation, scope }: RelationPlan, wanted: readonly string[], isUpdate: boolean): UniqueKey {
  const all = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys];
  const exact = all.filter(key => sameColumns(key, wanted));
  // Inside the scope the columns are also unique without the scope's own.
  const isInner = ({ columns }: UniqueKey): boolean =>
    wanted.every(name => columns.includes(name)) &&
    columns.every(name => name !== null && (wanted.includes(name) || scope.names.has(name)));
  const found = exact.length > 0 ? exact : all.filter(isInner);
  const usable = found.find(
    ({ conflictTarget: can }) => can === "doUpdate" || (can === "doNothingOnly" && !isUpdate),
  );
  if (usable !== undefined) return usable;
  const list = wanted.join(", ");
  const [first] = found;
  throw new ArgumentError(
    first === undefined
      ? `${relation.key}: unique key (${list}) does not exist; the unique keys are ${all.map(describeKey).join("; ") || "none"}`
      : `${relation.key}: ${first.name} (${list}) cannot be a conflict target: ${reason(first, relation.hasRules)}`,
  );
}

function sameColumns(key: UniqueKey, wanted: readonly string[]): boolean {
  return key.columns.length === wanted.length && wanted.every(name => key.columns.includes(name));
}

function describeKey({ name, columns }: UniqueKey): string {
  return `${name} (${columns.map(column => column ?? "an expression").join(", ")})`;
}

function reason({ deferrable, valid }: UniqueKey, hasRules: boolean): string {
  if (deferrable) return "it is deferrable";
  if (!valid) return "its index is not valid";
  return hasRules ? "the table has rules" : 'it is an exclusion constraint, which requires update: "nothing"';
}

/** The changes of an existing row: all given columns except keys, only these, raw SQL, all if any differs, or nothing. */
export type ConflictUpdate =
  | readonly string[]
  | Readonly<Record<string, Fragment | undefined>>
  | "changed"
  | "nothing"
  | undefined;

/** Throws ArgumentError for an `update` that is none of its forms. */
export function requireUpdate(update: unknown): void {
  if (update === undefined || update === "changed" || update === "nothing") return;
  const values = isPlainObject(update) && !isFragment(update) ? Object.values(update) : [];
  const isList = Array.isArray(update) && update.length > 0;
  if (!isList && !(values.length > 0 && values.every(isFragment)))
    throw new ArgumentError(
      'update must be a non-empty array of columns of the row, an object of column → expr, "changed" or "nothing"',
    );
}

/** `ON CONFLICT ("id") DO UPDATE ...` of one row. The kind of the statement must cover the target and the update. */
export function conflictClause(
  schema: AnySchema,
  plan: RelationPlan,
  target: ConflictTarget,
  values: RowValues,
  update: ConflictUpdate,
): Clause {
  const { shape, params } = plan.scope;
  return {
    shape,
    params: update === "nothing" ? [] : params,
    sql: binder =>
      conflictSql(
        schema,
        plan,
        binder,
        target,
        values.given().map(({ column }) => column),
        update,
      ),
  };
}

/** `ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" WHERE ...`, or `... DO NOTHING`. */
export function conflictSql(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  target: ConflictTarget,
  given: readonly ColumnPlan[],
  update: ConflictUpdate,
): string {
  const start = `ON CONFLICT ${target.text} DO`;
  if (update === "nothing") return `${start} NOTHING`;
  const fixed = new Set([
    ...target.columns,
    ...plan.key.map(({ column }) => column.name),
    ...plan.scope.names,
  ]);
  if (isPlainObject(update)) {
    for (const name of Object.keys(update)) requireUpdatable(plan, fixed, name);
    const set = setSql(schema, plan, binder, assignments(plan, update));
    return `${start} UPDATE SET ${set}${whereSql([plan.scope.condition(binder, `${plan.alias}.`)])}`;
  }
  const changed = updatedColumns(plan, fixed, given, update);
  // Without an assignment the row would not be returned.
  const first = plan.columns.get(target.columns[0]!)!;
  const set = (changed.length === 0 ? [first] : changed).map(
    ({ quoted }) => `${quoted} = EXCLUDED.${quoted}`,
  );
  const conditions = [
    plan.scope.condition(binder, `${plan.alias}.`),
    update === "changed" ? differenceSql(plan, changed) : "",
  ];
  return `${start} UPDATE SET ${set.join(", ")}${whereSql(conditions)}`;
}

function updatedColumns(
  plan: RelationPlan,
  fixed: ReadonlySet<string>,
  given: readonly ColumnPlan[],
  update: readonly string[] | "changed" | undefined,
): readonly ColumnPlan[] {
  if (typeof update === "object") {
    const columns = update.map(name => requireUpdatable(plan, fixed, name));
    const missing = columns.find(column => !given.includes(column));
    if (missing === undefined) return columns;
    // Otherwise the default of a new row, mostly NULL, would replace the stored value.
    throw new ArgumentError(
      `${missing.label}: the row has no value; add one, or remove the column from update`,
    );
  }
  return given.filter(({ column }) => !fixed.has(column.name));
}

function requireUpdatable(plan: RelationPlan, fixed: ReadonlySet<string>, name: string): ColumnPlan {
  const column = planColumn(plan, name);
  if (!fixed.has(name)) return column;
  throw new ArgumentError(
    `${plan.relation.key}.${name} is part of a key or of the scope, which upserts never change; remove it from update`,
  );
}

function differenceSql(plan: RelationPlan, columns: readonly ColumnPlan[]): string {
  if (columns.length === 0) return "false";
  const comparisons = columns.map(({ quoted, column, codec }) => {
    if (codec.equals === "=") return `${plan.alias}.${quoted} IS DISTINCT FROM EXCLUDED.${quoted}`;
    throw new ArgumentError(
      `${plan.relation.key}.${column.name}: type ${column.type} has no equality operator, so update: "changed" is not possible`,
    );
  });
  return comparisons.length === 1 ? comparisons[0]! : `(${comparisons.join(" OR ")})`;
}
