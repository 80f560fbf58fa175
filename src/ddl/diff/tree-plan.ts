import type { Relation, RelationName } from "../../schema/snapshot.ts";
import { isSame, type Matched } from "./matched.ts";

/** Partitions and inheriting tables that leave their parents and come back, so that each table can change by itself. */
export interface TreePlan {
  /** As they were. */
  readonly detached: readonly Relation[];
  /** As they will be; new ones too. */
  readonly attached: readonly Relation[];
  /** Names of the tables of which one is loose for the time being, parents too. */
  readonly loose: ReadonlySet<string>;
}

export function treePlan(
  tables: readonly Matched<Relation>[],
  isChanged: (before: Relation, after: Relation) => boolean,
): TreePlan {
  const loose = looseTables(tables, isChanged);
  const isLoose = ({ before, after }: Matched<Relation>): boolean =>
    before !== undefined && after !== undefined && loose.has(tableId(after));
  return {
    detached: tables.flatMap(pair =>
      isLoose(pair) && pair.before!.parents.length > 0 ? [pair.before!] : [],
    ),
    attached: tables.flatMap(pair =>
      (pair.before === undefined || isLoose(pair)) && (pair.after?.parents.length ?? 0) > 0
        ? [pair.after!]
        : [],
    ),
    loose,
  };
}

export function tableId({ schema, name }: RelationName): string {
  return JSON.stringify([schema, name]);
}

// A change of one table reaches its parents and children, and theirs.
function looseTables(
  tables: readonly Matched<Relation>[],
  isChanged: (before: Relation, after: Relation) => boolean,
): ReadonlySet<string> {
  const links = linksOf(tables);
  const loose = new Set<string>();
  const visit = (id: string): void => {
    if (loose.has(id) || !links.has(id)) return;
    loose.add(id);
    for (const other of links.get(id)!) visit(other);
  };
  for (const { before, after } of tables) {
    if (before === undefined || after === undefined) continue;
    const hasMoved = !isSame(before.parents, after.parents) || before.partitionBound !== after.partitionBound;
    if (hasMoved || isChanged(before, after)) visit(tableId(after));
  }
  for (const { before, after } of tables) {
    const isParentOnly = before === undefined || after === undefined;
    if (isParentOnly) for (const child of childrenOf(tables, (before ?? after)!)) visit(child);
  }
  return loose;
}

// Between a parent and a child that both stay.
function linksOf(tables: readonly Matched<Relation>[]): ReadonlyMap<string, ReadonlySet<string>> {
  const links = new Map<string, Set<string>>();
  const link = (a: string, b: string): void => {
    links.set(a, (links.get(a) ?? new Set()).add(b));
  };
  for (const { before, after } of tables)
    if (before !== undefined && after !== undefined)
      for (const parent of [...before.parents, ...after.parents]) {
        link(tableId(after), tableId(parent));
        link(tableId(parent), tableId(after));
      }
  return links;
}

// Those that stay while the parent does not.
function childrenOf(tables: readonly Matched<Relation>[], parent: Relation): readonly string[] {
  return tables.flatMap(({ before, after }) =>
    before !== undefined &&
    after !== undefined &&
    [...before.parents, ...after.parents].some(one => tableId(one) === tableId(parent))
      ? [tableId(after)]
      : [],
  );
}

/** Tables, each before those whose partition or child it is. */
export function childrenFirst(tables: readonly Relation[]): readonly Relation[] {
  const byId = new Map(tables.map(table => [tableId(table), table]));
  const depth = (table: Relation | undefined): number =>
    Math.max(0, ...(table?.parents ?? []).map(name => 1 + depth(byId.get(tableId(name)))));
  return tables.toSorted((a, b) => depth(b) - depth(a));
}
