import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { nullSql } from "../../statements/column-plan.ts";
import { planColumn, type RelationPlan, relationPlan } from "../../statements/relation-plan.ts";
import { canSort } from "../../types/type-operators.ts";

/** Stores each combination of values once. A row whose values are all NULL gets no reference. */
export function fillSql(
  schema: AnySchema,
  relation: Relation,
  target: Relation,
  moved: readonly Column[],
  { isRequired, exists }: { readonly isRequired: boolean; readonly exists: boolean },
): string {
  const list = moved.map(({ name }) => quoteIdentifier(name));
  const plan = relationPlan(schema, relation.key);
  const targets = targetList(target);
  const texts = moved.flatMap((column, at) => (hasOneText(plan, column) ? [] : [at]));
  // Equal values with different texts are two rows here, which the unique key of the new table rejects.
  const listOf = (names: readonly string[]): string =>
    [...names, ...texts.map(at => `${names[at]}::text COLLATE "C"`)].join(", ");
  const some = isRequired ? "" : ` WHERE ${givenSql(plan, moved)}`;
  const known = exists ? ` EXCEPT SELECT ${listOf(targets)} FROM ${quoteName(target)}` : "";
  const select = `SELECT DISTINCT ${listOf(list)} FROM ${quoteName(relation)}${some}${known}`;
  const values = `AS "moved" (${[...targets, ...texts.map(at => `"text ${at}"`)].join(", ")})`;
  const rows = texts.length === 0 ? select : `SELECT ${targets.join(", ")} FROM (${select}) ${values}`;
  return `INSERT INTO ${quoteName(target)} (${targets.join(", ")}) ${rows}`;
}

function givenSql(plan: RelationPlan, moved: readonly Column[]): string {
  return moved.map(({ name }) => nullSql(planColumn(plan, name), quoteIdentifier(name), false)).join(" OR ");
}

const ONE_TEXT: ReadonlySet<string> = new Set([
  ...["bool", "int2", "int4", "int8", "text", "varchar", "bpchar", "uuid", "bytea"],
  ...["date", "time", "timestamp", "timestamptz"],
]);

/** Whether values that are equal for PostgreSQL always have the same text, unlike the numerics 1.0 and 1.00. */
function hasOneText(plan: RelationPlan, { name }: Column): boolean {
  const { codec, label, column, collation } = planColumn(plan, name);
  if (!canSort(codec))
    throw new ArgumentError(`${label}: extract stores each value once, and type ${column.type} has no order`);
  return (codec.shape.kind === "enum" || ONE_TEXT.has(codec.castType)) && collation === null;
}

/** Sets the references of the rows. */
export function referSql(
  relation: Relation,
  target: Relation,
  moved: readonly Column[],
  key: string,
): string {
  const targets = targetList(target);
  const same = moved.map(
    ({ name }, index) => `"t".${quoteIdentifier(name)} IS NOT DISTINCT FROM "into".${targets[index]}`,
  );
  return `UPDATE ${quoteName(relation)} AS "t" SET ${quoteIdentifier(key)} = "into"."id" FROM ${quoteName(target)} AS "into" WHERE ${same.join(" AND ")}`;
}

/** The name of the constraint of `allMovedSql`. */
export const ALL_MOVED = "rowfn_all_moved";

/**
 * Fails if a row with values has no reference. A constraint sees the rows that row security hides, and is dropped with the
 * columns.
 */
export function allMovedSql(
  schema: AnySchema,
  relation: Relation,
  moved: readonly Column[],
  key: string,
): string {
  const given = givenSql(relationPlan(schema, relation.key), moved);
  const condition = `${quoteIdentifier(key)} IS NOT NULL OR NOT (${given})`;
  return `ALTER TABLE ${quoteName(relation)} ADD CONSTRAINT ${quoteIdentifier(ALL_MOVED)} CHECK (${condition})`;
}

function targetList({ columns }: Relation): readonly string[] {
  return columns.filter(({ name }) => name !== "id").map(({ name }) => quoteIdentifier(name));
}
