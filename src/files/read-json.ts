import { RowfnError } from "../errors.ts";
import { parseJson } from "../types/json-text.ts";
import { isPlainObject } from "../types/plain-object.ts";
import type { InputRow } from "./input-row.ts";

/** The rows of NDJSON: an object a line. */
export async function* readNdjson(chunks: AsyncIterable<string>): AsyncGenerator<InputRow, void, undefined> {
  let line = 0;
  for await (const text of linesOf(chunks)) {
    line++;
    if (text.trim() !== "") yield rowOf(parsed(text, line), line);
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}

/** The rows of a JSON array of objects, or of one object; it is read as a whole. */
export async function* readJson(chunks: AsyncIterable<string>): AsyncGenerator<InputRow, void, undefined> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  const data = parsed(text, undefined);
  for (const [index, value] of (Array.isArray(data) ? data : [data]).entries()) yield rowOf(value, index + 1);
}

// Integers of any length are exact; a number that would be rounded is refused.
function parsed(text: string, line: number | undefined): unknown {
  try {
    return parseJson(text, "bigint");
  } catch (error) {
    const where = line === undefined ? "" : `line ${line}: `;
    throw new RowfnError(`${where}${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function rowOf(value: unknown, line: number): InputRow {
  if (isPlainObject(value)) return { line, values: value, isText: false };
  throw new RowfnError(`row ${line} is no object of column → value`);
}
