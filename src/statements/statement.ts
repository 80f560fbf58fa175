import type { Codec } from "../types/codec.ts";

/** SQL with `$1`, `$2` ... and its parameters, each PostgreSQL's text or NULL. */
export interface Statement {
  readonly text: string;
  readonly params: readonly (string | null)[];
}

/** A statement that returns rows, and how to read them. */
export interface RowStatement extends Statement {
  readonly output: readonly OutputColumn[];
}

export interface OutputColumn {
  readonly name: string;
  /** For messages: `album.title`. */
  readonly label: string;
  readonly codec: Codec;
}

/** The parameters of a statement while its text is being built; `bind` returns the placeholder. */
export interface Binder {
  readonly params: (string | null)[];
}

/** Adds a parameter; `$1::text::int4` keeps its type text, whatever the column becomes. */
export function bind(binder: Binder, text: string | null, castType: string): string {
  const count = binder.params.push(text);
  return castType === "text" ? `$${count}::text` : `$${count}::text::${castType}`;
}
