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

/** The places of rows; needs memory only where rows span several lines. */
export function lineNumbers(noun: "line" | "row"): LineNumbers {
  const changes: { readonly row: number; readonly distance: number }[] = [];
  let rows = 0;
  const line = (row: number): number => row + (changes.findLast(change => change.row <= row)?.distance ?? 0);
  const of = (row: number): string => `${noun} ${line(row)}`;
  return {
    add: ended => {
      const distance = ended - rows;
      if (changes.at(-1)?.distance !== distance) changes.push({ row: rows, distance });
      rows++;
    },
    line,
    of,
    last: () => of(rows - 1),
  };
}
