import { ArgumentError, UnknownNameError, ValueError } from "../errors.ts";
import { derive, deriveByKey } from "../schema/derived.ts";
import { quoteIdentifier, quoteName } from "../schema/quote.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";

import type { Codec } from "../types/codec.ts";
import { problemText } from "../types/problem-text.ts";
import { codecFor, codecOf, comparisonCodec } from "../types/resolve.ts";
import { planMark } from "./plan-mark.ts";
import type { Binder, OutputColumn } from "./statement.ts";

/** What the statements of one relation have in common, made once. */
export interface RelationPlan {
  readonly relation: Relation;
  /** `"public"."album"` */
  readonly name: string;
  /** `"album"`: how its columns are qualified. */
  readonly alias: string;
  readonly columns: ReadonlyMap<string, ColumnPlan>;
  /** The columns the role may read, in table order. */
  readonly all: Selection;
  /** The primary key's columns in key order; empty without a key. */
  readonly key: readonly ColumnPlan[];
}

export interface ColumnPlan {
  readonly column: Column;
  /** `album.title`, for messages. */
  readonly label: string;
  /** `"title"` */
  readonly quoted: string;
  readonly codec: Codec;
  /** Without the type's modifier: a filter compares, so a value that is too long for the column is no error. */
  readonly filterCodec: Codec;
}

/** A select list and how to read what it returns. */
export interface Selection {
  readonly text: string;
  /** The same columns as they are stored, without the casts that they are read with. */
  readonly stored: string;
  readonly output: readonly OutputColumn[];
}

const planOf = derive(makePlan);
const plansByName = deriveByKey((_relations: readonly Relation[], table: string, schema: AnySchema) =>
  planOf(relationOf(schema, table), schema),
);

/** The plan of a table; throws UnknownNameError when the snapshot has no such table. */
export function relationPlan(schema: AnySchema, table: string): RelationPlan {
  return plansByName(schema.relations, table, schema);
}

function makePlan(relation: Relation, schema: AnySchema): RelationPlan {
  const columns = new Map(
    relation.columns.map(column => [column.name, columnPlan(schema, relation, column)]),
  );
  const readable = [...columns.values()].filter(({ column }) => column.privileges.select);
  return Object.freeze({
    relation,
    name: `${quoteName(relation)}${planMark(relation)}`,
    alias: quoteIdentifier(relation.name),
    columns,
    all: selection(readable),
    key: (relation.primaryKey?.columns ?? []).flatMap(name => (name === null ? [] : [columns.get(name)!])),
  });
}

function columnPlan(schema: AnySchema, relation: Relation, column: Column): ColumnPlan {
  const filterCodec = comparisonCodec(schema, relation, column);
  return {
    column,
    label: `${relation.key}.${column.name}`,
    quoted: quoteIdentifier(column.name),
    codec: codecOf(schema, relation, column),
    filterCodec,
  };
}

function selection(columns: readonly ColumnPlan[], prefix = ""): Selection {
  return Object.freeze({
    text: columns.map(({ quoted, codec }) => prefix + quoted + codec.readCast).join(", "),
    stored: columns.map(({ quoted }) => prefix + quoted).join(", "),
    output: Object.freeze(columns.map(({ column: { name }, label, codec }) => ({ name, label, codec }))),
  });
}

/** A column of the plan; throws UnknownNameError with the nearest names. */
export function planColumn(schema: AnySchema, plan: RelationPlan, name: string): ColumnPlan {
  const column = plan.columns.get(name);
  if (column !== undefined) return column;
  columnOf(schema, plan.relation.key, name);
  throw new UnknownNameError(`table ${plan.relation.key} has no column ${JSON.stringify(name)}`);
}

/** The select list for the named columns, or for all readable ones. `prefix` qualifies: `"album".`. */
export function selectColumns(
  schema: AnySchema,
  plan: RelationPlan,
  names: readonly string[] | undefined,
  prefix = "",
): Selection {
  if (names === undefined && prefix === "") return plan.all;
  const wanted = names ?? plan.all.output.map(({ name }) => name);
  if (!Array.isArray(wanted))
    throw new ArgumentError(`${plan.relation.key}: select takes an array of column names`);
  return selection(
    [...new Set(wanted)].map(name => planColumn(schema, plan, name)),
    prefix,
  );
}

/** The key's columns; throws ArgumentError for a relation without a primary key. */
export function requireKey(plan: RelationPlan): readonly ColumnPlan[] {
  if (plan.key.length > 0) return plan.key;
  throw new ArgumentError(`${plan.relation.key} has no primary key: use a filter instead`);
}

/** A name for something else in the same statement, quoted: a table may itself be called so. */
export function aliasBeside({ alias }: RelationPlan, name: string): string {
  const quoted = quoteIdentifier(name);
  return quoted === alias ? quoteIdentifier(`${name}_`) : quoted;
}

/** Where a condition is being compiled: of which table, for which statement, how its columns are qualified. */
export interface ConditionContext {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly binder: Binder;
  /** `"album".` or nothing. */
  readonly prefix: string;
  /** Inside a filter through relations: the names that the tables around it have. */
  readonly around?: readonly string[];
}

/** A filter's value as PostgreSQL's text; refuses what the column's type cannot hold. */
export function filterText(where: string, codec: Codec, value: unknown): string {
  if (value === undefined)
    throw new ArgumentError(`${where}: undefined in a filter; leave the column out, or use null for IS NULL`);
  if (value === null)
    throw new ArgumentError(`${where}: null cannot be compared here; use isNull() or notNull()`);
  const problem = codec.check(value);
  if (problem !== undefined) throw new ValueError(`${where}: ${problemText(problem)}`);
  return codec.print(value);
}

/** A column's exact text under a name that no column has, beside the columns that the caller wants. */
export function textColumn(
  schema: AnySchema,
  plan: RelationPlan,
  { quoted }: Pick<ColumnPlan, "quoted">,
  wanted: string,
): { readonly sql: string; readonly output: OutputColumn } {
  let name = wanted;
  while (plan.columns.has(name)) name += "_";
  const output = { name, label: name, codec: codecFor(schema, "text", -1) };
  return { sql: `${plan.alias}.${quoted}::text AS "${name}"`, output };
}
