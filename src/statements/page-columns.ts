import { ArgumentError } from "../errors.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { hasOrder } from "../types/type-operators.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import { type OrderBy, orderParts, orderTerms, requireNoDirection } from "./order.ts";
import type { PageColumn } from "./page-position.ts";
import { relatedColumn, relatedColumnSql } from "./related-order.ts";
import { aliasBeside, planColumn, type RelationPlan, unusedName } from "./relation-plan.ts";
import { type Clause, NO_CLAUSE } from "./statement.ts";

/** The columns of a page's order, followed by columns of a unique key that break ties. */
export function pageColumns(
  schema: AnySchema,
  plan: RelationPlan,
  orderBy: OrderBy | undefined,
): readonly PageColumn[] {
  const given = orderTerms(orderBy).map((term, at): PageColumn => {
    if (isFragment(term))
      throw new ArgumentError(`${plan.relation.key}: a page cannot be ordered by expr; order by columns`);
    const { name, isDescending, nulls } = orderParts(plan.relation.key, term);
    const nullsFirst = nulls === undefined ? isDescending : nulls === "first";
    return { ...orderedColumn(schema, plan, name, at), isDescending, nullsFirst };
  });
  const isDescending = given.at(-1)?.isDescending ?? false;
  const own = given.filter(({ path }) => path === undefined);
  const names = new Set(own.map(({ column }) => column.column.name));
  const ties = tieBreakers(plan, names).filter(({ column }) => !names.has(column.name));
  return [
    ...given,
    ...ties.map(column => ({ ...ownColumn(plan, column), isDescending, nullsFirst: isDescending })),
  ];
}

type Place = Pick<PageColumn, "column" | "prefix" | "table" | "path">;

function ownColumn({ relation, alias }: RelationPlan, column: ColumnPlan): Place {
  return { column, prefix: `${alias}.`, table: relation.key };
}

function orderedColumn(schema: AnySchema, plan: RelationPlan, name: string, at: number): Place {
  requireNoDirection(plan, name);
  const { table, column, isOwn } = relatedColumn(schema, plan, name);
  if (!hasOrder(column.filterCodec))
    throw new ArgumentError(
      `${column.label}: type ${column.column.type} has no order, so a page by this column is not possible`,
    );
  if (isOwn) return ownColumn(plan, column);
  const quoted = quoteIdentifier(unusedName(plan, `related${at + 1}`));
  const nullable = { ...column.column, notNull: false };
  return {
    column: { ...column, quoted, column: nullable },
    prefix: `${aliasBeside(plan, "related")}.`,
    table,
    path: name,
  };
}

/**
 * The join that computes the columns of related rows once, for the position, the order and the page token. PostgreSQL
 * plans its subqueries as if they were written in these places.
 */
export function relatedJoin(schema: AnySchema, plan: RelationPlan, columns: readonly PageColumn[]): Clause {
  const related = columns.filter(({ path }) => path !== undefined);
  if (related.length === 0) return NO_CLAUSE;
  const prefix = `${plan.alias}.`;
  return {
    shape: undefined,
    params: [],
    sql: binder => {
      const values = related.map(
        ({ path, column }) =>
          `${relatedColumnSql({ schema, plan, binder, prefix }, path!)} AS ${column.quoted}`,
      );
      return ` CROSS JOIN LATERAL (SELECT ${values.join(", ")}) AS ${aliasBeside(plan, "related")}`;
    },
  };
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
    throw new ArgumentError(
      `${relation.key} has no unique key to break ties, so page is not possible; add one, or state it with declare`,
    );
  return key.map(name => planColumn(plan, name));
}
