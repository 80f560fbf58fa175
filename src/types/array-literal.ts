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
  skipSpace(reader);
  if (text[reader.at] === "}") {
    reader.at++;
    return [];
  }
  const elements: (string | null | ArrayTexts)[] = [];
  for (;;) {
    elements.push(readElement(reader));
    skipSpace(reader);
    const next = text[reader.at++];
    if (next === "}") return elements;
    if (next !== delimiter) malformed(text);
  }
}

function readElement(reader: Reader): string | null | ArrayTexts {
  skipSpace(reader);
  const { text, delimiter, at } = reader;
  if (text[at] === "{") return readArray(reader);
  if (text[at] === '"') return readQuoted(reader);
  for (let next = text[at]; next !== undefined && next !== delimiter && next !== "}"; next = text[reader.at])
    reader.at += next === "\\" ? 2 : 1;
  const bare = text.slice(at, reader.at);
  return PLAIN.test(bare) ? bareElement(bare) : unusualElement(bare, text);
}

const PLAIN = /^[^ \t-\r"\\{]+$/;

function bareElement(bare: string): string | null {
  return bare.length === 4 && bare.toUpperCase() === "NULL" ? null : bare;
}

// PostgreSQL never prints such elements, but people write them: `{a b , c\,d}`. An escaped space at the end remains.
function unusualElement(bare: string, text: string): string | null {
  let end = 0;
  for (let at = 0; at < bare.length; ) {
    const character = bare[at]!;
    if (character === '"' || character === "{") malformed(text);
    at += character === "\\" ? 2 : 1;
    if (!SPACE.has(character)) end = at;
  }
  if (end === 0) malformed(text);
  const trimmed = bare.slice(0, end);
  return trimmed.includes("\\") ? unescaped(trimmed) : bareElement(trimmed);
}

function skipSpace(reader: Reader): void {
  while (SPACE.has(reader.text[reader.at]!)) reader.at++;
}

/** The spaces of array literals. Others, such as U+00A0, belong to an element, and PostgreSQL prints them without quotes. */
const SPACE: ReadonlySet<string> = new Set([" ", "\t", "\n", "\r", "\v", "\f"]);

function unescaped(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, "$1");
}

function readQuoted(reader: Reader): string {
  const { text } = reader;
  const start = reader.at + 1;
  let end = start;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) malformed(text);
  reader.at = end + 1;
  return unescaped(text.slice(start, end));
}

function malformed(text: string): never {
  throw new ValueError(`malformed array literal: ${text.slice(0, 100)}`);
}
