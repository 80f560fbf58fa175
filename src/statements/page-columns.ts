import { ArgumentError } from "../errors.ts";
import { hasOrder } from "../types/has-order.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import { type OrderBy, orderParts, orderTerms } from "./order.ts";
import type { PageColumn } from "./page-position.ts";
import { planColumn, type RelationPlan } from "./relation-plan.ts";

/** The columns of a page's order, followed by columns of a unique key that break ties. */
export function pageColumns(plan: RelationPlan, orderBy: OrderBy | undefined): readonly PageColumn[] {
  const given = orderTerms(orderBy).map(term => {
    if (isFragment(term))
      throw new ArgumentError(`${plan.relation.key}: a page cannot be ordered by expr; order by columns`);
    const { name, isDescending, nulls } = orderParts(plan.relation.key, term);
    const nullsFirst = nulls === undefined ? isDescending : nulls === "first";
    return { column: orderedColumn(plan, name), isDescending, nullsFirst };
  });
  const isDescending = given.at(-1)?.isDescending ?? false;
  const names = new Set(given.map(({ column }) => column.column.name));
  const ties = tieBreakers(plan, names).filter(({ column }) => !names.has(column.name));
  return [...given, ...ties.map(column => ({ column, isDescending, nullsFirst: isDescending }))];
}

function orderedColumn(plan: RelationPlan, name: string): ColumnPlan {
  const column = planColumn(plan, name);
  if (hasOrder(column.filterCodec)) return column;
  throw new ArgumentError(
    `${column.label}: type ${column.column.type} has no order, so a page by this column is not possible`,
  );
}

/** The columns of a unique key that is never null: one inside the order, or else the first. */
function tieBreakers(plan: RelationPlan, ordered: ReadonlySet<string>): readonly ColumnPlan[] {
  const { relation } = plan;
  const keys = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys]
    .filter(({ valid, predicate, deferrable }) => valid && predicate === null && !deferrable)
    .filter(({ columns, declared }) =>
      columns.every(name => name !== null && (declared || plan.columns.get(name)?.column.notNull)),
    )
    .map(({ columns }) => columns.filter(name => name !== null));
  const key = keys.find(names => names.every(name => ordered.has(name))) ?? keys[0];
  if (key === undefined)
    throw new ArgumentError(`${relation.key} has no unique key to break ties, so page is not possible`);
  return key.map(name => planColumn(plan, name));
}
