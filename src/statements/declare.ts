import { ArgumentError } from "../errors.ts";
import { requireArray, requireObject, requireOptions, requireSnapshot } from "../schema/arguments.ts";
import { quoteName } from "../schema/quote.ts";
import { isSameName } from "../schema/relation.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import type { AnySchema, ForeignKey, Relation, SchemaSnapshot, UniqueKey } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import type { Codec } from "../types/codec.ts";
import { describeValue } from "../types/problem.ts";
import { comparisonCodec } from "../types/resolve.ts";
import { canCompare } from "../types/type-operators.ts";
import { type DeclaredDistribution, declareDistributions } from "./declare-distribution.ts";
import type { DeclaredTables } from "./declared-tables.ts";
import { withRelation } from "./plan-mark.ts";

/** A foreign key of several columns, or to columns other than the primary key. */
export interface DeclaredForeignKey<Column extends string = string, Table extends string = string> {
  readonly columns: readonly Column[];
  readonly references: Table;
  /** The referenced columns; default: the primary key. */
  readonly to?: readonly string[];
}

/** Keys of a table or view that the database does not know. */
export interface DeclaredKeys<Column extends string = string, Table extends string = string> {
  /** The columns that identify a row. */
  readonly primaryKey?: readonly Column[];
  /** Column → the table whose primary key it refers to; or name → the columns and the table. */
  readonly foreignKeys?: Readonly<Record<string, Table | DeclaredForeignKey<Column, Table>>>;
  /** The column that decides which node of a cluster has a row, or `"reference"` for a table that every node has. */
  readonly distribution?: DeclaredDistribution<Column, Table>;
}

/** Table → its keys. */
export type Declarations<Tables> = {
  readonly [Name in TableName<Tables>]?: DeclaredKeys<ColumnName<Tables, Name>, TableName<Tables>>;
};

const DECLARED_KEYS = { primaryKey: true, foreignKeys: true, distribution: true } as const;

/**
 * A snapshot with keys that the database does not know, so that `get`, `page`, `include` and the other functions that need
 * a key work for views, foreign tables and tables without constraints. rowfn trusts them: state only what is true of every
 * row. `distribution` says which node of a cluster has a row; on Citus `loadSchema` reads it. Snapshots are compared without
 * declarations.
 * @param schema a snapshot
 * @param declarations table → `{ primaryKey, foreignKeys, distribution }`; a foreign key is column → table, or name →
 * `{ columns, references, to }`; a distribution is `{ column, colocatedWith }` or `"reference"`
 * @returns a new snapshot; the given one is unchanged. `upsert` through a view requires the unique key in its table, and
 * `upsert` of a foreign table the unique key in the remote table: without one, two sessions can both insert a row
 * @throws UnknownNameError if a table or column does not exist; ArgumentError if the table has a primary key or a distribution,
 * if a referenced table has no key, if numbers of columns or types of distribution columns differ, or if the types of a foreign
 * key have no common equality
 * @example `getSql(declare(schema, { album_overview: { primaryKey: ["album_id"] } }), "album_overview", 1, { select: ["title"] }).text` →
 * `SELECT "title" FROM "public"."album_overview" WHERE "album_id" = $1::text::int4`
 */
export function declare<Tables, const Given extends Declarations<Tables>>(
  schema: SchemaSnapshot<Tables>,
  declarations: Given,
): SchemaSnapshot<DeclaredTables<Tables, Given>> {
  requireSnapshot(schema);
  requireObject("declare: declarations", declarations);
  const entries = Object.entries<DeclaredKeys | undefined>(declarations);
  const withKeys = entries.reduce(declareForeignKeys, entries.reduce(declarePrimaryKey, schema as AnySchema));
  return declareDistributions(
    withKeys,
    entries.flatMap(([table, keys]) =>
      keys?.distribution === undefined ? [] : [[table, keys.distribution]],
    ),
  ) as never;
}

// All primary keys come first, because a declared foreign key can refer to a declared primary key.
function declarePrimaryKey(schema: AnySchema, [table, keys]: [string, DeclaredKeys | undefined]): AnySchema {
  const relation = relationOf(schema, table);
  requireObject(`declare: ${table}`, keys);
  requireOptions(`declare: ${table}`, keys, DECLARED_KEYS);
  const { primaryKey } = keys as DeclaredKeys;
  if (primaryKey === undefined) return schema;
  if (relation.primaryKey !== null)
    throw new ArgumentError(
      `declare: ${relation.key} already has the primary key (${relation.primaryKey.columns.join(", ")})`,
    );
  const columns = requireColumns(schema, relation, "primaryKey", primaryKey);
  return withRelation(schema, relation, { primaryKey: uniqueKey(schema, relation, columns) });
}

