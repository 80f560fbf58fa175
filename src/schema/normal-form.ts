import { requireSnapshot } from "./arguments.ts";
import { withoutDeclaredKeys } from "./declared-keys.ts";
import { derive } from "./derived.ts";
import { normalExpression, normalStatistics } from "./normal-expression.ts";
import { type PartitionOptions, withoutPartitions } from "./partitions.ts";
import { isSystemType } from "./pg-type.ts";
import { byName } from "./relation-name.ts";
import { requireFormat } from "./require-format.ts";
import { isOfTables } from "./schema-object.ts";
import type {
  AnySchema,
  Check,
  Column,
  Index,
  PgType,
  Relation,
  SchemaObject,
  SqlFunction,
} from "./snapshot.ts";

/** The parts by which two snapshots are compared: everything that DDL creates. */
export interface Comparable {
  readonly schemas: readonly string[];
  readonly schemaComments: readonly (readonly [schema: string, comment: string])[] | undefined;
  readonly relations: readonly Relation[];
  readonly sequences: AnySchema["sequences"];
  readonly extensions: AnySchema["extensions"];
  readonly collations: AnySchema["collations"];
  /** Null if they were not read. */
  readonly functions:
    | readonly Pick<SqlFunction, "signature" | "kind" | "returns" | "definition" | "comment">[]
    | null;
  /** Those of tables; others only if functions were read. */
  readonly objects: readonly Pick<
    SchemaObject,
    "kind" | "identity" | "definition" | "alteration" | "comment"
  >[];
  /** The types by key, except types of PostgreSQL and of extensions. */
  readonly types: readonly (readonly [key: string, type: PgType])[];
}

/**
 * The comparable part of a snapshot. Privileges, attribute numbers, the search path and what
 * follows from it are left out, and partitions unless they are asked for.
 */
export function comparable(whole: AnySchema, { partitions = false }: PartitionOptions): Comparable {
  requireSnapshot(whole);
  requireFormat(whole);
  const schema = partitions ? whole : withoutPartitions(whole);
  const { schemas, relations, sequences, extensions, collations, types, functions, objects } =
    normalForm(schema);
  return {
    schemas,
    schemaComments:
      schema.schemaComments && Object.entries(schema.schemaComments).toSorted(([a], [b]) => byName(a, b)),
    extensions,
    collations,
    functions: schema.hasFunctions
      ? functions.map(({ signature, kind, returns, definition, comment }) => ({
          signature,
          kind,
          returns,
          definition,
          comment,
        }))
      : null,
    objects: objects
      .filter(({ kind }) => schema.hasFunctions || isOfTables({ kind }))
      .map(({ kind, identity, definition, alteration, comment }) => ({
        ...{ kind, identity, definition, alteration, comment },
      })),
    relations: relations.map(comparableRelation),
    sequences,
    types: Object.entries(types).filter(([, type]) => !isSystemType(type) && type.extension === null),
  };
}

// JSON omits undefined, as a comparison field by field does.
export function comparableRelation(relation: Relation): Relation {
  const compared: object = {
    ...relation,
    key: undefined,
    settings: settingTexts(relation),
    isVisible: undefined,
    dependsOn: undefined,
    privileges: undefined,
    rowSecurityActive: undefined,
    // The events of the triggers, with a partition's copies, which PostgreSQL names and enables by itself.
    triggers: undefined,
    // Which columns of a view can be updated follows from its query, and is known only with the table behind it.
    columns: relation.columns.map(column => ({
      ...comparableColumn(column),
      ...(relation.kind === "view" && { updatable: undefined }),
    })),
    // pg_dump leaves an invalid index out.
    uniqueKeys: relation.uniqueKeys.filter(({ valid, isConstraint }) => valid || isConstraint),
    indexes: relation.indexes.filter(({ valid }) => valid),
    // pg_dump does not keep the names of a partition's copies.
    foreignKeys: relation.foreignKeys.filter(({ isInherited }) => !isInherited),
  };
  return compared as Relation;
}

