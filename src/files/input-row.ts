/** A row of a file, as it stands there. */
export interface InputRow {
  /** From 1; where the row ends. */
  readonly line: number;
  /** The same array for all rows whose names stand in the first line. */
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  /** Texts that the columns' types read, or values that are what they are. */
  readonly isText: boolean;
}

/** Rows as they come, some at a time: what is done for each one alone waits for nothing. */
export type InputRows = AsyncGenerator<readonly InputRow[], void, undefined>;
