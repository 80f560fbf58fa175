import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { includeEntry, requireInclude } from "./include-entry.ts";
import { type LinkOptions, linkOf } from "./relation-link.ts";
import { planColumn, type RelationPlan, relationPlan, selectColumns } from "./relation-plan.ts";

/** The relations whose rows are nested in the rows to insert: relation → options, or `true`. */
export type InsertInclude = Readonly<Record<string, true | InsertIncludeOptions>>;

/** Options of one relation of the `include` of an insert. */
export interface InsertIncludeOptions extends Omit<LinkOptions, "through"> {
  /** The columns to return; default: all readable ones. */
  readonly select?: readonly string[];
  /** The relations whose rows are nested in the nested rows. */
  readonly include?: InsertInclude;
}

/** A table of a tree of rows to insert. */
export interface InsertTable {
  readonly table: string;
  readonly plan: RelationPlan;
  /** Columns whose values come from the row around it. */
  readonly linked: readonly string[];
  readonly select: readonly string[] | undefined;
  readonly relations: readonly InsertRelation[];
}

/** A relation of a tree of rows to insert. */
export interface InsertRelation extends InsertTable {
  readonly name: string;
  /** `true` for rows that refer to the row around them, `false` for a row that it refers to. */
  readonly isMany: boolean;
  /** The columns of the row around it, and those of this table that equal them. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const OPTIONS: OptionNames<InsertIncludeOptions> = {
  ...{ table: true, by: true, many: true, on: true },
  ...{ select: true, include: true },
};

/** The tables of an insert with nested rows; throws UnknownNameError and ArgumentError with the path of names. */
export function insertTable(schema: AnySchema, table: string, include: unknown): InsertTable {
  const plan = relationPlan(schema, table);
  return { table, plan, linked: [], select: undefined, relations: relationsOf(schema, plan, include) };
}

function relationsOf(
  schema: AnySchema,
  plan: RelationPlan,
  include: unknown = {},
): readonly InsertRelation[] {
  requireInclude(plan.relation.key, include);
  // Only `nest` creates objects with a symbol.
  if (Object.getOwnPropertySymbols(include).length > 0)
    throw new ArgumentError(
      `${plan.relation.key}: nest belongs around the outermost include only; write include: { relation: true } here`,
    );
  return Object.entries(include).map(([name, options]) => relationNamed(schema, plan, name, options));
}

function relationNamed(
  schema: AnySchema,
  parent: RelationPlan,
  name: string,
  given: unknown,
): InsertRelation {
  const { where, options } = includeEntry<InsertIncludeOptions>(parent, name, given);
  requireOptions(`${where} of an insert`, options, OPTIONS);
  const { table, isMany, from, to, through } = linkOf(schema, parent.relation, name, options);
  if (through !== undefined)
    throw new ArgumentError(
      `${where}: rows of ${table} are related through ${through.table}; nest rows of ${through.table}, and in each a row of ${table}`,
    );
  const plan = relationPlan(schema, table);
  for (const column of from) planColumn(parent, column);
  selectColumns(plan, options.select);
  const relations = relationsOf(schema, plan, options.include);
  return { name, table, plan, isMany, from, to, linked: isMany ? to : [], select: options.select, relations };
}

/** The columns of a stored row that its tree needs: those that other rows refer to. */
export function referencedColumns(table: InsertTable | InsertRelation): readonly string[] {
  const own = "isMany" in table && !table.isMany ? table.to : [];
  const many = table.relations.filter(({ isMany }) => isMany).flatMap(({ from }) => from);
  return [...new Set([...own, ...many])];
}

/** All columns whose values are carried from one row to another. */
export function carriedColumns({ plan, relations }: InsertTable): readonly ReturnType<typeof planColumn>[] {
  return relations.flatMap(relation => [
    ...relation.from.map(name => planColumn(plan, name)),
    ...relation.to.map(name => planColumn(relation.plan, name)),
    ...carriedColumns(relation),
  ]);
}
