import { RowfnError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { jsonProblemText } from "../schema/json-problem.ts";
import { sameDecimal } from "../types/decimal.ts";
import { MAYBE_INEXACT } from "../types/json.ts";
import { describeValue } from "../types/problem.ts";
import type { InputRow, InputRows } from "./input-row.ts";
import { findRepeatedKey, hasRepeatedKey } from "./repeated-key.ts";
import { positionAfter, TEXT_START } from "./text-position.ts";

/** The rows of NDJSON: one object per line. */
export async function* readNdjson(chunks: AsyncIterable<string>): InputRows {
  let line = 0;
  for await (const lines of linesOf(chunks)) {
    const rows: InputRow[] = [];
    for (const text of lines) {
      line++;
      const json = line === 1 ? withoutMark(text) : text;
      if (text.trim() !== "") rows.push(rowOf(parseExactJson(json, `line ${line}: the text`), line, "line"));
    }
    yield rows;
  }
}

/** The lines that each chunk completes. A line in many chunks is joined once. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[], void, undefined> {
  let rest: string[] = [];
  for await (const chunk of chunks) {
    const [first = "", ...lines] = chunk.split("\n");
    rest.push(first);
    const last = lines.pop();
    if (last === undefined) continue;
    yield [rest.join(""), ...lines];
    rest = [last];
  }
  yield [rest.join("")];
}

/** The rows of a JSON array of objects, or of one object; the whole file is read into memory. */
export async function* readJson(chunks: AsyncIterable<string>): InputRows {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  const data = parseRows(withoutMark(text));
  yield (Array.isArray(data) ? data : [data]).map((value, index) => rowOf(value, index + 1, "row"));
}

function parseRows(text: string): unknown {
  try {
    return parseExactJson(text, "the text");
  } catch (error) {
    if (!isOfLines(text)) throw error;
    throw new RowfnError(`${(error as Error).message}; an object per line is the format ndjson`, {
      cause: error,
    });
  }
}

// Bytes are decoded without the byte order mark, but a string may still have it.
function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The value of JSON, with the source text of each number that JavaScript would round; throws RowfnError. */
export function parseExactJson(text: string, place: string): unknown {
  const value = parseJson(text, place);
  // Each level takes two characters. Functions that visit a deeper value would overflow the stack.
  if (text.length > MAX_LEVELS * 2 && isDeeper(value, MAX_LEVELS))
    throw new RowfnError(`${place} is nested more than ${MAX_LEVELS} levels deep`);
  if (hasRepeatedKey(text, value))
    throw new RowfnError(`${place} has an object with the same key twice: ${repeatedKeyText(text)}`);
  return value;
}

/** The key and its place, as in errors of the syntax. */
function repeatedKeyText(text: string): string {
  const { key, at } = findRepeatedKey(text)!;
  const { line, character } = positionAfter(TEXT_START, text.slice(0, at));
  return `${JSON.stringify(key)} (${text.includes("\n") ? `line ${line}, ` : ""}character ${character})`;
}

// A json column takes at most 1,000 levels.
const MAX_LEVELS = 5_000;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some(part => isDeeper(part, levels - 1));
}

/** Whether a text that is not JSON begins with a line that is. */
function isOfLines(text: string): boolean {
  const end = text.indexOf("\n");
  if (end === -1) return false;
  try {
    return isPlainObject(JSON.parse(text.slice(0, end)));
  } catch {
    return false;
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return MAYBE_INEXACT.test(text) ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (error) {
    throw new RowfnError(`${place} is not valid JSON (${jsonProblemText(text)})`, { cause: error });
  }
}

// A number that JavaScript would round keeps its source text. TypeScript does not declare `rawJSON` yet.
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || sameDecimal(context?.source ?? "", String(value))) return value;
  return RAW.rawJSON(context!.source!);
}

const RAW = JSON as unknown as {
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => value is { readonly rawJSON: string };
};

/** Whether a value is a number that JavaScript would round. */
export function isRawNumber(value: unknown): value is { readonly rawJSON: string } {
  return RAW.isRawJSON(value);
}

/** The value with the source texts of numbers that JavaScript would round. */
export function rawNumbersAsText(value: unknown): unknown {
  if (RAW.isRawJSON(value)) return value.rawJSON;
  if (Array.isArray(value)) return value.map(rawNumbersAsText);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rawNumbersAsText(part)]));
}

function rowOf(value: unknown, line: number, noun: "line" | "row"): InputRow {
  if (isPlainObject(value) && !RAW.isRawJSON(value))
    return { line, names: Object.keys(value), values: Object.values(value), isText: false };
  throw new RowfnError(
    `${noun} ${line}: expected a row as an object { column: value }, received ${describeValue(value)}`,
  );
}
