import { byName, byRelationName } from "../relation-name.ts";
import type { Collation, Extension, SchemaObject, SqlFunction, Trigger } from "../snapshot.ts";
import { allRows, type Catalog, commentOf } from "./catalog.ts";

/** The functions by signature. */
export function buildFunctions(catalog: Catalog): readonly SqlFunction[] {
  return allRows(catalog.routine)
    .map(({ 1: oid, 7: json }) =>
      withComment(JSON.parse(json) as SqlFunction, commentOf(catalog, "function", oid)),
    )
    .toSorted((a, b) => byName(a.signature, b.signature));
}

/** The operators, casts and other objects by kind and name. */
export function buildObjects({ object }: Catalog): readonly SchemaObject[] {
  return allRows(object)
    .map(({ 7: json }) => parseObject(json))
    .toSorted((a, b) => byName(a.kind, b.kind) || byName(a.identity, b.identity));
}

type Nullable = Omit<SchemaObject, Optional> & {
  readonly [Field in Optional]: NonNullable<SchemaObject[Field]> | null;
};
type Optional = "on" | "alteration" | "comment";

function parseObject(json: string): SchemaObject {
  const { on, alteration, comment, ...object } = JSON.parse(json) as Nullable;
  return {
    ...object,
    ...(alteration === null ? {} : { alteration }),
    ...(comment === null ? {} : { comment }),
    ...(on === null ? {} : { on }),
  };
}

/** The triggers of a relation by name, without those that a partition has from its parent. */
export function buildTriggers(catalog: Catalog, relation: number): readonly Trigger[] {
  return (catalog.trigger.get(relation) ?? [])
    .map(({ 2: oid, 7: json }) =>
      withComment(JSON.parse(json) as Trigger, commentOf(catalog, "trigger", oid)),
    )
    .toSorted((a, b) => byName(a.name, b.name));
}

function withComment<Thing>(thing: Thing, comment: string | null): Thing {
  return comment === null ? thing : { ...thing, comment };
}

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
