import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type WriteFilter, writeWhereSql } from "./condition.ts";
import { isFragment } from "./fragment.ts";
import { getSql } from "./get-sql.ts";
import { keyClause, type RowKey, rowKey } from "./primary-key.ts";
import { distributionBeside, type RelationPlan, relationPlan } from "./relation-plan.ts";
import {
  type ReturningOptions,
  requireWriteOptions,
  returnedNames,
  returningClause,
  WRITE_OPTIONS,
  WRITE_WHERE_OPTIONS,
} from "./returning.ts";
import { type Assignment, assignments, rowValues, setClause, setSql, withoutScope } from "./row-values.ts";
import { ownBinder, type RowStatement, returningShape, shapeOf, statementOf } from "./statement.ts";

/**
 * The statement of `update`, for a row that passed validation.
 * @param schema a snapshot
 * @param table the table's name
 * @param row the whole primary key and the changes; without changes the statement only reads
 * @param options what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError if a part of the key is missing
 * @example `updateSql(schema, "genre", { genre_id: 1, name: "Drone" }, { returning: false }).text` →
 * `UPDATE "public"."genre" SET "name" = $1::text WHERE "genre_id" = $2::text::int4`
 */
export function updateSql(
  schema: AnySchema,
  table: string,
  row: Readonly<Record<string, unknown>>,
  options: ReturningOptions = {},
): RowStatement {
  requireWriteOptions("update", options, WRITE_OPTIONS);
  const plan = relationPlan(schema, table);
  return changedRowSql(schema, plan, rowKey(plan, row), changesOf(plan, row), options);
}

/** As `updateSql`, from the values of the key and the changes. */
export function changedRowSql(
  schema: AnySchema,
  plan: RelationPlan,
  key: RowKey,
  given: object,
  options: ReturningOptions,
): RowStatement {
  const changes = rowValues(plan, given, "update");
  if (changes.params.length === 0 && changes.given().length === 0)
    return getSql(schema, plan.relation.key, key, { select: returnedNames(options.returning) });
  const kind = shapeOf("update", returningShape(options.returning));
  const clauses = [setClause(schema, plan, changes), keyClause(plan, key)];
  return statementOf(schema, changes.shape, kind, clauses, (set, where) => {
    const { text, output } = returningClause(plan, options.returning);
    return { text: `UPDATE ${plan.name} SET ${set} WHERE ${where}${text}`, output };
  });
}

/** Options of `updateWhere`. */
export interface UpdateWhereOptions<Row = Record<string, unknown>, Column extends string = string>
  extends WriteFilter<Row>,
    ReturningOptions<Column> {}

/**
 * The statement of `updateWhere`, for changes that passed validation.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param changes column → value; `expr` for raw SQL
 * @param options which rows, and what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an empty filter without `all: true`
 * @example `updateWhereSql(schema, "track", { composer: null }, { where: { album_id: 1 } }).text` →
 * `UPDATE "public"."track" SET "composer" = NULL WHERE "album_id" = $1::text::int4`
 */
export function updateWhereSql<Row>(
  schema: AnySchema,
  table: string,
  changes: object,
  options: UpdateWhereOptions<Row>,
): RowStatement {
  requireWriteOptions("updateWhere", options ?? null, WRITE_WHERE_OPTIONS);
  const plan = relationPlan(schema, table);
  const binder = ownBinder(schema);
  const given = withoutScope(plan, assignments(plan, changes));
  if (given.length === 0) throw new ArgumentError(`${plan.relation.key}: no changes were given`);
  requireSameNode(plan, given);
  const set = setSql(schema, plan, binder, given);
  const where = writeWhereSql({ schema, plan, binder, prefix: "" }, options as WriteFilter<never>);
  const { text, output } = returningClause(plan, options.returning ?? false);
  return { text: `UPDATE ${plan.name} SET ${set}${where}${text}`, params: binder.params, output };
}

/** The changes of a row: all values except the key, the distribution column and columns that only the database writes. */
export function changesOf(plan: RelationPlan, row: Readonly<Record<string, unknown>>): object {
  // Without a prototype, because a column can be named __proto__.
  const changes: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(row)) {
    const known = plan.columns.get(name);
    // Raw SQL is not a value that was read, so it is not omitted: its validation fails.
    if (known === undefined || !isFixed(plan, known) || isFragment(row[name])) changes[name] = row[name];
  }
  return changes;
}

/** Whether an update leaves a column out: of the key, the distribution column, and one that only the database writes. */
export function isFixed(plan: RelationPlan, known: ColumnPlan): boolean {
  const { generated, identity } = known.column;
  return (
    plan.key.includes(known) ||
    known === distributionBeside(plan) ||
    generated !== null ||
    identity === "always"
  );
}

/** Throws ArgumentError if a distribution column would change. */
export function requireSameNode({ distribution }: RelationPlan, changes: readonly Assignment[]): void {
  if (distribution !== undefined && changes.some(({ column }) => column === distribution))
    throw new ArgumentError(
      `${distribution.label}: the distribution column of a row cannot change, because it decides which node has the row; insert a row with the new value and delete this one`,
    );
}
