import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Column, Relation, RelationName, UniqueKey } from "../../schema/snapshot.ts";
import { attachSql, detachSql } from "../define/relation-definition.ts";
import { mentions } from "../expression-columns.ts";
import { isSame, type Pair } from "./compare.ts";
import { usesLost } from "./lost-parts.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";
import type { TableContext } from "./table-plan.ts";
import { isReplacedType } from "./type-plan.ts";

/** The partitions and inheriting tables that are detached during the migration, so that each table can change by itself. */
export interface InheritancePlan {
  readonly detached: readonly Pair<Relation>[];
  /** As they are after the migration; includes new tables. */
  readonly attached: readonly Relation[];
  /** The ids of all tables of a hierarchy whose tables are detached from each other, parents included. */
  readonly separated: ReadonlySet<string>;
}

export function inheritancePlan(
  tables: readonly Pair<Relation>[],
  isChanged: (table: Relation) => boolean,
): InheritancePlan {
  const separated = separatedTables(tables, isChanged);
  const isSeparated = ({ before, after }: Pair<Relation>): boolean =>
    before !== undefined && after !== undefined && separated.has(relationId(after));
  const detached = new Map(
    tables.flatMap(pair =>
      isSeparated(pair) && pair.before!.parents.length > 0 ? [[pair.before!, pair] as const] : [],
    ),
  );
  return {
    // PostgreSQL passes a new identity column on to no partition of a partition when it attaches it, but requires it in all
    // of them when it detaches it.
    detached: childrenFirst([...detached.keys()]).map(table => detached.get(table)!),
    attached: parentsFirst(
      tables.flatMap(pair =>
        (pair.before === undefined || isSeparated(pair)) && (pair.after?.parents.length ?? 0) > 0
          ? [pair.after!]
          : [],
      ),
    ),
    separated,
  };
}

// A change of a table separates its whole hierarchy.
function separatedTables(
  tables: readonly Pair<Relation>[],
  isChanged: (table: Relation) => boolean,
): ReadonlySet<string> {
  const relatives = relativesOf(tables);
  const separated = new Set<string>();
  const visit = (id: string): void => {
    if (separated.has(id) || !relatives.has(id)) return;
    separated.add(id);
    for (const other of relatives.get(id)!) visit(other);
  };
  for (const { before, after } of tables) {
    if (before === undefined || after === undefined)
      for (const child of remainingChildren(tables, (before ?? after)!)) visit(child);
    else if (hasMoved(before, after) || isChanged(after)) visit(relationId(after));
  }
  return separated;
}

function hasMoved(before: Relation, after: Relation): boolean {
  return !isSame(before.parents, after.parents) || before.partitionBound !== after.partitionBound;
}

/** The parents and children of each table, among the tables of both snapshots. */
function relativesOf(tables: readonly Pair<Relation>[]): ReadonlyMap<string, ReadonlySet<string>> {
  const relatives = new Map<string, Set<string>>();
  const add = (a: string, b: string): void => {
    relatives.set(a, (relatives.get(a) ?? new Set()).add(b));
  };
  for (const { before, after } of tables)
    if (before !== undefined && after !== undefined)
      for (const parent of [...before.parents, ...after.parents]) {
        add(relationId(after), relationId(parent));
        add(relationId(parent), relationId(after));
      }
  return relatives;
}

/** The children of a table that is dropped and created again. A child that gains or loses a parent has moved itself. */
function remainingChildren(tables: readonly Pair<Relation>[], parent: Relation): readonly string[] {
  return tables.flatMap(({ before, after }) =>
    before && after?.parents.some(one => isSameName(one, parent)) ? [relationId(after)] : [],
  );
}

/** A table without its parents: since PostgreSQL 17 a partition has the identity columns of its parent. */
export function detachedTable({ serverVersionNum }: AnySchema, table: Relation): Relation {
  if (!table.isPartition || serverVersionNum < 170_000) return table;
  const columns = table.columns.map(column => ({ ...column, identity: null, identityOptions: null }));
  return { ...table, columns };
}

/**
 * A table as it must be when it is attached. PostgreSQL adopts no exclusion constraint and no temporal key of a partition, but
 * creates those of the parent.
 */
export function attachableTable(schema: AnySchema, table: Relation): Relation {
  const detached = detachedTable(schema, table);
  const parent = table.isPartition
    ? schema.relations.find(relation => table.parents.some(name => isSameName(name, relation)))
    : undefined;
  if (parent === undefined) return detached;
  const { primaryKey, uniqueKeys, exclusions } = detached;
  const isOfParent = ({ period, columns }: UniqueKey): boolean =>
    period && parent.uniqueKeys.some(key => key.period && Bun.deepEquals(key.columns, columns));
  return {
    ...detached,
    primaryKey: primaryKey?.period === true && parent.primaryKey !== null ? null : primaryKey,
    uniqueKeys: uniqueKeys.filter(key => !isOfParent(key)),
    exclusions: exclusions.filter(
      ({ definition }) => !parent.exclusions.some(one => one.definition === definition),
    ),
  };
}

