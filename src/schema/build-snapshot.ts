import { buildColumns, type ColumnContext, formatsOf } from "./build-columns.ts";
import { buildKeys } from "./build-keys.ts";
import { buildSequences } from "./build-sequences.ts";
import { buildTypes, typeKeys } from "./build-types.ts";
import type { CatalogRows, RelationRow } from "./catalog-rows.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { relationKeys } from "./relation-key.ts";
import {
  FORMAT_VERSION,
  type JsTypes,
  type Relation,
  type RelationKind,
  type RelationName,
  type SchemaSnapshot,
} from "./snapshot.ts";

/** The snapshot of what the catalog query returned: oids become names, the result is frozen. */
export function buildSnapshot<Tables>(rows: CatalogRows, jsTypes: JsTypes): SchemaSnapshot<Tables> {
  const keys = typeKeys(rows);
  const types = buildTypes(rows, keys);
  const context: ColumnContext = { keys, types, formats: formatsOf(rows) };
  const relations = rows.relations ?? [];
  const names = relationKeys(relations.map(([schema, name, , , isVisible]) => ({ schema, name, isVisible })));
  return deepFreeze({
    formatVersion: FORMAT_VERSION,
    serverVersionNum: rows.serverVersionNum,
    database: rows.database,
    role: rows.role,
    searchPath: rows.searchPath,
    schemas: rows.schemas ?? [],
    relations: relations.map((relation, index) => buildRelation(context, relation, names[index]!)),
    types,
    sequences: buildSequences(rows),
    jsTypes,
    scope: {},
  });
}

const KINDS: Readonly<Record<RelationRow[2], RelationKind>> = {
  r: "table",
  p: "partitioned",
  v: "view",
  m: "materializedView",
  f: "foreign",
};
const PERSISTENCE = { p: "permanent", u: "unlogged", t: "temporary" } as const;

// Bits of has_table_privilege's sum, of pg_relation_is_updatable (manual 9.27) and of pg_trigger.tgtype.
const PRIVILEGE = { select: 1, insert: 2, update: 4, delete: 8 } as const;
const UPDATABLE = { insert: 8, update: 4, delete: 16 } as const;
const TRIGGER = { insert: 4, delete: 8, update: 16, instead: 64 } as const;

function buildRelation(context: ColumnContext, row: RelationRow, key: string): Relation {
  const [
    schema,
    name,
    kind,
    persistence,
    isVisible,
    isPartition,
    partitionKey,
    partitionBound,
    parents,
    comment,
  ] = row;
  const [, , , , , , , , , , privileges, updatable, rowSecurity, rowSecurityActive, policies, events, rules] =
    row;
  return {
    schema,
    name,
    key,
    kind: KINDS[kind],
    persistence: PERSISTENCE[persistence],
    isVisible,
    isPartition,
    partitionKey,
    partitionBound,
    parents: relationNames(parents),
    comment,
    options: row[20] ?? [],
    definition: row[21]?.trim().replace(/;$/, "") ?? null,
    dependsOn: relationNames(row[22]),
    privileges: flags(PRIVILEGE, privileges),
    updatable: flags(UPDATABLE, updatable),
    rowSecurity,
    rowSecurityActive,
    policies: policies ?? 0,
    triggers: flags(TRIGGER, events ?? 0),
    hasRules: rules !== null,
    columns: buildColumns(context, row),
    ...buildKeys(row),
  };
}

function relationNames(pairs: readonly (readonly [string, string])[] | null): readonly RelationName[] {
  return (pairs ?? []).map(([schema, name]) => ({ schema, name }));
}

function flags<Name extends string>(
  bits: Readonly<Record<Name, number>>,
  mask: number,
): Record<Name, boolean> {
  const entries = Object.entries<number>(bits).map(([name, bit]) => [name, (mask & bit) !== 0]);
  return Object.fromEntries(entries) as Record<Name, boolean>;
}
