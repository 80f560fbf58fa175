import type { Statement } from "../driver/statement.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";

/** A statement that returns rows, and its output columns. */
export interface RowStatement extends Statement {
  readonly output: readonly OutputColumn[];
}

export interface OutputColumn {
  readonly name: string;
  /** For messages: `album.title`. */
  readonly label: string;
  readonly codec: Codec;
  /** For a column that raw SQL computes, whose type only the result has: the snapshot with its JavaScript forms. */
  readonly computed?: AnySchema;
}