/** Sorts tables so that each precedes its parents; the order of others remains. */
export function childrenFirst(tables: readonly Relation[]): readonly Relation[] {
  const byId = new Map(tables.map(table => [relationId(table), table]));
  const depth = (table: Relation | undefined): number =>
    Math.max(0, ...(table?.parents ?? []).map(name => 1 + depth(byId.get(relationId(name)))));
  return tables.toSorted((a, b) => depth(b) - depth(a));
}

/** Sorts tables so that each follows its parents; the order of others remains. */
function parentsFirst(tables: readonly Relation[]): readonly Relation[] {
  return childrenFirst(tables.toReversed()).toReversed();
}

/** Detaches a table from its parents; a table that is not attached again loses its copies of their foreign keys. */
export function detachSteps(table: Relation, after: Relation | undefined): readonly MigrationStep[] {
  const copies = isSame(table.parents, after?.parents ?? [])
    ? []
    : table.foreignKeys.filter(({ isInherited }) => isInherited);
  return [
    ...table.parents.map(parent =>
      step(
        table.isPartition
          ? detachSql(parent, table)
          : `ALTER TABLE ${quoteName(table)} NO INHERIT ${quoteName(parent)}`,
      ),
    ),
    // The copy no longer exists if the key of the parent was dropped.
    ...copies.map(({ name }) =>
      step(`ALTER TABLE ${quoteName(table)} DROP CONSTRAINT IF EXISTS ${quoteIdentifier(name)}`),
    ),
  ];
}

/** Attaches a table to its parents; `existing` are the tables before the migration, by `relationId`. */
export function attachSteps(
  table: Relation,
  existing: ReadonlyMap<string, Relation>,
): readonly MigrationStep[] {
  const before = existing.get(relationId(table));
  if (!table.isPartition)
    return table.parents.map(parent => step(`ALTER TABLE ${quoteName(table)} INHERIT ${quoteName(parent)}`));
  const isNewPlace = before === undefined || hasMoved(before, table);
  return table.parents.map(parent => {
    const text = attachSql(parent, table, String(table.partitionBound));
    const others = isNewPlace ? defaultPartition(parent, table, existing) : undefined;
    if (before !== undefined && isNewPlace)
      return uncertainStep(text, `${table.schema}.${table.name}: existing rows may be outside the partition`);
    return others === undefined
      ? step(text)
      : uncertainStep(
          text,
          `${others.schema}.${others.name}: existing rows may belong to ${table.schema}.${table.name}`,
        );
  });
}

/** The partition of a table that has the rows of no other one. */
function defaultPartition(
  parent: RelationName,
  partition: Relation,
  existing: ReadonlyMap<string, Relation>,
): Relation | undefined {
  return [...existing.values()].find(
    one =>
      one.partitionBound === "DEFAULT" &&
      !isSameName(one, partition) &&
      one.parents.some(name => isSameName(name, parent)),
  );
}

/** Whether a partitioned table keeps its partition key, which no ALTER changes. */
export function keepsPartitionKey(context: TableContext, before: Relation, after: Relation): boolean {
  return before.partitionKey === after.partitionKey && !changesPartitionKey(context, before, after);
}

/** Whether a partition key uses something that is dropped, or a column of it gets another type or moves with `columnOrder`. */
export function changesPartitionKey(
  { to, replaced, lost, columnOrder }: TableContext,
  before: Relation | undefined,
  after: Relation,
): boolean {
  if (before?.partitionKey == null || after.partitionKey === null) return false;
  if (usesLost(lost, before, before.partitionKey)) return true;
  const isKey = ({ name }: Column): boolean => mentions(after.partitionKey, new Set([name]));
  const known = new Map(before.columns.map(column => [column.name, column]));
  const order = before.columns.filter(({ name }) => after.columns.some(column => column.name === name));
  const end = after.columns.findIndex(({ name }, index) => order[index]?.name !== name);
  return after.columns.some((column, index) => {
    const old = known.get(column.name);
    if (old === undefined || !isKey(column)) return false;
    const isMoved = columnOrder(after) && end !== -1 && index >= end;
    return (
      isMoved ||
      old.type !== column.type ||
      old.collation !== column.collation ||
      isReplacedType(to, replaced, column.typeKey)
    );
  });
}
