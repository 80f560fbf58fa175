import { ArgumentError } from "../errors.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import { findRelation } from "../schema/relation-of.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { canSort } from "../types/type-operators.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { relatedAlias } from "./relation-condition.ts";
import { type Link, linkToOne, relatedTableSql } from "./relation-link.ts";
import { onlyRelation, pathBeginnings } from "./relation-path.ts";
import { type ConditionContext, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { joinConditions } from "./statement.ts";

// A path such as `artist.name`, unless a column has that name.
function isRelatedName({ plan }: Pick<ConditionContext, "plan">, name: unknown): name is string {
  return typeof name === "string" && name.includes(".") && !plan.columns.has(name);
}

/** The step from a row to the row that the first part of a path leads to. */
interface RelatedStep {
  readonly target: RelationPlan;
  readonly link: Link;
  /** The path from the related row, and its column. */
  readonly rest: string;
  readonly found: PathColumn;
}

function relatedStep(schema: AnySchema, plan: RelationPlan, name: string): RelatedStep {
  const place = `${plan.relation.key}: orderBy ${JSON.stringify(name)}`;
  return onlyRelation(place, relationNames(schema, plan, name), relation => {
    const link = linkToOne(schema, plan.relation, relation, place);
    const target = relationPlan(schema, link.table);
    const rest = name.slice(relation.length + 1);
    return { target, link, rest, found: relatedColumn(schema, target, rest) };
  });
}

/** A column of a table, or of the row that it refers to, with the table that has the column. */
interface PathColumn {
  readonly table: string;
  readonly column: ColumnPlan;
  readonly isOwn: boolean;
}

/** The column at the end of a path. */
export function relatedColumn(schema: AnySchema, plan: RelationPlan, name: string): PathColumn {
  if (!isRelatedName({ plan }, name))
    return { table: plan.relation.key, column: planColumn(plan, name), isOwn: true };
  return { ...relatedStep(schema, plan, name).found, isOwn: false };
}

/** A subquery that returns a column of the row that a row refers to, inside the scope; NULL without such a row. */
export function relatedColumnSql(context: ConditionContext, name: string, depth = 1): string {
  const { schema, plan, binder } = context;
  const outer = context.prefix || `${plan.alias}.`;
  if (!isRelatedName(context, name)) return `${outer}${orderedColumn(plan, name).quoted}`;
  const { target, link, rest } = relatedStep(schema, plan, name);
  // The alias must not hide the row outside, whose table can have that name.
  const alias = quoteIdentifier(relatedAlias(`order${depth}`, [target.alias, outer.slice(0, -1)]));
  const same = link.to.map(
    (column, at) =>
      `${alias}.${planColumn(target, column).quoted} = ${outer}${planColumn(plan, link.from[at]!).quoted}`,
  );
  const inner = { ...context, plan: target, prefix: `${alias}.` };
  const value = relatedColumnSql(inner, rest, depth + 1);
  const conditions = joinConditions([...same, target.scope.condition(binder, `${alias}.`)]);
  return `(SELECT ${value} FROM ${relatedTableSql(link, target)} AS ${alias} WHERE ${conditions})`;
}

function orderedColumn(plan: RelationPlan, name: string): ColumnPlan {
  const found = planColumn(plan, name);
  if (canSort(found.filterCodec)) return found;
  throw new ArgumentError(
    `${found.label}: type ${found.column.type} has no order; order by a different column, or by expr`,
  );
}

// The name of a table or foreign key can contain a dot, too.
function relationNames(schema: AnySchema, { relation }: RelationPlan, name: string): readonly string[] {
  const names = pathBeginnings(name);
  const known = names.filter(
    one => findRelation(schema, one) !== undefined || relation.foreignKeys.some(key => key.name === one),
  );
  return known.length > 0 ? known : names.slice(0, 1);
}
