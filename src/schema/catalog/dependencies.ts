import { byName, byRelationName } from "../relation-name.ts";
import type { RelationName, SqlFunction } from "../snapshot.ts";
import { CATALOGS, type Catalog, realSchemaName } from "./catalog.ts";
import { DEPENDENCIES } from "./dependency-parts.ts";
import type { DependencyRow } from "./object-rows.ts";

/** What a function or object uses and what uses it. `of` is the oid of its catalog. */
export function dependenciesOf(
  catalog: Catalog,
  of: number,
  oid: number,
): Pick<SqlFunction, "uses" | "usesFunctions" | "usedBy"> {
  const used = rowsOf(catalog, of, oid, "uses");
  return {
    uses: distinctNames(catalog, used),
    usesFunctions: used.flatMap(({ 8: signature }) => signature ?? []).toSorted(byName),
    usedBy: distinctNames(catalog, rowsOf(catalog, of, oid, "usedBy")),
  };
}

/** The parents of a relation in order. */
export function parentsOf(catalog: Catalog, relation: number): readonly RelationName[] {
  const rows = rowsOf(catalog, CATALOGS.relation, relation, "parent");
  return rows.toSorted((a, b) => a[5] - b[5]).map(row => nameOf(catalog, row));
}

/** The relations that a view reads. */
export function sourcesOf(catalog: Catalog, view: number): readonly RelationName[] {
  return distinctNames(catalog, rowsOf(catalog, CATALOGS.relation, view, "source"));
}

function rowsOf(
  { dependency }: Catalog,
  of: number,
  oid: number,
  kind: keyof typeof DEPENDENCIES,
): readonly DependencyRow[] {
  const rows = dependency.get(oid) ?? [];
  return rows.filter(row => row[2] === of && row[4] === DEPENDENCIES[kind]);
}

// A function may be used by several defaults of a table.
function distinctNames(catalog: Catalog, rows: readonly DependencyRow[]): readonly RelationName[] {
  const names = rows.filter(row => row[7] !== null).map(row => nameOf(catalog, row));
  const sorted = names.toSorted(byRelationName);
  return sorted.filter((name, index) => index === 0 || byRelationName(name, sorted[index - 1]!) !== 0);
}

function nameOf(catalog: Catalog, { 3: schema, 7: name }: DependencyRow): RelationName {
  return { schema: realSchemaName(catalog, schema ?? 0), name: name ?? "" };
}
