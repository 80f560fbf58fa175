import { ArgumentError } from "../errors.ts";
import type { OptionNames } from "../schema/arguments.ts";
import { foreignKeysTo, isInheritedFrom, referringRelations } from "../schema/referrers.ts";
import { findRelation, relationNamed, relationOf } from "../schema/relation-of.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { withinNode } from "./link-distribution.ts";
import { relatedRelation } from "./relation-names.ts";
import { ownTableSql, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";

/** Selects the relation between two tables if there are several. */
export interface LinkOptions {
  /** The related table; default: the name of the relation. */
  readonly table?: string;
  /** The name of the foreign key. */
  readonly by?: string;
  /** The junction table. */
  readonly through?: string;
  /** `true` for the rows that refer to this one, `false` for the row that this one refers to. */
  readonly many?: boolean;
  /** Own column → related column, if there is no foreign key, such as for a view; `many` is then `true` by default. */
  readonly on?: Readonly<Record<string, string>>;
}

/** The names of the options in `LinkOptions`. */
export const LINK_OPTIONS: OptionNames<LinkOptions> = {
  table: true,
  by: true,
  through: true,
  many: true,
  on: true,
};

/** A relation between a row and rows of another table. */
export interface Link {
  /** The key of the related table. */
  readonly table: string;
  readonly isMany: boolean;
  /** The row's columns. */
  readonly from: readonly string[];
  /** The columns of the related table, or of the junction table, that equal them. */
  readonly to: readonly string[];
  readonly through: LinkThrough | undefined;
  /** Whether a foreign key refers to the related table. */
  readonly isReferenced: boolean;
  /** Whether a foreign key refers to the row's own table. */
  readonly isReferring: boolean;
}

export interface LinkThrough {
  readonly table: string;
  /** Its columns that refer to the related table. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

interface Candidate extends Link {
  readonly by: string;
  readonly isPeriod: boolean;
}

/**
 * The link of a relation's name: by a foreign key in either direction, otherwise through a junction table. Throws
 * UnknownNameError if the table does not exist, ArgumentError with the choices if there is not exactly one link.
 */
export function linkOf(schema: AnySchema, relation: Relation, name: string, options: LinkOptions): Link {
  const target = relatedRelation(schema, relation, name, options);
  if (options.on !== undefined)
    return withinNode(schema, relation, linkOn(schema, relation, target, options.on, options.many));
  const found = candidates(schema, relation, target, options);
  const [only] = found;
  if (only !== undefined && found.length === 1)
    return withinNode(schema, relation, requireEquality(relation, only));
  const between = `${relation.key} and ${target.key}`;
  throw new ArgumentError(
    only === undefined
      ? `no foreign key relates ${between}${isUnspecified(options) ? "" : " in this way"}; specify the columns with on: { "column of ${relation.key}": "column of ${target.key}" }`
      : `${between} are related in several ways; choose one of ${found.map(describeLink).join("; ")}`,
  );
}

/**
 * The link to the one row that a row refers to, by the name of the related table or, if there are several links to it, of the
 * foreign key. Throws ArgumentError if there are many related rows, or several links; otherwise as `linkOf`.
 */
export function linkToOne(schema: AnySchema, relation: Relation, name: string, place: string): Link {
  const key = findRelation(schema, name) ? undefined : relation.foreignKeys.find(one => one.name === name);
  const named = key && relationNamed(schema, key.references);
  const target = named ?? relatedRelation(schema, relation, name, {});
  const all = candidates(schema, relation, target, key === undefined ? {} : { by: key.name });
  const single = all.filter(({ isMany }) => !isMany);
  const [only] = single;
  if (only !== undefined && single.length === 1) return requireEquality(relation, only);
  if (all.length === 0) return linkOf(schema, relation, name, {});
  const names = single.map(({ by }) => by).join(" or ");
  throw new ArgumentError(
    `${place}: ${
      only === undefined
        ? `there are many rows of ${name}; order by a column of one related row, or by expr`
        : `several foreign keys refer to ${name}; write the name of one instead: ${names}`
    }`,
  );
}

/**
 * Whether only rows of the owner itself have related rows: a foreign key refers to no row of a table that inherits from the
 * owner.
 */
export function isOfOwnRows({ isReferring }: Link, owner: RelationPlan): boolean {
  return isReferring && owner.hasChildren;
}

/** The related table; a foreign key refers to no row of a table that inherits from it. */
export function relatedTableSql({ isReferenced }: Link, plan: RelationPlan): string {
  return isReferenced ? ownTableSql(plan) : plan.name;
}

// The rows that a PERIOD foreign key relates overlap, and several together may cover a period (manual, CREATE TABLE).
function requireEquality(relation: Relation, link: Candidate): Candidate {
  if (!link.isPeriod) return link;
  throw new ArgumentError(
    `${relation.key} and ${link.table} are related by ${link.by}, a PERIOD foreign key, whose rows overlap instead of being equal; read the related rows with a filter such as overlaps(...)`,
  );
}

function isUnspecified({ by, through, many }: LinkOptions): boolean {
  return by === undefined && through === undefined && many === undefined;
}

function describeLink({ by, isMany, through, from }: Candidate): string {
  if (through !== undefined) return `through: ${JSON.stringify(through.table)}, by: ${JSON.stringify(by)}`;
  return `by: ${JSON.stringify(by)}, many: ${isMany} (${isMany ? "the rows that refer to it" : `the row that ${from.join(", ")} refers to`})`;
}

function candidates(
  schema: AnySchema,
  relation: Relation,
  target: Relation,
  { by, through, many }: LinkOptions,
): readonly Candidate[] {
  const isWanted = (link: Candidate): boolean =>
    (by === undefined || link.by === by) && (many === undefined || link.isMany === many);
  const direct = through === undefined ? [...parents(relation, target), ...children(relation, target)] : [];
  if (direct.length > 0) return direct.filter(isWanted);
  return throughLinks(schema, relation, target, through).filter(isWanted);
}

function parents(relation: Relation, target: Relation): readonly Candidate[] {
  return foreignKeysTo(relation, target).map(({ name, columns, references, period }) => ({
    by: name,
    isPeriod: period,
    table: target.key,
    isMany: false,
    through: undefined,
    isReferenced: true,
    isReferring: false,
    from: columns,
    to: references.columns,
  }));
}

function children(relation: Relation, target: Relation): readonly Candidate[] {
  return foreignKeysTo(target, relation).map(({ name, columns, references, period }) => ({
    by: name,
    isPeriod: period,
    table: target.key,
    isMany: true,
    through: undefined,
    isReferenced: false,
    isReferring: true,
    from: references.columns,
    to: columns,
  }));
}

function throughLinks(
  schema: AnySchema,
  relation: Relation,
  target: Relation,
  wanted: string | undefined,
): readonly Candidate[] {
  const junctions =
    wanted === undefined ? [...referringRelations(schema, relation)] : [relationOf(schema, wanted)];
  return junctions.flatMap(table =>
    foreignKeysTo(table, relation).flatMap(own =>
      foreignKeysTo(table, target)
        .filter(
          other => other !== own && (wanted !== undefined || !isInheritedFrom(schema, table, [own, other])),
        )
        .map(other => ({
          by: own.name,
          isPeriod: own.period || other.period,
          table: target.key,
          isMany: true,
          isReferenced: true,
          isReferring: true,
          from: own.references.columns,
          to: own.columns,
          through: { table: table.key, from: other.columns, to: other.references.columns },
        })),
    ),
  );
}

function linkOn(
  schema: AnySchema,
  relation: Relation,
  target: Relation,
  on: Readonly<Record<string, string>>,
  many = true,
): Link {
  const from = Object.keys(on);
  const to = Object.values(on);
  if (from.length === 0) throw new ArgumentError(`${relation.key}: on must name at least one column`);
  for (const name of from) requireComparable(planColumn(relationPlan(schema, relation.key), name));
  for (const name of to) requireComparable(planColumn(relationPlan(schema, target.key), name));
  const isForeignKey = { isReferenced: false, isReferring: false };
  return { table: target.key, isMany: many, from, to, through: undefined, ...isForeignKey };
}

function requireComparable({ label, column, filterCodec }: ColumnPlan): void {
  if (filterCodec.equals !== "=")
    throw new ArgumentError(`${label}: type ${column.type} has no equality operator, so it relates no rows`);
}
