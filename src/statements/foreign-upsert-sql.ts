// PostgreSQL has no ON CONFLICT with a target for foreign tables. The statement finds the existing rows itself.
import { ArgumentError } from "../errors.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { canSort } from "../types/type-operators.ts";
import { type BulkSource, unnestSource } from "./bulk-rows.ts";
import { type ColumnPlan, comparedSql } from "./column-plan.ts";
import { typedSql } from "./column-value.ts";
import { aliasSql, type ConflictTarget } from "./conflict-target.ts";
import { upsertValueSql } from "./dated-key.ts";
import { type ConflictAction, existingRowSql } from "./on-conflict.ts";
import { referenceGuard } from "./reference-guard.ts";
import { ownTableSql, planColumn, type RelationPlan, selectColumns, unusedName } from "./relation-plan.ts";
import { type ReturningOptions, returnedNames } from "./returning.ts";
import { assignedSql, rowValues } from "./row-values.ts";
import { type Binder, joinConditions, type OutputColumn, ownBinder, type RowStatement } from "./statement.ts";

type Row = Readonly<Record<string, unknown>>;

/** An upsert of a foreign table. */
export interface ForeignUpsert extends ConflictAction, ReturningOptions {
  readonly plan: RelationPlan;
  readonly target: ConflictTarget;
  /** The column that says whether the row was inserted. */
  readonly flag?: OutputColumn | undefined;
}

/** The statement of `upsert`. */
export function foreignUpsertSql(schema: AnySchema, row: Row, upsert: ForeignUpsert): RowStatement {
  const { plan, target } = upsert;
  const binder = ownBinder(schema);
  const given = rowValues(plan, row, "insert").given();
  const columns = given.map(({ column }) => column);
  const valueSql =
    upsertValueSql(schema, plan, target, row) ?? ((inner, one) => assignedSql(schema, inner, one));
  const values = given.map(one => typedSql(one.column, valueSql(binder, one)));
  const { guard } = referenceGuard(schema, plan, columns, "");
  return statement(schema, binder, { columns, values: guard(binder, values).join(", "), from: "" }, upsert);
}

/** The statement of `upsertMany`. */
export function foreignUpsertManySql(
  schema: AnySchema,
  rows: readonly Row[],
  upsert: ForeignUpsert,
): RowStatement {
  const binder = ownBinder(schema);
  return statement(schema, binder, unnestSource(schema, upsert.plan, binder, rows, upsert.target), upsert);
}

function statement(
  schema: AnySchema,
  binder: Binder,
  source: BulkSource,
  upsert: ForeignUpsert,
): RowStatement {
  const { plan, target, returning, flag } = upsert;
  const fields = returnedFields(upsert);
  const changed = changedSql(schema, binder, source.columns, upsert);
  const added = addedSql(source.columns, upsert, changed !== undefined);
  const list = [
    givenSql(plan, source),
    ...(changed === undefined
      ? []
      : [`"changed" AS (${changed} RETURNING ${fields(`${plan.alias}.`, false)})`]),
    `"added" AS (${added} RETURNING ${fields("", true)})`,
  ];
  const written = changed === undefined ? `TABLE "added"` : `TABLE "changed" UNION ALL TABLE "added"`;
  const names = returning === false ? [] : returnedNames(returning);
  const { text, output } = selectColumns(plan, names, `${plan.alias}.`);
  const shown = [text, flag === undefined ? "" : quoteIdentifier(flag.name)].filter(sql => sql !== "");
  const order =
    source.from === "" || returning === false
      ? ""
      : ` JOIN "excluded" ON ${sameKey(plan, target, `${plan.alias}.`)} ORDER BY EXCLUDED.${numberName(plan)}`;
  return {
    text: `WITH ${list.join(", ")} SELECT ${shown.join(", ")} FROM (${written}) AS ${plan.alias}${order}`,
    params: binder.params,
    output: flag === undefined ? output : [...output, flag],
  };
}

function numberName(plan: RelationPlan): string {
  return quoteIdentifier(unusedName(plan, "n"));
}

