/** A row of a file, as it stands there. */
export interface InputRow {
  /** From 1; where the row ends. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Texts that the columns' types read, or values that are what they are. */
  readonly isText: boolean;
}
