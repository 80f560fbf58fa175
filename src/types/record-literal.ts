import { ValueError } from "../errors.ts";

/** Prints fields as a record literal (manual 8.16.6): `(1,"a b",)`; a NULL is empty. */
export function printRecordLiteral(fields: readonly (string | null)[]): string {
  return `(${fields.map(field => (field === null ? "" : `"${field.replaceAll(/["\\]/g, "$&$&")}"`)).join(",")})`;
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
    fields.push(
      match[1] === undefined
        ? match[2] || null
        : match[1].replaceAll(/\\([\s\S])|""/g, (_, char) => char ?? '"'),
    );
    at = FIELD.lastIndex;
  } while (text[at] === ",");
  return text[at] === ")" && at === text.length - 1 ? fields : malformed(text);
}

function malformed(text: string): never {
  throw new ValueError(`malformed record literal: ${text.slice(0, 100)}`);
}
