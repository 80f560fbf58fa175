/** A row to write: column → value. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows with the same columns, which one statement writes. */
export interface RowGroup {
  readonly rows: readonly Row[];
  /** The number of each row among all rows of the call. */
  readonly positions: readonly number[];
  /** The path of the row with a position in the input of the call; default: the position alone. */
  readonly pathOf?: (position: number) => readonly (string | number)[];
}

interface GrowingGroup extends RowGroup {
  readonly rows: Row[];
  readonly positions: number[];
}

/** Returns a text that rows with the same key share; undefined for a row without a key. */
export type KeyText = (row: Row, index: number) => string | undefined;

/** Groups of rows with the same columns; `from` is the number of the first row. */
export function groupsByColumns(rows: readonly Row[], from: number): readonly RowGroup[] {
  return haveSameColumns(rows) ? [wholeGroup(rows, from)] : mixedGroups(rows, from);
}

// Most calls have rows with the same columns in the same order, which needs no array per row.
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

function wholeGroup(rows: readonly Row[], from: number): RowGroup {
  const positions: number[] = [];
  for (let index = 0; index < rows.length; index++) positions.push(from + index);
  return { rows, positions };
}

function mixedGroups(rows: readonly Row[], from: number): readonly RowGroup[] {
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
    last.positions.push(from + position);
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
 * Groups of rows with the same columns and different keys. Of rows with equal keys the first is in an earlier group,
 * because a statement can change a row only once, and the groups together must do what single statements would.
 */
export function groupsByKey(rows: readonly Row[], from: number, keyOf: KeyText): readonly RowGroup[] {
  const rounds: GrowingGroup[] = [];
  const seen = new Map<string, number>();
  for (const [position, row] of rows.entries()) {
    const key = keyOf(row, from + position);
    const round = key === undefined ? 0 : (seen.get(key) ?? 0);
    if (key !== undefined) seen.set(key, round + 1);
    const part = rounds[round] ?? { rows: [], positions: [] };
    rounds[round] = part;
    part.rows.push(row);
    part.positions.push(from + position);
  }
  return rounds.flatMap(({ rows: part, positions }) =>
    groupsByColumns(part, 0).map(group => ({
      rows: group.rows,
      positions: group.positions.map(position => positions[position]!),
    })),
  );
}

/** Groups of consecutive rows with the same columns and different keys, in input order. */
export function consecutiveGroups(rows: readonly Row[], from: number, keyOf: KeyText): readonly RowGroup[] {
  const runs: GrowingGroup[] = [];
  let names: readonly string[] = [];
  let seen = new Set<string>();
  for (const [position, row] of rows.entries()) {
    const key = keyOf(row, from + position);
    const own = Object.keys(row).sort();
    if (runs.length === 0 || !sameNames(own, names) || (key !== undefined && seen.has(key))) {
      runs.push({ rows: [], positions: [] });
      names = own;
      seen = new Set();
    }
    if (key !== undefined) seen.add(key);
    const run = runs.at(-1)!;
    run.rows.push(row);
    run.positions.push(from + position);
  }
  return runs;
}

/** Groups whose rows all have NULL in one of the columns, or all have none. */
export function splitByNull(groups: readonly RowGroup[], columns: readonly string[]): readonly RowGroup[] {
  if (columns.length === 0) return groups;
  const hasNull = (row: Row): boolean => columns.some(name => row[name] === null);
  return groups.flatMap(({ rows, positions }) => {
    const part = (wanted: boolean): RowGroup => ({
      rows: rows.filter(row => hasNull(row) === wanted),
      positions: positions.filter((_, at) => hasNull(rows[at]!) === wanted),
    });
    return [part(false), part(true)].filter(group => group.rows.length > 0);
  });
}
