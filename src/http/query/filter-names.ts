import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { relatedAlias } from "../../statements/relation-condition.ts";
import { linkOf } from "../../statements/relation-link.ts";
import { onlyRelation, pathBeginnings } from "../../statements/relation-path.ts";
import { planColumn, type RelationPlan, relationPlan } from "../../statements/relation-plan.ts";
import { describeValue } from "../../types/problem.ts";
import { operatorsOf, type QueryOperator } from "./query-operators.ts";

/**
 * The names that a URL may filter by: columns, `customer.country` for a row that is referred to, `invoice_line.quantity`
 * for rows that refer to this one. As a list each name has the operators of its type, except `matches`, which can be slow.
 */
export type FilterNames = readonly string[] | Readonly<Record<string, true | readonly QueryOperator[]>>;

/** One step of a path from a table to a column. */
export interface RelationStep {
  readonly name: string;
  readonly isMany: boolean;
  /** The alias of its table in the statement. */
  readonly alias: string;
}

/** A name that a URL may filter by. */
export interface FilterName {
  /** `customer.country` */
  readonly name: string;
  readonly steps: readonly RelationStep[];
  /** The table of the column. */
  readonly table: string;
  readonly column: ColumnPlan;
  readonly operators: ReadonlySet<QueryOperator>;
}

/** The names of the option `filter`, resolved. Throws UnknownNameError and ArgumentError. */
export function filterNames(
  schema: AnySchema,
  table: string,
  names: FilterNames = [],
): ReadonlyMap<string, FilterName> {
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(names)
    ? names.map(name => [name, true])
    : Object.entries(names);
  const plan = relationPlan(schema, table);
  return new Map(
    entries.map(([name, operators]) => {
      if (typeof name !== "string")
        throw new ArgumentError(
          `${plan.relation.key}: filter must have names of columns, received ${describeValue(name)}`,
        );
      return [name, filterName(schema, plan, name, operators)];
    }),
  );
}

function filterName(schema: AnySchema, plan: RelationPlan, name: string, operators: unknown): FilterName {
  const { steps, table, column } = resolvePath(schema, plan, name, [], [plan.alias]);
  const possible = operatorsOf(column.filterCodec);
  return { name, steps, table, column, operators: chosenOperators(column, possible, operators) };
}

function chosenOperators(
  { label, column }: ColumnPlan,
  possible: readonly QueryOperator[],
  chosen: unknown,
): ReadonlySet<QueryOperator> {
  if (chosen === true) return new Set(possible.filter(name => name !== "matches"));
  if (!Array.isArray(chosen))
    throw new ArgumentError(
      `${label}: filter must be true or an array of operators, received ${describeValue(chosen)}`,
    );
  const unknown = chosen.find(name => !possible.includes(name));
  if (unknown === undefined) return new Set(chosen as readonly QueryOperator[]);
  throw new UnknownNameError(
    `${label}: type ${column.type} has no operator ${JSON.stringify(unknown)} in a URL${nearest(String(unknown), possible)}`,
  );
}

type FilterPath = Pick<FilterName, "steps" | "table" | "column">;

// The names of columns and relations may contain dots.
function resolvePath(
  schema: AnySchema,
  plan: RelationPlan,
  name: string,
  steps: readonly RelationStep[],
  around: readonly string[],
): FilterPath {
  if (plan.columns.has(name) || !name.includes("."))
    return { steps, table: plan.relation.key, column: planColumn(plan, name) };
  const place = `${plan.relation.key}: filter ${JSON.stringify(name)}`;
  return onlyRelation(place, pathBeginnings(name), relation => {
    const link = linkOf(schema, plan.relation, relation, {});
    const target = relationPlan(schema, link.table);
    const alias = relatedAlias(target.relation.name, around);
    const all = [...steps, { name: relation, isMany: link.isMany, alias }];
    const rest = name.slice(relation.length + 1);
    return resolvePath(schema, target, rest, all, [...around, quoteIdentifier(alias)]);
  });
}
