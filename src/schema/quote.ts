import { ArgumentError } from "../errors.ts";
import type { RelationName } from "./snapshot.ts";

/** A name as SQL, always quoted; throws ArgumentError for what no identifier can be: empty, or with a NUL (manual 4.1.1). */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0"))
    throw new ArgumentError(
      `a name must be a non-empty string without NUL characters, received ${JSON.stringify(name)}`,
    );
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table, view, sequence or type as SQL: `"public"."album"`. */
export function quoteName({ schema, name }: RelationName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** A text as SQL that means it whatever `standard_conforming_strings` is (manual 4.1.2.2). */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new ArgumentError("a string cannot have a NUL character");
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
