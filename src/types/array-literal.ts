import { ValueError } from "../errors.ts";

/** The elements of a PostgreSQL array in text format; nested arrays are further dimensions. */
export type ArrayTexts = readonly (string | null | ArrayTexts)[];

/** Prints elements as an array literal (manual 8.15.6): `{1,NULL,"a b"}`. */
export function printArrayLiteral(elements: ArrayTexts, delimiter = ","): string {
  let text = "{";
  for (let index = 0; index < elements.length; index++) {
    if (index > 0) text += delimiter;
    text += printElement(elements[index]!, delimiter);
  }
  return `${text}}`;
}

// Everything except digits is quoted, so that no element can be mistaken for NULL or for syntax.
function printElement(element: string | null | ArrayTexts, delimiter: string): string {
  if (element === null) return "NULL";
  if (typeof element !== "string") return printArrayLiteral(element, delimiter);
  if (NUMBER.test(element)) return element;
  return `"${element.includes('"') || element.includes("\\") ? element.replaceAll(/["\\]/g, "\\$&") : element}"`;
}

const NUMBER = /^-?[\d.]+$/;

interface Reader {
  readonly text: string;
  readonly delimiter: string;
  at: number;
}

/** The elements of an array literal, without lower bounds (`[0:1]={1,2}`). */
export function parseArrayLiteral(text: string, delimiter = ","): ArrayTexts {
  const reader: Reader = { text, delimiter, at: text.startsWith("[") ? text.indexOf("=") + 1 : 0 };
  const elements = readArray(reader);
  return reader.at === text.length ? elements : malformed(text);
}

function readArray(reader: Reader): ArrayTexts {
  const { text, delimiter } = reader;
  if (text[reader.at++] !== "{") malformed(text);
  if (text[reader.at] === "}") {
    reader.at++;
    return [];
  }
  const elements: (string | null | ArrayTexts)[] = [];
  for (;;) {
    elements.push(readElement(reader));
    const next = text[reader.at++];
    if (next === "}") return elements;
    if (next !== delimiter) malformed(text);
  }
}

function readElement(reader: Reader): string | null | ArrayTexts {
  const { text, delimiter, at } = reader;
  if (text[at] === "{") return readArray(reader);
  if (text[at] === '"') return readQuoted(reader);
  while (reader.at < text.length && text[reader.at] !== delimiter && text[reader.at] !== "}") reader.at++;
  const bare = text.slice(at, reader.at);
  return bare === "NULL" ? null : bare;
}

function readQuoted(reader: Reader): string {
  const { text } = reader;
  const start = reader.at + 1;
  let end = start;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) malformed(text);
  reader.at = end + 1;
  return text.slice(start, end).replaceAll(/\\([\s\S])/g, "$1");
}

function malformed(text: string): never {
  throw new ValueError(`malformed array literal: ${text.slice(0, 100)}`);
}
