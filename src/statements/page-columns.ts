import { ArgumentError } from "../errors.ts";
import { childrenOf } from "../schema/partitions.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema, Relation, UniqueKey } from "../schema/snapshot.ts";
import { hasOrder } from "../types/type-operators.ts";
import { type ColumnPlan, columnPlan } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import { type OrderBy, orderParts, orderTerms, requireNoDirection } from "./order.ts";
import { isNeverNull, type PageColumn } from "./page-position.ts";
import { relatedColumn, relatedColumnSql } from "./related-order.ts";
import { aliasBeside, planColumn, type RelationPlan, unusedName } from "./relation-plan.ts";
import { type Clause, NO_CLAUSE } from "./statement.ts";
import { systemColumn } from "./system-column.ts";

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
  const ties = tieBreakers(schema, plan, names).filter(({ column }) => !names.has(column.name));
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
  requireOrder(column);
  if (isOwn) return ownColumn(plan, column);
  const quoted = quoteIdentifier(unusedName(plan, `related${at + 1}`));
  const nullable = { ...column.column, nullOnRead: "possible" as const };
  return {
    column: { ...column, quoted, column: nullable },
    prefix: `${aliasBeside(plan, "related")}.`,
    table,
    path: name,
  };
}

function requireOrder({ label, column, filterCodec }: ColumnPlan): void {
  if (hasOrder(filterCodec)) return;
  throw new ArgumentError(
    `${label}: type ${column.type} has no order, so a page by this column is not possible`,
  );
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
function tieBreakers(
  schema: AnySchema,
  plan: RelationPlan,
  ordered: ReadonlySet<string>,
): readonly ColumnPlan[] {
  const { relation } = plan;
  const keys = uniqueKeysOf(relation).filter(({ columns, declared }) =>
    columns.every(name => name !== null && (declared || isNeverNull(planColumn(plan, name)))),
  );
  const columnsOf = ({ columns }: UniqueKey) => columns.map(name => planColumn(plan, name!));
  // A type such as hstore has an index, but no order by `<`.
  const comparable = keys.filter(key => columnsOf(key).every(({ filterCodec }) => hasOrder(filterCodec)));
  const isOrdered = ({ columns }: UniqueKey) => columns.every(name => ordered.has(name!));
  const key = comparable.find(isOrdered) ?? comparable[0] ?? keys[0];
  if (key === undefined)
    throw new ArgumentError(
      `${relation.key} has no unique key to break ties, so page is not possible; add one, or state it with declare`,
    );
  const columns = columnsOf(key);
  columns.forEach(requireOrder);
  return key.declared ? columns : [...columns, ...inheritedTies(schema, plan, key)];
}

function uniqueKeysOf({ primaryKey, uniqueKeys }: Relation): readonly UniqueKey[] {
  return [...(primaryKey ? [primaryKey] : []), ...uniqueKeys].filter(
    ({ valid, predicate, deferrable }) => valid && predicate === null && !deferrable,
  );
}

// Tables that inherit from the table can have rows with the same key, and several of them if they do not have the key too.
function inheritedTies(schema: AnySchema, plan: RelationPlan, { columns }: UniqueKey): readonly ColumnPlan[] {
  if (!plan.hasChildren) return [];
  const isKept = descendants(schema, plan.relation).every(child =>
    uniqueKeysOf(child).some(key => key.columns.every(name => columns.includes(name))),
  );
  const tie = (name: string, type: string): ColumnPlan =>
    columnPlan(schema, plan.relation, systemColumn(name, type));
  return [tie("tableoid", "oid"), ...(isKept ? [] : [tie("ctid", "tid")])];
}

function descendants(schema: AnySchema, relation: Relation): readonly Relation[] {
  return childrenOf(schema, relation).flatMap(child => [child, ...descendants(schema, child)]);
}