/** `"excluded" ("id", "name") AS (SELECT ...)`: the given rows, which raw SQL computes once. */
function givenSql(plan: RelationPlan, { columns, values, from }: BulkSource): string {
  const names = columns.map(({ quoted }) => quoted);
  return from === ""
    ? `"excluded" (${names.join(", ")}) AS (SELECT ${values})`
    : `"excluded" (${[...names, numberName(plan)].join(", ")}) AS (SELECT ${values}, "n" FROM ${from})`;
}

function changedSql(
  schema: AnySchema,
  binder: Binder,
  given: readonly ColumnPlan[],
  { plan, target, update, where }: ForeignUpsert,
): string | undefined {
  if (update === "nothing") return undefined;
  const excluded = (column: ColumnPlan): string =>
    given.includes(column) ? `EXCLUDED.${column.quoted}` : defaultSql(column);
  const action = { update, where };
  const { set, conditions } = existingRowSql(schema, plan, binder, { target, given, action, excluded });
  const found = joinConditions([givenKeys(plan, target, `${plan.alias}.`), ...conditions]);
  return `UPDATE ${ownTableSql(plan)}${aliasSql(plan)} SET ${set} FROM "excluded" WHERE ${found}`;
}

function defaultSql(column: ColumnPlan): string {
  if (column.column.generated === null) return `(${typedSql(column, "default")})`;
  throw new ArgumentError(
    `${column.label}: the value of a generated column of the new row is not known in an upsert of a foreign table; compute it in expr`,
  );
}

// The count makes all updates run first: an update would also find a row that this statement has already inserted, because
// the remote server runs one statement after another.
function addedSql(
  given: readonly ColumnPlan[],
  { plan, target }: ForeignUpsert,
  hasChanges: boolean,
): string {
  const names = given.map(({ quoted }) => quoted).join(", ");
  const sorted = target.columns.map(name => planColumn(plan, name)).filter(({ codec }) => canSort(codec));
  const order = sorted.length === 0 ? "" : ` ORDER BY ${sorted.map(({ quoted }) => quoted).join(", ")}`;
  const existing = `SELECT FROM ${ownTableSql(plan)} AS "same" WHERE ${givenKeys(plan, target, `"same".`)}`;
  const isNew = joinConditions([
    hasChanges ? `(SELECT count(*) FROM "changed") >= 0` : "",
    `NOT EXISTS (${existing})`,
  ]);
  return `INSERT INTO ${plan.name} (${names})${plan.overriding} SELECT ${names} FROM "excluded" WHERE ${isNew}${order}`;
}

/** The columns that both parts of the statement return: the key for the order of the rows, and what the caller wants. */
function returnedFields({
  plan,
  target,
  returning,
  flag,
}: ForeignUpsert): (prefix: string, isNew: boolean) => string {
  const wanted = returnedNames(returning) ?? plan.all.output.map(({ name }) => name);
  const names = returning === false ? [] : [...new Set([...target.columns, ...wanted])];
  return (prefix, isNew) => {
    const { stored } = selectColumns(plan, names, prefix);
    const inserted = flag === undefined ? "" : `${isNew} AS ${quoteIdentifier(flag.name)}`;
    return [stored, inserted].filter(sql => sql !== "").join(", ") || "1";
  };
}

function sameKey(plan: RelationPlan, target: ConflictTarget, prefix: string): string {
  const same = target.columns.map(name => {
    const column = planColumn(plan, name);
    const { equals } = column.filterCodec;
    if (equals === null)
      throw new ArgumentError(`${column.label}: type ${column.column.type} has no equality operator`);
    return `${comparedSql(column, prefix)} ${equals} ${comparedSql(column, "EXCLUDED.")}`;
  });
  return joinConditions(same);
}

/** As `sameKey`, with the keys as an array for the remote server, which otherwise would send and lock all its rows. */
function givenKeys(plan: RelationPlan, target: ConflictTarget, prefix: string): string {
  const arrays = target.columns.flatMap(name => {
    const column = planColumn(plan, name);
    const { equals, shape } = column.filterCodec;
    if (equals !== "=" || shape.kind === "array") return [];
    return `${comparedSql(column, prefix)} = ANY (ARRAY(SELECT ${comparedSql(column, "")} FROM "excluded"))`;
  });
  return joinConditions([...arrays, sameKey(plan, target, prefix)]);
}
