/** A row of a file before its texts are parsed. */
export interface InputRow {
  /** The line on which the row ends, or the number of the row in JSON; from 1. */
  readonly line: number;
  /** One array for all rows of a file with a header. */
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  /** Whether the values are texts to be parsed by the types of their columns. */
  readonly isText: boolean;
}

/** Rows in batches, so that synchronous work on a row does not wait for a promise. */
export type InputRows = AsyncGenerator<readonly InputRow[], void, undefined>;

/** The places of rows in a file. */
export interface LineNumbers {
  /** Adds the line of the next row. */
  readonly add: (line: number) => void;
  /** The line of the row with this index from 0. */
  readonly line: (row: number) => number;
  /** `line 7`, of the row with this index from 0. */
  readonly of: (row: number) => string;
  /** The line of the most recently added row. */
  readonly last: () => string;
}

/** More rows than those of a slice of the text and of a batch together: no error is about an earlier one. */
const KEPT_ROWS = 100_000;

interface Change {
  readonly row: number;
  readonly distance: number;
}

/** The places of the last rows, so that a file whose rows all span several lines needs no more memory than others. */
export function lineNumbers(noun: "line" | "row"): LineNumbers {
  let changes: Change[] = [];
  let rows = 0;
  const line = (row: number): number => row + distanceOf(changes, row);
  const of = (row: number): string => `${noun} ${line(row)}`;
  return {
    add: ended => {
      const distance = ended - rows;
      if (changes.at(-1)?.distance !== distance) changes.push({ row: rows, distance });
      rows++;
      if (changes.length > KEPT_ROWS * 2) changes = changes.slice(-KEPT_ROWS);
    },
    line,
    of,
    last: () => of(rows - 1),
  };
}

/** The distance of the last change at or before a row. */
function distanceOf(changes: readonly Change[], row: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (changes[middle]!.row <= row) low = middle + 1;
    else high = middle;
  }
  return changes[low - 1]?.distance ?? 0;
}
