import { ArgumentError } from "../errors.ts";
import { requireSnapshot } from "../schema/arguments.ts";
import { derive, deriveByKey } from "../schema/derived.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../schema/quote.ts";
import type { Trigger } from "../schema/relation.ts";
import { relationOf, unknownColumn } from "../schema/relation-of.ts";
import { firesFor } from "../schema/row-triggers.ts";
import type { AnySchema, Relation, Scope } from "../schema/snapshot.ts";
import { describeValue } from "../types/problem.ts";
import { codecFor } from "../types/resolve.ts";
import { type ColumnPlan, columnPlan } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import { hasIdentityValues, planMark } from "./plan-mark.ts";
import { NO_SCOPE, type TableScope, tableScope } from "./scope.ts";
import { type Binder, isEmptyScope, type OutputColumn } from "./statement.ts";

/** All that statements need of a table or view, computed once. */
export interface RelationPlan {
  readonly relation: Relation;
  /** `"public"."album"` */
  readonly name: string;
  /** ` OVERRIDING SYSTEM VALUE` of inserts, or nothing. */
  readonly overriding: string;
  /** `"album"`, which qualifies its columns. */
  readonly alias: string;
  readonly columns: ReadonlyMap<string, ColumnPlan>;
  readonly scope: TableScope;
  /** The columns the role may read, in table order. */
  readonly all: Selection;
  /** The primary key's columns in key order; empty without a key. */
  readonly key: readonly ColumnPlan[];
  /** Whether other tables inherit from the table, whose rows can have the same keys. */
  readonly hasChildren: boolean;
  /** Whether the relation, or one behind a view, has a rule, which can replace a write and its RETURNING. */
  readonly hasRules: boolean;
  /** Whether a trigger can keep a row that is deleted, and a view, a policy or the scope then hides it. */
  readonly canHideDeleted: boolean;
  /** Whether the table is a foreign table or a view over one, for which PostgreSQL has no ON CONFLICT. */
  readonly isForeign: boolean;
  /** The column that decides which node of a cluster has a row. */
  readonly distribution: ColumnPlan | undefined;
}

/** A select list and its output columns. */
export interface Selection {
  readonly text: string;
  /** The columns of the select list without casts. */
  readonly stored: string;
  readonly output: readonly OutputColumn[];
}

const planOf = derive(makePlan);
const plansByName = deriveByKey((_relations: readonly Relation[], table: string, schema: AnySchema) => {
  requireSnapshot(schema);
  return planOf(relationOf(schema, table), schema);
});

const scopedPlan = deriveByKey((_scope: Scope, plan: RelationPlan, schema: AnySchema): RelationPlan => {
  const scope = tableScope(schema, plan.relation, plan.columns);
  if (scope.rules.length === 0) return plan;
  return Object.freeze({ ...plan, scope, canHideDeleted: canKeepDeleted(schema, plan.relation) });
});

/** The plan of a table inside the snapshot's scope; throws UnknownNameError if the table does not exist. */
export function relationPlan(schema: AnySchema, table: string): RelationPlan {
  // Anything but a snapshot has no plan yet, and is rejected when one is created.
  const relations = (schema as AnySchema | undefined)?.relations as AnySchema["relations"];
  const plan = plansByName(relations, table, schema);
  return isEmptyScope(schema.scope) ? plan : scopedPlan(schema.scope, plan, schema);
}

function makePlan(relation: Relation, schema: AnySchema): RelationPlan {
  const columns = new Map(
    relation.columns.map(column => [column.name, columnPlan(schema, relation, column)]),
  );
  const readable = [...columns.values()].filter(({ column }) => column.privileges.select);
  return Object.freeze({
    relation,
    name: `${quoteName(relation)}${planMark(relation)}`,
    overriding: hasIdentityValues(relation) ? " OVERRIDING SYSTEM VALUE" : "",
    alias: quoteIdentifier(relation.name),
    columns,
    scope: NO_SCOPE,
    all: selection(readable),
    key: (relation.primaryKey?.columns ?? []).flatMap(name => (name === null ? [] : [columns.get(name)!])),
    hasChildren: hasChildren(schema, relation),
    hasRules: hasSource(schema.relations, relation, one => one.hasRules),
    canHideDeleted:
      (relation.kind === "view" || relation.rowSecurityEnabled) && canKeepDeleted(schema, relation),
    isForeign: hasSource(schema.relations, relation, ({ kind }) => kind === "foreign"),
    distribution: columns.get(relation.distribution?.column ?? ""),
  });
}

function canKeepDeleted({ relations }: AnySchema, relation: Relation): boolean {
  return hasSource(relations, relation, ({ userTriggers }) => userTriggers.some(canKeepRow));
}

function canKeepRow(trigger: Trigger): boolean {
  return firesFor(trigger, /\b(?:BEFORE|INSTEAD OF) (?:INSERT OR )?DELETE\b.* FOR EACH ROW\b/s);
}

/** Whether a condition holds for a relation, or for one in the query of a view. */
function hasSource(
  relations: readonly Relation[],
  relation: Relation,
  holds: (relation: Relation) => boolean,
): boolean {
  if (holds(relation)) return true;
  if (relation.kind !== "view") return false;
  return relation.dependsOn.some(({ schema, name }) => {
    const inner = relations.find(one => one.schema === schema && one.name === name);
    return inner !== undefined && hasSource(relations, inner, holds);
  });
}

