/** A row as it is to be written. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows with the same columns, which one statement writes. */
export interface RowGroup {
  readonly rows: Row[];
  /** Where each row stood. */
  readonly positions: number[];
}

/** What tells two rows with the same key; undefined for a row that has no key yet. */
export type KeyText = (row: Row, index: number) => string | undefined;

/** The rows by the columns they have. */
export function groupsByColumns(rows: readonly Row[]): readonly RowGroup[] {
  const groups = new Map<string, RowGroup>();
  let last: RowGroup | undefined;
  let names: readonly string[] = [];
  for (const [position, row] of rows.entries()) {
    const own = Object.keys(row);
    if (last === undefined || !sameNames(own, names)) {
      names = own;
      last = groupOf(groups, JSON.stringify(own.toSorted()));
    }
    last.rows.push(row);
    last.positions.push(position);
  }
  return [...groups.values()];
}

function groupOf(groups: Map<string, RowGroup>, key: string): RowGroup {
  const group = groups.get(key) ?? { rows: [], positions: [] };
  groups.set(key, group);
  return group;
}

function sameNames(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, index) => name === others[index]);
}

/**
 * The rows by their columns, no group with a key twice, the first of equal keys in an earlier group: a statement
 * changes a row once, and one group after the other does what writing one row after the other would.
 */
export function groupsByKey(rows: readonly Row[], keyOf: KeyText): readonly RowGroup[] {
  const rounds: RowGroup[] = [];
  const seen = new Map<string, number>();
  for (const [position, row] of rows.entries()) {
    const key = keyOf(row, position);
    const round = key === undefined ? 0 : (seen.get(key) ?? 0);
    if (key !== undefined) seen.set(key, round + 1);
    const part = rounds[round] ?? { rows: [], positions: [] };
    rounds[round] = part;
    part.rows.push(row);
    part.positions.push(position);
  }
  return rounds.flatMap(({ rows: part, positions }) =>
    groupsByColumns(part).map(group => ({
      rows: group.rows,
      positions: group.positions.map(position => positions[position]!),
    })),
  );
}

/** The same in the order given, cut where the columns change or a key comes again. */
export function runsByKey(rows: readonly Row[], keyOf: KeyText): readonly RowGroup[] {
  const runs: RowGroup[] = [];
  let names: readonly string[] = [];
  let seen = new Set<string>();
  for (const [position, row] of rows.entries()) {
    const key = keyOf(row, position);
    const own = Object.keys(row).sort();
    if (runs.length === 0 || !sameNames(own, names) || (key !== undefined && seen.has(key))) {
      runs.push({ rows: [], positions: [] });
      names = own;
      seen = new Set();
    }
    if (key !== undefined) seen.add(key);
    const run = runs.at(-1)!;
    run.rows.push(row);
    run.positions.push(position);
  }
  return runs;
}
