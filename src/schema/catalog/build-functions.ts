import { byName } from "../relation-name.ts";
import type { SchemaObject, SqlFunction, Trigger } from "../snapshot.ts";
import { allRows, type Catalog } from "./catalog.ts";

/** The functions by signature. */
export function buildFunctions({ routine }: Catalog): readonly SqlFunction[] {
  return allRows(routine)
    .map(({ 7: json }) => JSON.parse(json) as SqlFunction)
    .toSorted((a, b) => byName(a.signature, b.signature));
}

/** The operators, casts and other objects by kind and name. */
export function buildObjects({ object }: Catalog): readonly SchemaObject[] {
  return allRows(object)
    .map(({ 7: json }) => JSON.parse(json) as SchemaObject)
    .toSorted((a, b) => byName(a.kind, b.kind) || byName(a.identity, b.identity));
}

/** The triggers of a relation by name, without those that a partition has from its parent. */
export function buildTriggers({ trigger }: Catalog, relation: number): readonly Trigger[] {
  return (trigger.get(relation) ?? [])
    .map(({ 7: json }) => JSON.parse(json) as Trigger)
    .toSorted((a, b) => byName(a.name, b.name));
}
