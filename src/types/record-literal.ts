import { ValueError } from "../errors.ts";

/** Prints fields as a record literal (manual 8.16.6): `(1,"a b",)`. */
export function printRecordLiteral(fields: readonly (string | null)[]): string {
  return `(${fields.map(printField).join(",")})`;
}

/** Prints a field of a record, or a bound of a range; a NULL is empty. */
export function printField(text: string | null): string {
  return text === null ? "" : `"${text.replaceAll(/["\\]/g, "$&$&")}"`;
}

/** The value of a field or bound; an empty one without quotes is null. */
export function parseField(text: string): string | null {
  if (text === "") return null;
  const inner = text.startsWith('"') ? text.slice(1, -1) : text;
  return inner.replaceAll(/\\([\s\S])|""/g, (_, char) => char ?? '"');
}

/**
 * The index after the quoted field or bound that starts at an index. Character by character, because a pattern would remember
 * each one, and fail if there are millions.
 */
export function quotedEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === '"' && text[at + 1] !== '"') return at + 1;
    at += text[at] === '"' || text[at] === "\\" ? 2 : 1;
  }
  return text.length;
}

const BARE = /[^,()"\\]*/y;

/** The fields of a record literal. */
export function parseRecordLiteral(text: string): readonly (string | null)[] {
  if (!text.startsWith("(")) malformed(text);
  const fields: (string | null)[] = [];
  let at = 0;
  do {
    const start = at + 1;
    at = text[start] === '"' ? quotedEnd(text, start) : bareEnd(BARE, text, start);
    fields.push(parseField(text.slice(start, at)));
  } while (text[at] === ",");
  return text[at] === ")" && at === text.length - 1 ? fields : malformed(text);
}

/** The index after the characters from an index on that a pattern matches. */
export function bareEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : text.length;
}

function malformed(text: string): never {
  throw new ValueError(`malformed record literal: ${text.slice(0, 100)}`);
}
