/** Where the rows of a file stand in it. */
export interface LineNumbers {
  /** Takes the line of the next row. */
  readonly add: (line: number) => void;
  /** `line 7`, of the row with this number from 0. */
  readonly of: (row: number) => string;
  /** That of the row added last. */
  readonly last: () => string;
}

/** Remembers only where the distance between row and line changes, which it hardly ever does. */
export function lineNumbers(noun: "line" | "row"): LineNumbers {
  const changes: { readonly row: number; readonly distance: number }[] = [];
  let rows = 0;
  const of = (row: number): string =>
    `${noun} ${row + (changes.findLast(change => change.row <= row)?.distance ?? 0)}`;
  return {
    add: line => {
      const distance = line - rows;
      if (changes.at(-1)?.distance !== distance) changes.push({ row: rows, distance });
      rows++;
    },
    of,
    last: () => of(rows - 1),
  };
}
