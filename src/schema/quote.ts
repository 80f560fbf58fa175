import { ArgumentError } from "../errors.ts";
import type { RelationName } from "./snapshot.ts";

/** A quoted identifier; throws ArgumentError for an empty name and for one with NUL (manual 4.1.1). */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0"))
    throw new ArgumentError(
      `a name must be a non-empty string without NUL characters, received ${JSON.stringify(name)}`,
    );
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name as in SQL, without the quotes that it may have there. */
export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** The parts of a qualified name in SQL, such as `public."Odd s"`. Letters without quotes become lower case (manual 4.1.1). */
export function nameParts(text: string): readonly string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [];
  return parts.map(part => (part.startsWith('"') ? unquoted(part) : part.toLowerCase()));
}

/** Whether a printed expression may use a column; functions and strings in it can have the same name. */
export function mayMention(expression: string, column: string): boolean {
  const words = expression.split(/[^\p{L}\p{N}_$]+/u);
  return words.includes(column) || expression.includes(quoteIdentifier(column));
}

/** A qualified table, view, sequence or type as SQL: `"public"."album"`. */
export function quoteName({ schema, name }: RelationName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** A string literal that does not depend on `standard_conforming_strings` (manual 4.1.2.2). */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new ArgumentError("a string cannot have a NUL character");
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
