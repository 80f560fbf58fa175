import { ArgumentError } from "../errors.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import { describeValue } from "../types/problem.ts";
import { NEVER } from "./equality-sql.ts";
import { isOfOwnRows, type Link, type LinkOptions, linkOf, relatedTableSql } from "./relation-link.ts";
import {
  type ConditionContext,
  ownRowSql,
  planColumn,
  type RelationPlan,
  relationPlan,
} from "./relation-plan.ts";
import { dropParams } from "./statement.ts";

/** `EXISTS (SELECT FROM ...)` of related rows; `conditionSql` compiles their filter. Constant if the filter is. */
export function relationConditionSql(
  context: ConditionContext,
  name: "some" | "none" | "every",
  [relation, where, options]: readonly unknown[],
  conditionSql: (context: ConditionContext, where: unknown) => string,
): string {
  const { schema, plan, binder } = context;
  if (typeof relation !== "string")
    throw new ArgumentError(
      `${plan.relation.key}: ${name} requires the name of a relation, received ${describeValue(relation)}`,
    );
  const link = linkOf(schema, plan.relation, relation, (options ?? {}) as LinkOptions);
  const target = relationPlan(schema, link.table);
  const count = binder.params.length;
  const around = [...(context.around ?? [plan.alias])];
  const alias = quoteIdentifier(relatedAlias(target.relation.name, around));
  const inner: ConditionContext = {
    schema,
    plan: target,
    binder,
    prefix: `${alias}.`,
    around: [...around, alias],
  };
  const from = relatedFrom(
    context,
    link,
    target,
    alias,
    quoteIdentifier(relatedAlias("junction", [...around, alias])),
  );
  if (name === "every" && where === undefined)
    throw new ArgumentError(`${plan.relation.key}: every requires a filter, received undefined`);
  const filter = conditionSql(inner, where);
  if (filter === (name === "every" ? "" : NEVER)) {
    dropParams(binder, count);
    return name === "some" ? NEVER : "";
  }
  const conditions = [
    ...from.conditions,
    name === "every" ? `(${filter}) IS NOT TRUE` : filter,
    target.scope.condition(binder, inner.prefix),
  ].filter(text => text !== "");
  const exists = `EXISTS (SELECT FROM ${from.text} WHERE ${conditions.join(" AND ")})`;
  return name === "some" ? exists : `NOT ${exists}`;
}

/**
 * The alias of a related table, not quoted. A table can occur again inside itself: an employee whose manager ...
 * @param around the quoted aliases of the outer tables
 */
export function relatedAlias(table: string, around: readonly string[]): string {
  let alias = table;
  for (let number = 2; around.includes(quoteIdentifier(alias)); number++) alias = `${table}_${number}`;
  return alias;
}

interface RelatedFrom {
  readonly text: string;
  readonly conditions: readonly string[];
}

function relatedFrom(
  { schema, plan, prefix, binder }: ConditionContext,
  link: Link,
  target: RelationPlan,
  alias: string,
  junction: string,
): RelatedFrom {
  const { from, to, through } = link;
  const outer = prefix || `${plan.alias}.`;
  const related = relatedTableSql(link, target);
  const named = target.alias === alias ? related : `${related} AS ${alias}`;
  const equal = (owner: RelationPlan, ownerAlias: string): string[] =>
    to.map((name, index) => {
      const own = planColumn(plan, from[index]!).quoted;
      return `${ownerAlias}.${planColumn(owner, name).quoted} = ${outer}${own}`;
    });
  const own = isOfOwnRows(link, plan) ? [ownRowSql(plan, `${outer}tableoid`)] : [];
  if (through === undefined) return { text: named, conditions: [...own, ...equal(target, alias)] };
  const middle = relationPlan(schema, through.table);
  const on = through.from.map((name, index) => {
    const column = planColumn(target, through.to[index]!).quoted;
    return `${alias}.${column} = ${junction}.${planColumn(middle, name).quoted}`;
  });
  return {
    text: `${middle.name} AS ${junction} JOIN ${named} ON ${on.join(" AND ")}`,
    conditions: [...own, ...equal(middle, junction), middle.scope.condition(binder, `${junction}.`)],
  };
}
