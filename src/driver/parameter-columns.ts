import type { SqlHandle } from "./handle.ts";

type Labels = readonly (string | undefined)[];

/** Compares the database with the snapshot of a statement, and returns the differences as lines. */
export type FindDifferences = (sql: SqlHandle) => Promise<readonly string[]>;

const labelsByParams = new WeakMap<readonly unknown[], Labels>();
const ownLabels = new WeakMap<Labels, FindDifferences>();

/** Stores the columns, such as `album.title`, that the parameters of a statement belong to. */
export function setParameterColumns(params: readonly unknown[], labels: Labels): void {
  labelsByParams.set(params, labels);
}

/** The columns, such as `album.title`, whose values the parameters are; undefined for other parameters. */
export function parameterColumns(params: readonly unknown[]): Labels {
  return labelsByParams.get(params) ?? [];
}

/** Marks the statements with these parameter columns as written by rowfn from a snapshot. */
export function markAsOwn(labels: Labels, findDifferences: FindDifferences): void {
  ownLabels.set(labels, findDifferences);
}

/** Marks the statements with these parameter columns as containing raw SQL of the caller. */
export function markAsRaw(labels: Labels): void {
  ownLabels.delete(labels);
}

/** What `markAsOwn` stored for a statement; undefined for a statement with raw SQL. */
export function differencesOf(params: readonly unknown[]): FindDifferences | undefined {
  return ownLabels.get(parameterColumns(params));
}