const parentNames = derive(
  (relations: readonly Relation[]) =>
    new Set(relations.flatMap(({ parents }) => parents.map(parent => quoteName(parent)))),
);

/** Whether other tables inherit from a relation, whose rows can have the same keys. */
export function hasChildren({ relations }: Pick<AnySchema, "relations">, relation: Relation): boolean {
  return relation.kind !== "partitioned" && parentNames(relations).has(quoteName(relation));
}

/** The condition that a row is one of the table itself; `tableoid` is the SQL of the row's table. */
export function ownRowSql({ relation }: RelationPlan, tableoid: string): string {
  return `${tableoid} = ${quoteLiteral(quoteName(relation))}::regclass`;
}

/** The table without tables that inherit from it: its unique keys and foreign keys to it do not hold for these. */
export function ownTableSql({ hasChildren, name }: RelationPlan): string {
  return hasChildren ? `ONLY ${name}` : name;
}

function selection(columns: readonly ColumnPlan[], prefix = ""): Selection {
  return Object.freeze({
    text: columns.map(({ quoted, codec }) => prefix + quoted + codec.readCast).join(", "),
    stored: columns.map(({ quoted }) => prefix + quoted).join(", "),
    output: Object.freeze(columns.map(({ column: { name }, label, codec }) => ({ name, label, codec }))),
  });
}

/** A column of the plan; throws UnknownNameError with the nearest names. */
export function planColumn({ relation, columns }: RelationPlan, name: string): ColumnPlan {
  const column = columns.get(name);
  if (column !== undefined) return column;
  throw unknownColumn(relation.key, name, [...columns.keys()]);
}

/** The select list for the named columns, or for all readable ones. `prefix` qualifies: `"album".`. */
export function selectColumns(
  plan: RelationPlan,
  names: readonly string[] | undefined,
  prefix = "",
): Selection {
  if (names === undefined && prefix === "") return plan.all;
  const wanted = names === undefined ? plan.all.output.map(({ name }) => name) : names;
  if (!Array.isArray(wanted))
    throw new ArgumentError(
      `${plan.relation.key}: select must be an array of column names, received ${describeValue(wanted)}`,
    );
  const other = wanted.findIndex(name => typeof name !== "string");
  if (other !== -1) throw noColumnName(plan, wanted[other]);
  return selection(
    [...new Set(wanted)].map(name => planColumn(plan, name)),
    prefix,
  );
}

function noColumnName({ relation }: RelationPlan, value: unknown): ArgumentError {
  const sql = (value as { readonly sql?: unknown } | undefined)?.sql;
  const received = isFragment(sql)
    ? "a computed column, which rowsWhere, get and page can read"
    : describeValue(value);
  return new ArgumentError(`${relation.key}: select must contain column names, received ${received}`);
}

/**
 * The key's columns; throws ArgumentError for a relation without a primary key.
 * @param instead what the caller can do without one
 */
export function requireKey(plan: RelationPlan, instead = "add one"): readonly ColumnPlan[] {
  if (plan.key.length > 0) return plan.key;
  throw new ArgumentError(`${plan.relation.key} has no primary key; ${instead}`);
}

/** The distribution column, unless every statement has it anyway: in the key or in the scope. */
export function distributionBeside({ distribution, key, scope }: RelationPlan): ColumnPlan | undefined {
  return distribution === undefined || key.includes(distribution) || scope.names.has(distribution.column.name)
    ? undefined
    : distribution;
}

/** The columns that find a row: the key, and the distribution column, which says on which node. */
export function identityColumns(plan: RelationPlan): readonly ColumnPlan[] {
  const beside = distributionBeside(plan);
  return beside === undefined ? plan.key : [...plan.key, beside];
}

/** A quoted alias for something other than the table, different from the alias of the table. */
export function aliasBeside({ alias }: RelationPlan, name: string): string {
  const quoted = quoteIdentifier(name);
  return quoted === alias ? quoteIdentifier(`${name}_`) : quoted;
}

/** The wanted name, or a longer one if a column has that name. */
export function unusedName({ columns }: RelationPlan, wanted: string): string {
  let name = wanted;
  while (columns.has(name)) name += "_";
  return name;
}

/** A result column with the number of a row or key, from 1, under a name that no column has. */
export function numberColumn(schema: AnySchema, plan: RelationPlan): OutputColumn {
  const name = unusedName(plan, "n");
  return { name, label: name, codec: codecFor(schema, "int4", -1) };
}

/** The place of a condition: its table, its statement and the qualification of its columns. */
export interface ConditionContext {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly binder: Binder;
  /** `"album".` or nothing. */
  readonly prefix: string;
  /** The aliases of the outer tables, inside `some`, `none` and `every`. */
  readonly around?: readonly string[];
}

/** A column's exact text under a name that no column has, in addition to the columns that the caller selects. */
export function textColumn(
  schema: AnySchema,
  plan: RelationPlan,
  { quoted, codec }: Pick<ColumnPlan, "quoted" | "codec">,
  wanted: string,
  prefix = `${plan.alias}.`,
): { readonly sql: string; readonly output: OutputColumn } {
  const name = unusedName(plan, wanted);
  const output = { name, label: name, codec: codecFor(schema, "text", -1) };
  // Only the text of money depends on the locale, and is not what its cast accepts.
  const cast = codec.readCast.startsWith("::numeric") ? codec.readCast : "";
  return { sql: `${prefix}${quoted}${cast}::text AS "${name}"`, output };
}
