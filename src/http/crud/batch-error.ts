import { RowfnError } from "../../errors.ts";

/** An operation of a batch failed; nothing was written. `cause` is its error. */
export class BatchError extends RowfnError {
  override name = "BatchError";
  /** The number of the operation, from 0. */
  readonly operation: number;
  /** The columns whose values come from earlier operations. */
  readonly references: readonly string[];

  constructor(operation: number, cause: unknown, references: readonly string[] = []) {
    super(`operation ${operation} of the batch failed; nothing was written`, { cause });
    this.operation = operation;
    this.references = references;
  }
}
