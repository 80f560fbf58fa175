type Labels = readonly (string | undefined)[];

const labelsByParams = new WeakMap<readonly unknown[], Labels>();
const ownLabels = new WeakSet<Labels>();

/** Stores the columns, such as `album.title`, that the parameters of a statement belong to. */
export function setParameterColumns(params: readonly unknown[], labels: Labels): void {
  labelsByParams.set(params, labels);
}

/** The columns, such as `album.title`, whose values the parameters are; undefined for other parameters. */
export function parameterColumns(params: readonly unknown[]): Labels {
  return labelsByParams.get(params) ?? [];
}

/** Marks the statements with these parameter columns as written by rowfn, without raw SQL of the caller. */
export function markAsOwn(labels: Labels): void {
  ownLabels.add(labels);
}

/** Whether the parameters belong to a statement that `markAsOwn` marked. */
export function isOwnStatement(params: readonly unknown[]): boolean {
  return ownLabels.has(parameterColumns(params));
}
