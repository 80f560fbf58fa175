import { RowfnError } from "../../errors.ts";

/** An operation of a batch failed; nothing was written. `cause` is its error. */
export class BatchError extends RowfnError {
  override name = "BatchError";
  /** The number of the operation, from 0; undefined if COMMIT failed, which does not say for which one. */
  readonly operation: number | undefined;
  /** The columns whose values come from earlier operations. */
  readonly references: readonly string[];

  constructor(operation: number | undefined, cause: unknown, references: readonly string[] = []) {
    const place = operation === undefined ? "COMMIT" : `operation ${operation}`;
    super(`${place} of the batch failed; nothing was written`, { cause });
    this.operation = operation;
    this.references = references;
  }
}