function declareForeignKeys(schema: AnySchema, [table, keys]: [string, DeclaredKeys | undefined]): AnySchema {
  const relation = relationOf(schema, table);
  const { foreignKeys = {} } = keys as DeclaredKeys;
  requireObject(`declare: ${table}: foreignKeys`, foreignKeys);
  const declared = Object.entries(foreignKeys).map(([name, given]) => {
    const isColumn = typeof given === "string";
    if (!isColumn) requireObject(`declare: ${table}: foreign key ${name}`, given);
    return foreignKey(schema, relation, name, isColumn ? { columns: [name], references: given } : given);
  });
  if (declared.length === 0) return schema;
  return withRelation(schema, relation, { foreignKeys: [...relation.foreignKeys, ...declared] });
}

function requireColumns(
  schema: AnySchema,
  relation: Relation,
  what: string,
  columns: readonly string[],
): readonly string[] {
  const label = `declare: ${relation.key}: ${what}`;
  requireArray(label, columns);
  if (columns.length === 0 || new Set(columns).size < columns.length)
    throw new ArgumentError(`${label} must name different columns, received ${describeValue(columns)}`);
  return columns.map(name => columnOf(schema, relation.key, name).name);
}

const PLAIN_INDEX = {
  ...{ expressions: [], keyOptions: [], include: [], predicate: null, method: "btree" },
  ...{ options: [], valid: true, comment: null },
};

function uniqueKey(schema: AnySchema, relation: Relation, columns: readonly string[]): UniqueKey {
  const { kind, name } = relation;
  return {
    ...PLAIN_INDEX,
    ...{ name: `${name} (declared)`, columns, isConstraint: false, deferrable: false },
    ...{ initiallyDeferred: false, nullsNotDistinct: false, period: false, declared: true },
    // ON CONFLICT of a view uses the unique index of its table. Other relations have none for a declared key.
    conflictTarget: kind === "view" && !hasWriteRules(schema, relation) ? "doUpdate" : "none",
  };
}

const WRITE_RULE = /^CREATE RULE (?:"(?:[^"]|"")*"|\S+) AS\s+ON (?:INSERT|UPDATE) /;

/** Whether the relation has a rule with which PostgreSQL rejects ON CONFLICT. */
function hasWriteRules({ objects }: AnySchema, relation: Relation): boolean {
  return objects.some(
    ({ kind, on, definition }) =>
      kind === "rule" && on !== undefined && isSameName(on, relation) && WRITE_RULE.test(definition ?? ""),
  );
}

function foreignKey(
  schema: AnySchema,
  relation: Relation,
  name: string,
  given: DeclaredForeignKey,
): ForeignKey {
  requireOptions(`declare: ${relation.key}: foreign key ${name}`, given, {
    columns: true,
    references: true,
    to: true,
  });
  if (given.columns === undefined)
    throw new ArgumentError(
      `declare: ${relation.key}: foreign key ${name} has no columns; write { ${JSON.stringify(name)}: "table" } for a column, or { name: { columns, references, to } }`,
    );
  const columns = requireColumns(schema, relation, `foreign key ${name}`, given.columns);
  const target = relationOf(schema, given.references);
  const key = given.to ?? target.primaryKey?.columns.filter(column => column !== null);
  if (key === undefined)
    throw new ArgumentError(
      `declare: ${relation.key}: ${target.key} has no primary key; declare one, or list the referenced columns in to`,
    );
  const to = requireColumns(schema, target, `foreign key ${name}: to`, key);
  if (to.length !== columns.length)
    throw new ArgumentError(
      `declare: ${relation.key}: foreign key ${name} has ${columns.length} columns, but refers to ${to.length}`,
    );
  for (const [at, column] of columns.entries())
    requireSameKind(schema, [relation, column], [target, to[at]!]);
  return {
    ...{ name, columns, references: { schema: target.schema, name: target.name, columns: to } },
    ...{ onUpdate: "noAction", onDelete: "noAction", deleteSetColumns: null, match: "simple" },
    ...{ deferrable: false, initiallyDeferred: false, validated: false, enforced: false, period: false },
    ...{ isInherited: false, comment: null, declared: true },
  };
}

interface Compared {
  readonly label: string;
  readonly type: string;
  readonly codec: Codec;
}

type Place = readonly [relation: Relation, column: string];

/** Whether a cast that a user created may make the types comparable. */
function hasCast({ objects }: AnySchema, codecs: readonly Codec[]): boolean {
  const types = new Set(codecs.map(({ castType }) => castType));
  // One between types of PostgreSQL uses no type of the snapshot.
  return objects.some(
    ({ kind, uses }) =>
      kind === "cast" && (uses.length === 0 || uses.some(name => types.has(quoteName(name)))),
  );
}

/** Throws ArgumentError for a foreign key between columns whose values are never equal. */
function requireSameKind(schema: AnySchema, from: Place, to: Place): void {
  const [one, other] = [from, to].map(([relation, name]) => {
    const column = columnOf(schema, relation.key, name);
    const label = `${relation.key}.${name}`;
    return { label, type: column.type, codec: comparisonCodec(schema, relation, column) };
  }) as [Compared, Compared];
  if (canCompare(one.codec, other.codec) || hasCast(schema, [one.codec, other.codec])) return;
  throw new ArgumentError(
    `declare: ${one.label} is ${one.type}, but ${other.label} is ${other.type}; a foreign key needs types that can be compared`,
  );
}
