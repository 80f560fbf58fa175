import { byName, byRelationName } from "../relation-name.ts";
import type { Collation, Extension } from "../snapshot.ts";
import { allRows, type Catalog } from "./catalog.ts";

/** The installed extensions by name. */
export function buildExtensions({ installed }: Catalog): readonly Extension[] {
  return allRows(installed)
    .map(({ 7: name, 8: schema, 9: requires }) => ({
      name,
      schema,
      requires: JSON.parse(requires) as readonly string[],
    }))
    .toSorted((a, b) => byName(a.name, b.name));
}

/** The collations that are not PostgreSQL's own, by name. */
export function buildCollations({ collation }: Catalog): readonly Collation[] {
  return allRows(collation)
    .flatMap(({ 8: definition }) => (definition === null ? [] : [JSON.parse(definition) as Collation]))
    .toSorted(byRelationName);
}
