/** A row as it is to be written. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows with the same columns, which one statement writes. */
export interface RowGroup {
  readonly rows: readonly Row[];
  /** Where each row stood. */
  readonly positions: readonly number[];
}

interface GrowingGroup extends RowGroup {
  readonly rows: Row[];
  readonly positions: number[];
}

/** What tells two rows with the same key; undefined for a row that has no key yet. */
export type KeyText = (row: Row, index: number) => string | undefined;

/** The rows by the columns they have. */
export function groupsByColumns(rows: readonly Row[]): readonly RowGroup[] {
  return haveSameColumns(rows) ? [wholeGroup(rows)] : mixedGroups(rows);
}

// Rows mostly have the same columns in the same order: nothing is made for each of them then.
function haveSameColumns(rows: readonly Row[]): boolean {
  if (rows.length === 0) return false;
  const names = Object.keys(rows[0]!);
  for (let index = 1; index < rows.length; index++) {
    let at = 0;
    for (const name in rows[index]) if (names[at++] !== name) return false;
    if (at !== names.length) return false;
  }
  return true;
}

function wholeGroup(rows: readonly Row[]): RowGroup {
  const positions: number[] = [];
  for (let index = 0; index < rows.length; index++) positions.push(index);
  return { rows, positions };
}

function mixedGroups(rows: readonly Row[]): readonly RowGroup[] {
  const groups = new Map<string, GrowingGroup>();
  let last: GrowingGroup | undefined;
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

function groupOf(groups: Map<string, GrowingGroup>, key: string): GrowingGroup {
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
  const rounds: GrowingGroup[] = [];
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
  const runs: GrowingGroup[] = [];
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
