import { ArgumentError } from "../errors.ts";

/** A name as SQL, always quoted; throws ArgumentError for what no identifier can be: empty, or with a NUL (manual 4.1.1). */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0")) throw new ArgumentError(`not a name: ${JSON.stringify(name)}`);
  return `"${name.replaceAll('"', '""')}"`;
}
