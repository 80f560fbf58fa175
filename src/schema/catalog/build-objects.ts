import { byName, byRelationName } from "../relation-name.ts";
import type { Collation, Extension, SchemaObject, SqlFunction, Trigger } from "../snapshot.ts";
import {
  allRows,
  CATALOGS,
  type Catalog,
  columnNames,
  commentOf,
  extensionOf,
  extensionsOf,
  intList,
  realSchemaName,
  relationName,
} from "./catalog.ts";
import { dependenciesOf } from "./dependencies.ts";
import type { ObjectRow, RoutineRow, TriggerRow } from "./object-rows.ts";
import type { CollationFacts } from "./type-rows.ts";

/** The functions by signature. */
export function buildFunctions(catalog: Catalog): readonly SqlFunction[] {
  return allRows(catalog.routine)
    .map(row => buildFunction(catalog, row))
    .toSorted((a, b) => byName(a.signature, b.signature));
}

// pg_proc.prokind.
const FUNCTION_KINDS: Readonly<Record<string, SqlFunction["kind"]>> = {
  p: "procedure",
  a: "aggregate",
  w: "window",
};

function buildFunction(catalog: Catalog, row: RoutineRow): SqlFunction {
  const { 1: oid, 2: schema, 7: signature, 8: name, 9: letter, 10: returns, 11: definition } = row;
  const found: SqlFunction = {
    signature,
    schema: realSchemaName(catalog, schema),
    name,
    kind: FUNCTION_KINDS[letter] ?? "function",
    returns,
    definition,
    ...dependenciesOf(catalog, CATALOGS.function, oid),
  };
  return withComment(found, commentOf(catalog, "function", oid));
}

/** The operators, casts and other objects by kind and name, without the policies and rules of the relations of extensions. */
export function buildObjects(catalog: Catalog): readonly SchemaObject[] {
  return allRows(catalog.object)
    .filter(row => row[3] === null || extensionOf(catalog, "relation", row[3]) === null)
    .map(row => buildObject(catalog, row))
    .toSorted((a, b) => byName(a.kind, b.kind) || byName(a.identity, b.identity));
}

function buildObject(catalog: Catalog, row: ObjectRow): SchemaObject {
  const { 1: oid, 2: of, 3: relation, 7: kind, 8: identity, 9: definition, 10: detail } = row;
  const comment = commentOf(catalog, of, oid);
  const alteration =
    of === CATALOGS.statistics && detail !== null
      ? `ALTER STATISTICS ${identity} SET STATISTICS ${detail}`
      : detail;
  return {
    ...{ kind, identity, definition },
    ...dependenciesOf(catalog, of, oid),
    ...(alteration === null ? {} : { alteration }),
    ...(comment === null ? {} : { comment }),
    ...(relation === null ? {} : { on: relationName(catalog, relation) }),
  };
}

/** The triggers of a relation by name, without those that a partition has from its parent. */
export function buildTriggers(catalog: Catalog, relation: number): readonly Trigger[] {
  return (catalog.trigger.get(relation) ?? [])
    .flatMap(row => buildTrigger(catalog, row) ?? [])
    .toSorted((a, b) => byName(a.name, b.name));
}

// pg_trigger.tgenabled.
const TRIGGER_STATES: Readonly<Record<string, Trigger["state"]>> = {
  D: "disabled",
  R: "replica",
  A: "always",
};

function buildTrigger(catalog: Catalog, row: TriggerRow): Trigger | undefined {
  const { 1: relation, 2: oid, 7: name, 8: signature, 9: columns, 10: letter, 11: definition } = row;
  if (definition === null) return undefined;
  const numbers = intList(columns).toSorted((a, b) => a - b);
  const trigger: Trigger = {
    name,
    function: signature,
    columns: columnNames(catalog, relation, numbers) as readonly string[],
    state: TRIGGER_STATES[letter] ?? "enabled",
    definition,
  };
  return withComment(trigger, commentOf(catalog, "trigger", oid));
}

function withComment<Thing>(thing: Thing, comment: string | null): Thing {
  return comment === null ? thing : { ...thing, comment };
}

/** The installed extensions by name. */
export function buildExtensions(catalog: Catalog): readonly Extension[] {
  return allRows(catalog.installed)
    .filter(({ 7: name }) => name !== "plpgsql")
    .map(({ 1: oid, 2: schema, 7: name }) => ({
      name,
      schema: realSchemaName(catalog, schema),
      requires: extensionsOf(catalog, "extension", oid).toSorted(byName),
    }))
    .toSorted((a, b) => byName(a.name, b.name));
}

/** The collations that are not PostgreSQL's own or an extension's, by name. */
export function buildCollations(catalog: Catalog): readonly Collation[] {
  return allRows(catalog.collation)
    .flatMap(({ 1: oid, 2: schema, 8: facts }) => {
      if (facts === null || extensionOf(catalog, "collation", oid) !== null) return [];
      const comment = commentOf(catalog, "collation", oid);
      return [{ schema: realSchemaName(catalog, schema), ...(JSON.parse(facts) as CollationFacts), comment }];
    })
    .toSorted(byRelationName);
}
