import { ArgumentError } from "../errors.ts";
import { findRelation } from "../schema/relation-of.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { linkOf, relatedTableSql } from "./relation-link.ts";
import { aliasBeside, type ConditionContext, planColumn, relationPlan } from "./relation-plan.ts";
import { joinConditions } from "./statement.ts";

// A path such as `artist.name`, unless a column has that name.
function isRelatedName({ plan }: Pick<ConditionContext, "plan">, name: unknown): name is string {
  return typeof name === "string" && name.includes(".") && !plan.columns.has(name);
}

/** A subquery that returns a column of the row that a row refers to, inside the scope; NULL without such a row. */
export function relatedColumnSql(context: ConditionContext, name: string, depth = 1): string {
  const { schema, plan, binder } = context;
  if (!isRelatedName(context, name))
    return `${context.prefix || `${plan.alias}.`}${planColumn(plan, name).quoted}`;
  const relation = relationName(schema, name);
  const link = linkOf(schema, plan.relation, relation, {});
  const { table, isMany, from, to } = link;
  if (isMany)
    throw new ArgumentError(
      `${plan.relation.key}: orderBy ${JSON.stringify(name)}: there are many rows of ${relation}; order by a column of one related row, or by expr`,
    );
  const target = relationPlan(schema, table);
  const alias = aliasBeside(target, `order${depth}`);
  const outer = context.prefix || `${plan.alias}.`;
  const same = to.map(
    (column, at) =>
      `${alias}.${planColumn(target, column).quoted} = ${outer}${planColumn(plan, from[at]!).quoted}`,
  );
  const inner = { ...context, plan: target, prefix: `${alias}.` };
  const value = relatedColumnSql(inner, name.slice(relation.length + 1), depth + 1);
  const conditions = joinConditions([...same, target.scope.condition(binder, `${alias}.`)]);
  return `(SELECT ${value} FROM ${relatedTableSql(link, target)} AS ${alias} WHERE ${conditions})`;
}

// The name of a table can contain a dot, too.
function relationName(schema: AnySchema, name: string): string {
  const parts = name.split(".");
  for (let count = 1; count < parts.length; count++) {
    const relation = parts.slice(0, count).join(".");
    if (findRelation(schema, relation) !== undefined) return relation;
  }
  return parts[0]!;
}
