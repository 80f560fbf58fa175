import { ValueError } from "../errors.ts";

/** Prints fields as a record literal (manual 8.16.6): `(1,"a b",)`. */
export function printRecordLiteral(fields: readonly (string | null)[]): string {
  return `(${fields.map(printField).join(",")})`;
}

/** Prints a field of a record, or a bound of a range; a NULL is empty. */
export function printField(text: string | null): string {
  return text === null ? "" : `"${text.replaceAll(/["\\]/g, "$&$&")}"`;
}

/** The text of a field or bound from its two forms, of which one is undefined; an empty one without quotes is null. */
export function parseField(quoted: string | undefined, bare: string | undefined): string | null {
  if (quoted === undefined && !bare) return null;
  return (quoted ?? bare ?? "").replaceAll(/\\([\s\S])|""/g, (_, char) => char ?? '"');
}

const FIELD = /"((?:[^"\\]|\\[\s\S]|"")*)"|([^,()"\\]*)/y;

/** The fields of a record literal. */
export function parseRecordLiteral(text: string): readonly (string | null)[] {
  if (!text.startsWith("(")) malformed(text);
  const fields: (string | null)[] = [];
  let at = 0;
  do {
    FIELD.lastIndex = at + 1;
    const match = FIELD.exec(text);
    if (match === null) return malformed(text);
    fields.push(parseField(match[1], match[2]));
    at = FIELD.lastIndex;
  } while (text[at] === ",");
  return text[at] === ")" && at === text.length - 1 ? fields : malformed(text);
}

function malformed(text: string): never {
  throw new ValueError(`malformed record literal: ${text.slice(0, 100)}`);
}
