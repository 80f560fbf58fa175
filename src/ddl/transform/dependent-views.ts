import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError } from "../../errors.ts";
import { childrenOf } from "../../schema/partitions.ts";
import { quoteLiteral, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { commentSql } from "../define/comment-definition.ts";
import { dropRelationSql, relationTarget } from "../define/relation-definition.ts";
import { tableComments } from "../diff/comment-steps.ts";
import { createObjectSteps, objectTarget } from "../diff/object-plan.ts";
import { columnSettingSteps, dependsOnType } from "../diff/setting-steps.ts";
import { tableSettingSteps } from "../diff/table-settings.ts";
import { createTriggerSteps } from "../diff/trigger-steps.ts";
import { createViewSteps, viewDefaultSteps, viewsInOrder } from "../diff/views.ts";
import { readsColumns } from "../expression-columns.ts";
import type { ChangedColumns } from "./changed-columns.ts";

/** The views that are dropped before a change of types and created after it. */
export interface DependentViews {
  readonly created: readonly Relation[];
  readonly dropSql: readonly string[];
  readonly createSql: readonly string[];
}

/** The views that read a column whose type changes; throws ArgumentError for one that cannot be created again. */
export function dependentViews(
  schema: AnySchema,
  relation: Relation,
  { remaining, dropped }: ChangedColumns,
): DependentViews {
  const names = (columns: readonly { readonly name: string }[]): ReadonlySet<string> =>
    new Set(columns.map(({ name }) => name));
  const retyped = remaining.filter(({ retype }) => retype !== null).map(({ before }) => before);
  const renamed = remaining.filter(({ before, after }) => before.name !== after.name);
  const views = readersOf(schema, relation, names(retyped));
  const changed = new Set(readersOf(schema, relation, names(renamed.map(({ before }) => before))));
  for (const view of views) requireRecreatable(relation, view, changed);
  // CASCADE has dropped the views on dropped columns.
  const lost = new Set(readersOf(schema, relation, names(dropped)));
  const created = views.filter(view => !lost.has(view));
  return {
    created,
    dropSql: views.toReversed().map(view => dropRelationSql(view)),
    createSql: created.flatMap(view => viewSql(schema, view)),
  };
}

function requireRecreatable(relation: Relation, view: Relation, renamed: ReadonlySet<Relation>): void {
  if (view.hasRules)
    throw new ArgumentError(
      `${relation.key}: view ${view.key} depends on a column with a new type, and has rules; drop it first`,
    );
  if (renamed.has(view))
    throw new ArgumentError(
      `${relation.key}: view ${view.key} depends on renamed columns and on a new type; rename the columns in a separate call`,
    );
}

/** The views that read one of a table's columns, and the views that read those; each follows the views that it reads. */
function readersOf(schema: AnySchema, relation: Relation, columns: ReadonlySet<string>): readonly Relation[] {
  if (columns.size === 0) return [];
  const tables = new Map(familyOf(schema, relation).map(table => [relationId(table), table]));
  const readers = new Map<string, Relation>();
  for (const view of viewsInOrder(schema)) {
    const isReader = view.dependsOn.map(relationId).some(id => {
      const table = tables.get(id);
      return readers.has(id) || (table !== undefined && readsColumns(view.definition, table, columns));
    });
    if (isReader) readers.set(relationId(view), view);
  }
  return [...readers.values()];
}

/** A table with its partitions and the tables that inherit from it. */
function familyOf(schema: AnySchema, relation: Relation): readonly Relation[] {
  return [relation, ...childrenOf(schema, relation).flatMap(child => familyOf(schema, child))];
}

function viewSql(schema: AnySchema, view: Relation): readonly string[] {
  const statistics = schema.objects.filter(
    ({ kind, uses }) => kind === "statistics object" && uses.some(one => isSameName(one, view)),
  );
  const steps = [
    ...createViewSteps(view, false),
    ...viewDefaultSteps(view, undefined),
    ...view.userTriggers.flatMap(trigger => createTriggerSteps(view, trigger)),
    ...view.columns.flatMap(column => columnSettingSteps(view, undefined, freeSettings(column), false)),
    ...tableSettingSteps(undefined, view, undefined, schema.serverVersionNum),
    ...statistics.flatMap(createObjectSteps),
  ];
  const comments = [
    ...tableComments(view),
    ...statistics.flatMap(one =>
      one.comment === undefined ? [] : [[objectTarget(one), one.comment] as const],
    ),
  ];
  return [
    ...steps.map(({ text }) => text),
    ...comments.map(([target, comment]) => commentSql(target, comment)),
  ];
}

// The column may get a type that has no such storage or compression.
function freeSettings({ settings = [], ...column }: Column): Column {
  return { ...column, settings: settings.filter(setting => !dependsOnType(setting)) };
}

/** Reads the statements that give views their owners, privileges and emptiness, which are not in a snapshot. */
export async function viewGrants(tx: SqlHandle, views: readonly Relation[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const view of views)
    for (const [text] of await sendForValues(tx, grantsQuery(view), [])) texts.push(String(text));
  return texts;
}

// The owner first, because only the owner may grant. 0 is PUBLIC. A new view has the privileges of ALTER DEFAULT PRIVILEGES.
function grantsQuery(view: Relation): string {
  const target = quoteLiteral(relationTarget(view));
  const name = quoteLiteral(quoteName(view));
  const roleSql = "CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END";
  return `WITH "view" AS (SELECT * FROM pg_catalog.pg_class WHERE oid = ${name}::regclass), "own" AS (
  SELECT privilege_type FROM "view", aclexplode(acldefault('r', relowner)) WHERE relacl IS NOT NULL
  EXCEPT SELECT privilege_type FROM "view", aclexplode(relacl) WHERE grantee = relowner), "acl" AS (
  SELECT 0 AS attnum, NULL AS attname, a.* FROM "view", aclexplode(relacl) a
  WHERE a.grantee <> relowner OR EXISTS (SELECT FROM "own")
  UNION ALL SELECT attnum, attname, a.* FROM "view", pg_catalog.pg_attribute, aclexplode(attacl) a
  WHERE attrelid = "view".oid)
SELECT text FROM (
  SELECT 0 AS position, format('ALTER %s OWNER TO %I', ${target}, pg_get_userbyid(relowner)) AS text FROM "view"
  WHERE pg_get_userbyid(relowner) <> current_user
  UNION ALL SELECT 1, format('REFRESH MATERIALIZED VIEW %s WITH NO DATA', ${name}) FROM "view" WHERE NOT relispopulated
  UNION ALL SELECT 2, format('REVOKE ALL ON %s FROM %s', ${name}, ${roleSql}) FROM (
    SELECT relowner AS grantee FROM "view", "own" UNION SELECT grantee FROM "view", pg_catalog.pg_default_acl, aclexplode(defaclacl)
    WHERE defaclobjtype = 'r' AND pg_get_userbyid(defaclrole) = current_user AND defaclnamespace IN (0, relnamespace)
      AND grantee NOT IN (defaclrole, relowner)) "revoked"
  UNION ALL SELECT 3, format('GRANT %s%s ON %s TO %s%s', privilege_type, '(' || quote_ident(attname) || ')', ${name},
    ${roleSql},
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM "acl") t ORDER BY position, text`;
}