// The default depends on the type.
function settingTexts({ settings }: Pick<Relation, "settings">): readonly string[] | undefined {
  return settings?.map(({ set }) => set);
}

// The printed type has the name and the modifier.
function comparableColumn(column: Column): object {
  return {
    ...column,
    position: undefined,
    settings: settingTexts(column),
    typeKey: undefined,
    typmod: undefined,
    privileges: undefined,
  };
}

/** The snapshot with its expressions in normal form, and every list without a meaningful order sorted by name. */
export const normalTexts: (schema: AnySchema) => AnySchema = derive(
  (schema: AnySchema): AnySchema => ({
    ...schema,
    relations: schema.relations.map(relation => normalRelation(relation)),
    types: Object.fromEntries(
      Object.entries(schema.types)
        .toSorted(([a], [b]) => byName(a, b))
        .map(([key, type]) => [key, normalType(type)]),
    ),
    functions: schema.functions.map(normalFunction),
    objects: schema.objects.map(normalObject),
  }),
);

/** The snapshot in normal form without the relations of extensions, which no DDL creates. */
export const normalForm: (schema: AnySchema) => AnySchema = derive((schema: AnySchema): AnySchema => {
  const normal = normalTexts(schema);
  return { ...normal, relations: normal.relations.filter(({ extension }) => extension === null) };
});

const normalRelation = derive((whole: Relation): Relation => {
  const relation = withoutDeclaredKeys(whole);
  const { columns, primaryKey, uniqueKeys, indexes, checks, exclusions, options, definition, partitionKey } =
    relation;
  return {
    ...relation,
    definition: normalOrNull(definition),
    // A cluster and a server for development have equal tables.
    distribution: undefined,
    partitionKey: normalOrNull(partitionKey),
    options: options.toSorted(byName),
    columns: columns.map(normalColumn),
    primaryKey: primaryKey && normalIndex(primaryKey),
    uniqueKeys: sorted(uniqueKeys.map(normalIndex)),
    indexes: sorted(indexes.map(normalIndex)),
    foreignKeys: sorted(relation.foreignKeys),
    userTriggers: relation.userTriggers.map(trigger => ({
      ...trigger,
      definition: normalExpression(trigger.definition),
    })),
    checks: sorted(checks.map(normalCheck)),
    exclusions: sorted(
      exclusions.map(exclusion => ({ ...exclusion, definition: normalExpression(exclusion.definition) })),
    ),
  };
});

function sorted<Thing extends { readonly name: string }>(things: readonly Thing[]): readonly Thing[] {
  return things.toSorted((a, b) => byName(a.name, b.name));
}

function normalColumn(column: Column): Column {
  return {
    ...column,
    default: normalOrNull(column.default),
    generationExpression: normalOrNull(column.generationExpression),
  };
}

function normalIndex<Key extends Index>(index: Key): Key {
  return {
    ...index,
    expressions: index.expressions.map(normalExpression),
    predicate: normalOrNull(index.predicate),
    options: index.options.toSorted(byName),
  };
}

function normalCheck(check: Check): Check {
  return { ...check, expression: normalExpression(check.expression) };
}

function normalType(type: PgType): PgType {
  if (type.kind !== "domain") return type;
  return { ...type, default: normalOrNull(type.default), checks: sorted(type.checks.map(normalCheck)) };
}

function normalObject(object: SchemaObject): SchemaObject {
  const { kind, on, definition } = object;
  if (definition === null) return object;
  if (kind === "statistics object") return { ...object, definition: normalStatistics(definition) };
  return on === undefined ? object : { ...object, definition: normalExpression(definition) };
}

/** A function body in a string is left as it was written. */
function normalFunction(one: SqlFunction): SqlFunction {
  if (one.definition === null) return one;
  const [head, ...body] = one.definition.split(/(?=\nAS )/);
  return { ...one, definition: normalExpression(head!) + body.join("") };
}

function normalOrNull(sql: string | null): string | null {
  return sql === null ? null : normalExpression(sql);
}
