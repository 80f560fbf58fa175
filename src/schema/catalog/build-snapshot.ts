import { deepFreeze } from "../deep-freeze.ts";
import { byRelationName, relationKeys } from "../relation-name.ts";
import {
  FORMAT_VERSION,
  type JsTypes,
  type Relation,
  type RelationKind,
  type SchemaSnapshot,
} from "../snapshot.ts";
import { buildColumns, type ColumnContext } from "./build-columns.ts";
import { buildKeys } from "./build-keys.ts";
import {
  buildCollations,
  buildExtensions,
  buildFunctions,
  buildObjects,
  buildTriggers,
} from "./build-objects.ts";
import { buildSequences } from "./build-sequences.ts";
import { tableSettings } from "./build-settings.ts";
import { buildTypes, typeKeys } from "./build-types.ts";
import { allRows, type Catalog, commentOf, extensionOf, relationName, serverOf } from "./catalog.ts";
import { parentsOf, sourcesOf } from "./dependencies.ts";
import { withGeneratedBehind } from "./generated-behind.ts";
import type { RelationExtras, RelationRow } from "./rows.ts";

/** Builds the frozen snapshot from the rows of the catalog query, with names in place of oids. */
export function buildSnapshot<Tables>(
  catalog: Catalog,
  jsTypes: JsTypes,
  hasFunctions: boolean,
): SchemaSnapshot<Tables> {
  const keys = typeKeys(catalog);
  const types = buildTypes(catalog, keys);
  return deepFreeze({
    formatVersion: FORMAT_VERSION,
    engine: catalog.path.engine,
    ...serverOf(catalog),
    ...schemaComments(catalog),
    searchPath: catalog.path.searchPath,
    relations: buildRelations({ catalog, keys, types }),
    types,
    sequences: buildSequences(catalog),
    extensions: buildExtensions(catalog),
    collations: buildCollations(catalog),
    hasFunctions,
    functions: buildFunctions(catalog),
    objects: buildObjects(catalog),
    jsTypes,
    scope: {},
  });
}

function schemaComments(catalog: Catalog): Pick<SchemaSnapshot, "schemaComments"> {
  const comments = allRows(catalog.schema).flatMap(({ 1: oid, 4: isChosen, 7: name }) => {
    const comment = isChosen === 1 ? commentOf(catalog, "schema", oid) : null;
    return comment === null ? [] : [[name, comment] as const];
  });
  return comments.length === 0 ? {} : { schemaComments: Object.fromEntries(comments) };
}

function buildRelations(context: ColumnContext): readonly Relation[] {
  const relations = allRows(context.catalog.relation)
    .map(row => ({
      row,
      ...relationName(context.catalog, row[1]),
      isVisible: context.catalog.path.visible.has(row[1]),
    }))
    .toSorted(byRelationName);
  const keys = relationKeys(relations);
  return withGeneratedBehind(
    relations.map(({ row, schema }, index) => buildRelation(context, row, schema, keys[index]!)),
  );
}

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: "table",
  p: "partitioned",
  v: "view",
  m: "materializedView",
  f: "foreign",
};
const PERSISTENCE: Readonly<Record<string, Relation["persistence"]>> = {
  p: "permanent",
  u: "unlogged",
  t: "temporary",
};

function buildRelation(context: ColumnContext, row: RelationRow, schema: string, key: string): Relation {
  const { catalog } = context;
  const policiesAndRules = catalog.policyOrRule.get(row[1]) ?? [];
  const { 1: oid, 4: privileges, 5: updatable, 6: bits, 7: name, 8: letters, 9: extras } = row;
  const [partitionKey, partitionBound, options, toastOptions, definition] =
    extras === null ? NO_EXTRAS : (JSON.parse(extras) as RelationExtras);
  return {
    schema,
    name,
    key,
    kind: KINDS[letters[0]!]!,
    persistence: PERSISTENCE[letters[1]!]!,
    extension: extensionOf(catalog, "relation", oid),
    isVisible: catalog.path.visible.has(oid),
    isPartition: (bits & 1) !== 0,
    partitionKey,
    partitionBound,
    parents: parentsOf(catalog, oid),
    comment: commentOf(catalog, "relation", oid),
    options: [...(options ?? []), ...(toastOptions ?? []).map(option => `toast.${option}`)],
    ...tableSettings(catalog, row),
    definition: definition?.trim().replace(/;$/, "") ?? null,
    dependsOn: sourcesOf(catalog, oid),
    privileges: privilegesOf(privileges),
    updatable: updatableOf(updatable),
    rowSecurityEnabled: (bits & 2) !== 0,
    rowSecurityForced: (bits & 4) !== 0,
    rowSecurityActive: (bits & 8) !== 0,
    policies: policiesAndRules.filter(({ 4: event }) => event === null).length,
    triggers: triggersOf(catalog, oid),
    userTriggers: buildTriggers(catalog, oid),
    hasRules: policiesAndRules.some(({ 4: event }) => event !== null),
    columns: buildColumns(context, row),
    ...buildKeys(catalog, oid),
    ...distributionIn(catalog, oid),
  };
}

function distributionIn({ path }: Catalog, oid: number): Pick<Relation, "distribution"> {
  const distribution = path.distributions.get(oid);
  return distribution === undefined ? {} : { distribution };
}

const NO_EXTRAS: RelationExtras = [null, null, null, null, null];

// The bits of has_table_privilege's sum, of pg_relation_is_updatable (manual 9.27) and of pg_trigger.tgtype.
function privilegesOf(bits: number): Relation["privileges"] {
  return {
    select: (bits & 1) !== 0,
    insert: (bits & 2) !== 0,
    update: (bits & 4) !== 0,
    delete: (bits & 8) !== 0,
  };
}

function updatableOf(bits: number): Relation["updatable"] {
  return { insert: (bits & 8) !== 0, update: (bits & 4) !== 0, delete: (bits & 16) !== 0 };
}

function triggersOf({ trigger }: Catalog, oid: number): Relation["triggers"] {
  const enabled = (trigger.get(oid) ?? []).filter(({ 10: letter }) => letter !== "D");
  const bits = enabled.reduce((all, { 4: type }) => all | type, 0);
  return {
    insert: (bits & 4) !== 0,
    delete: (bits & 8) !== 0,
    update: (bits & 16) !== 0,
    instead: (bits & 64) !== 0,
    fillsInsert: (bits & 128) !== 0,
  };
}
