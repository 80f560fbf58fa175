import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type Assignment, assignedSql, assignments, stamped } from "./assignments.ts";
import { type ConflictTarget, conflictTarget } from "./conflict-target.ts";
import { insertSql } from "./insert-sql.ts";
import { type ColumnPlan, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type ReturningOptions, returningClause } from "./returning.ts";
import { scopeCondition, scopeOf } from "./scope.ts";
import type { Binder, RowStatement } from "./statement.ts";

/** How `upsert` meets a row that is there already. */
export interface UpsertOptions<Column extends string = string> extends ReturningOptions<Column> {
  /** The columns of the unique key that decides; the primary key by default. */
  readonly key?: readonly string[];
  /**
   * What a row that is there gets: all given columns but keys by default, only these, all of them but only when one
   * differs (`"changed"`), or `"nothing"`.
   */
  readonly update?: readonly string[] | "changed" | "nothing";
}

/**
 * The statement of `upsert`, for a row that passed validation.
 * @param schema a snapshot
 * @param table the table's name
 * @param row column → value; without a value for a generated key it is a plain INSERT
 * @param options which unique key, what to update, what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws ArgumentError for a key that cannot be a conflict target, with the reason; UnknownNameError
 * @example `upsertSql(schema, "genre", { genre_id: 1, name: "Drone" }, { returning: false }).text` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name"`
 */
export function upsertSql(
  schema: AnySchema,
  table: string,
  row: Readonly<Record<string, unknown>>,
  options: UpsertOptions = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const target = conflictTarget(schema, plan, options.key, options.update !== "nothing");
  if (!hasKey(plan, target, row)) return insertSql(schema, table, row, options);
  const binder: Binder = { params: [] };
  const given = stamped(schema, plan, assignments(schema, plan, row));
  const columns = given.map(({ column }) => column.quoted).join(", ");
  const values = given.map(assignment => assignedSql(schema, binder, assignment)).join(", ");
  const action = conflictAction(schema, plan, binder, target, given, options);
  const { text, output } = returningClause(schema, plan, options.returning);
  return {
    text: `INSERT INTO ${plan.name} (${columns}) VALUES (${values}) ON CONFLICT ${target.text} ${action}${text}`,
    params: binder.params,
    output,
  };
}

// A key that the database makes is a new one, so nothing can be in conflict with it.
function hasKey(plan: RelationPlan, target: ConflictTarget, row: object): boolean {
  const missing = target.columns.filter(name => !Object.hasOwn(row, name));
  if (missing.length === 0) return true;
  const made = missing.every(name => {
    const column = plan.columns.get(name)!.column;
    return column.identity !== null || column.default !== null;
  });
  if (made && missing.length === target.columns.length) return false;
  throw new ArgumentError(
    `${plan.relation.key}: the row has no ${missing.join(", ")}, which the conflict is decided by`,
  );
}

function conflictAction(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  target: ConflictTarget,
  given: readonly Assignment[],
  { update }: UpsertOptions,
): string {
  if (update === "nothing") return "DO NOTHING";
  const changed = updatedColumns(schema, plan, target, given, update);
  // Something has to be set for the row to be returned.
  const first = plan.columns.get(target.columns[0]!)!;
  const set = (changed.length === 0 ? [first] : changed).map(
    ({ quoted }) => `${quoted} = EXCLUDED.${quoted}`,
  );
  const conditions = [
    scopeCondition(schema, plan, binder, `${plan.alias}.`),
    update === "changed" ? differs(plan, changed) : "",
  ].filter(text => text !== "");
  return `DO UPDATE SET ${set.join(", ")}${conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`}`;
}

function updatedColumns(
  schema: AnySchema,
  plan: RelationPlan,
  target: ConflictTarget,
  given: readonly Assignment[],
  update: UpsertOptions["update"],
): readonly ColumnPlan[] {
  const fixed = new Set([
    ...target.columns,
    ...plan.key.map(({ column }) => column.name),
    ...scopeOf(schema, plan).map(([{ column }]) => column.name),
  ]);
  if (Array.isArray(update)) return update.map(name => updatable(schema, plan, fixed, name));
  return given.map(({ column }) => column).filter(({ column }) => !fixed.has(column.name));
}

function updatable(
  schema: AnySchema,
  plan: RelationPlan,
  fixed: ReadonlySet<string>,
  name: string,
): ColumnPlan {
  const column = planColumn(schema, plan, name);
  if (!fixed.has(name)) return column;
  throw new ArgumentError(
    `${plan.relation.key}.${name} is part of a key or of the scope, which an upsert never changes`,
  );
}

function differs(plan: RelationPlan, columns: readonly ColumnPlan[]): string {
  if (columns.length === 0) return "false";
  const comparisons = columns.map(({ quoted, column, codec }) => {
    if (codec.equals === "=") return `${plan.alias}.${quoted} IS DISTINCT FROM EXCLUDED.${quoted}`;
    throw new ArgumentError(
      `${plan.relation.key}.${column.name}: ${column.type} cannot be compared, so "changed" cannot be told`,
    );
  });
  return comparisons.length === 1 ? comparisons[0]! : `(${comparisons.join(" OR ")})`;
}
