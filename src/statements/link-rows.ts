import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireArray, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { isInheritedFrom } from "../schema/referrers.ts";
import { isSameName } from "../schema/relation.ts";
import type { AnySchema, ForeignKey, Relation } from "../schema/snapshot.ts";
import { keyValues } from "./primary-key.ts";
import { type RelationPlan, relationPlan, requireKey } from "./relation-plan.ts";

/** Options of `linkRows`. */
export interface LinkRowsOptions {
  /** The junction table, if there are several. */
  readonly through?: string;
  /** The names of its foreign keys to the first and the second table; required for a self-reference. */
  readonly by?: readonly [string, string];
  /** Other columns of the junction table: `{ position: 3 }`. */
  readonly values?: Readonly<Record<string, unknown>>;
}

const LINK_OPTIONS: OptionNames<LinkRowsOptions & { readonly validate?: boolean }> = {
  through: true,
  by: true,
  values: true,
  validate: true,
  ...SEND_OPTIONS,
};

/** The rows of a junction table that link one row with several rows. */
export interface LinkRows {
  readonly table: string;
  /** The columns of the unique key that prevents duplicate links. */
  readonly key: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The rows that `link` inserts.
 * @param schema a snapshot
 * @param table a table's name
 * @param key the primary key of one of its rows, as for `get`
 * @param other the table to link with
 * @param keys primary keys of rows of the other table
 * @param options the junction table, and its other columns
 * @returns the junction table, its unique key, and the rows
 * @throws ArgumentError if no junction table exists, or several; UnknownNameError
 * @example `linkRows(schema, "playlist", 1, "track", [5, 6], { values: { position: 0 } }).rows` →
 * `[{ playlist_id: 1, track_id: 5, position: 0 }, { playlist_id: 1, track_id: 6, position: 0 }]`
 */
export function linkRows(
  schema: AnySchema,
  table: string,
  key: unknown,
  other: string,
  keys: readonly unknown[],
  options: LinkRowsOptions = {},
): LinkRows {
  requireOptions("link", options, LINK_OPTIONS);
  requireArray("keys", keys);
  if (options.by !== undefined) requireArray("link: by", options.by);
  const [from, to] = [relationPlan(schema, table), relationPlan(schema, other)];
  const junction = junctionOf(schema, from, to, options);
  const start = keyRow(from, junction.first, key);
  return {
    table: junction.relation.key,
    key: pairColumns(junction),
    rows: keys.map(one => ({ ...options.values, ...start, ...keyRow(to, junction.second, one) })),
  };
}

interface Junction {
  readonly relation: Relation;
  readonly first: ForeignKey;
  readonly second: ForeignKey;
}

function junctionOf(
  schema: AnySchema,
  from: RelationPlan,
  to: RelationPlan,
  { through, by }: LinkRowsOptions,
): Junction {
  const wanted = through === undefined ? undefined : relationPlan(schema, through).relation;
  const found = schema.relations
    .filter(relation => wanted === undefined || relation === wanted)
    .flatMap(relation => pairsOf(relation, from, to))
    .filter(({ first, second }) => by === undefined || (first.name === by[0] && second.name === by[1]))
    .filter(one => wanted !== undefined || !isInheritedFrom(schema, one.relation, [one.first, one.second]))
    .filter(hasUniquePair);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names = `${from.relation.key} and ${to.relation.key}`;
  throw new ArgumentError(
    only === undefined
      ? `no junction table links ${names}; a junction table has a foreign key to the primary key of each, and the two foreign keys are unique together`
      : `${names} are linked in several ways; choose one with through and by: ${found.map(describeJunction).join("; ")}`,
  );
}

function pairsOf(relation: Relation, from: RelationPlan, to: RelationPlan): readonly Junction[] {
  const { foreignKeys } = relation;
  return foreignKeys.flatMap(first =>
    foreignKeys
      .filter(second => second !== first && refersTo(first, from) && refersTo(second, to))
      .map(second => ({ relation, first, second })),
  );
}

function refersTo({ references, period }: ForeignKey, { relation, key }: RelationPlan): boolean {
  return (
    !period &&
    isSameName(references, relation) &&
    references.columns.length === key.length &&
    key.every(({ column }) => references.columns.includes(column.name))
  );
}

function pairColumns({ first, second }: Junction): readonly string[] {
  return [...new Set([...first.columns, ...second.columns])];
}

function hasUniquePair(junction: Junction): boolean {
  const { primaryKey, uniqueKeys } = junction.relation;
  const pair = pairColumns(junction);
  return [...(primaryKey ? [primaryKey] : []), ...uniqueKeys].some(
    ({ columns, conflictTarget }) =>
      conflictTarget !== "none" &&
      columns.length === pair.length &&
      pair.every(name => columns.includes(name)),
  );
}

function describeJunction({ relation, first, second }: Junction): string {
  return `${relation.key} (${first.name}, ${second.name})`;
}

function keyRow(plan: RelationPlan, foreignKey: ForeignKey, key: unknown): Record<string, unknown> {
  const columns = requireKey(plan);
  const values = keyValues(plan, columns, key);
  return Object.fromEntries(
    columns.map(({ column }, index) => [
      foreignKey.columns[foreignKey.references.columns.indexOf(column.name)]!,
      values[index],
    ]),
  );
}
