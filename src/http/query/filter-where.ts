import { addProperty } from "../../rows/row-objects.ts";
import { and, every, none, some } from "../../statements/combinations.ts";
import type { Where } from "../../statements/filter.ts";
import type { FilterCondition, RelationTest } from "./filter-parameter.ts";

/**
 * The filter that all conditions hold. Conditions on the same relation concern the same related row.
 */
export function filterWhere(conditions: readonly FilterCondition[], depth = 0): Where {
  const own = conditions.filter(({ relations }) => relations.length === depth);
  if (own.length === conditions.length) return allOf(ownFilters(own));
  const related = Map.groupBy(
    conditions.filter(({ relations }) => relations.length > depth),
    ({ relations }) => `${relations[depth]!.quantifier} ${relations[depth]!.name}`,
  );
  return allOf([
    ...ownFilters(own),
    ...[...related.values()].map(group => relationFilter(group, group[0]!.relations[depth]!, depth)),
  ]);
}

function allOf(filters: readonly Where[]): Where {
  return filters.length === 1 ? filters[0]! : and(...filters);
}

const QUANTIFIERS = { some, none, every } as const;

function relationFilter(
  conditions: readonly FilterCondition[],
  { name, quantifier }: RelationTest,
  depth: number,
): Where {
  return QUANTIFIERS[quantifier](name, filterWhere(conditions, depth + 1));
}

// One object while each column occurs once, because the statement of such a filter is cached.
function ownFilters(conditions: readonly FilterCondition[]): Where[] {
  const columns = conditions.filter(({ column }) => column !== undefined);
  const filters = conditions.filter(({ column }) => column === undefined).map(({ test }) => test as Where);
  const names = new Set(columns.map(({ column }) => column));
  const objects = names.size === columns.length ? [columns] : columns.map(condition => [condition]);
  return [...objects.map(columnFilters), ...filters];
}

function columnFilters(conditions: readonly FilterCondition[]): Where {
  const filter: Record<string, unknown> = {};
  for (const { column, test } of conditions) addProperty(filter, column!, test);
  return filter as Where;
}
