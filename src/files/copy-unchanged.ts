import { begin } from "../driver/begin.ts";
import { copyIn } from "../driver/copy.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { withConnection } from "../driver/with-connection.ts";
import { QueryError, RowfnError } from "../errors.ts";
import type { OnStatement } from "../rows/run.ts";
import { canInsertByCopy } from "../statements/copy-in-sql.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { type InputTable, inputColumn, validateHeader } from "./input-columns.ts";
import { fieldPattern, hasExtremeNumber } from "./unchanged-text.ts";

/** A file of CSV or TSV that can be read twice. */
interface DelimitedFile {
  readonly chunks: AsyncIterable<string>;
  readonly delimiter: "," | "\t";
  readonly onRow: () => void;
  /** Called after the last row, before it is stored. */
  readonly onEnd: () => void;
  readonly onStatement: OnStatement | undefined;
}

/**
 * Sends a file to the server unchanged, if every field has the usual form of its type, so that PostgreSQL stores it as
 * rowfn would, and returns the number of rows. Otherwise nothing is stored and the result is undefined: then the file
 * has to be read row by row, which finds the line of an error.
 */
export async function copyUnchanged(
  sql: SqlHandle,
  table: InputTable,
  file: DelimitedFile,
): Promise<number | undefined> {
  const pieces = file.chunks[Symbol.asyncIterator]();
  const first = await pieces.next();
  const plan = first.done ? undefined : filePlan(table, first.value, file.delimiter);
  if (plan === undefined) return undefined;
  const valid = validChunks(plan, { [Symbol.asyncIterator]: () => pieces }, file.onRow);
  const chunks = withEnd(valid, file.onEnd);
  const copy = { text: plan.text, params: [] };
  file.onStatement?.(copy);
  const send = (connection: SqlHandle): Promise<number> => copyIn(connection, { ...copy, chunks });
  try {
    if (isTransaction(sql)) return await begin(sql, send);
    return await withConnection(sql, connection => send(connection as unknown as SqlHandle));
  } catch (error) {
    if (isAboutValues(error)) return undefined;
    throw error;
  }
}

// Data exceptions, violated constraints, and errors that a trigger raises. Row by row they get the line.
function isAboutValues(error: unknown): boolean {
  if (error === UNUSUAL) return true;
  return error instanceof QueryError && /^(22|23|P0)/.test(error.sqlstate ?? "");
}

const UNUSUAL = new Error("a field has an unusual form");

interface FilePlan {
  /** The COPY. */
  readonly text: string;
  /** Matches a row with its line break. */
  readonly row: RegExp;
  readonly hasJson: boolean;
  /** The text after the header. */
  readonly rest: string;
}

const HEADER = /^\ufeff?([^"\r\n]+)(\r?\n)/;

function filePlan(table: InputTable, start: string, delimiter: string): FilePlan | undefined {
  const [head, header = "", lineBreak] = HEADER.exec(start) ?? [];
  if (head === undefined) return undefined;
  const columns = headerColumns(table, header.split(delimiter));
  if (columns === undefined) return undefined;
  const { schema, relation } = table;
  const plan = relationPlan(schema, relation.key);
  const patterns = columns.map(name => fieldPattern(schema, plan.columns.get(name)!.column, delimiter));
  if (patterns.includes(undefined) || plan.scope.shape !== "" || !canInsertByCopy(schema, plan, columns))
    return undefined;
  const names = columns.map(name => plan.columns.get(name)!.quoted);
  const format = delimiter === "," ? "FORMAT csv" : "FORMAT csv, DELIMITER E'\\t'";
  return {
    text: `COPY ${plan.name} (${names.join(", ")}) FROM STDIN (${format})`,
    // A line of \. would end the data.
    row: new RegExp(`(?!\\\\\\.)${patterns.join(delimiter)}${lineBreak}`, "y"),
    hasJson: columns.some(name => plan.columns.get(name)!.column.typeKey === "jsonb"),
    rest: start.slice(head.length),
  };
}

/** The columns of the header; undefined if one is not written, or the header is invalid. */
function headerColumns(table: InputTable, header: readonly string[]): readonly string[] | undefined {
  try {
    validateHeader(table, header);
    const columns = header.map(name => inputColumn(table, name, "line 1")?.name);
    return columns.includes(undefined) ? undefined : (columns as string[]);
  } catch (error) {
    if (error instanceof RowfnError) return undefined;
    throw error;
  }
}

/** More than the longest row that is sent unchanged. */
const MAX_ROW = 262_144;
/** JSON in a longer row can have more than 1,000 levels, which rowfn rejects. */
const MAX_JSON_ROW = 2_000;

/** The rows of the file, in pieces of whole rows; throws UNUSUAL for one that does not match. */
async function* validChunks(
  plan: FilePlan,
  chunks: AsyncIterable<string>,
  onRow: () => void,
): AsyncGenerator<string, void, undefined> {
  let text = plan.rest;
  for await (const chunk of chunks) {
    text += chunk;
    const end = endOfRows(plan, text, onRow);
    if (end > 0) yield validText(plan, text.slice(0, end));
    text = text.slice(end);
    if (text.length > MAX_ROW) throw UNUSUAL;
  }
  if (text === "") return;
  const last = text.endsWith("\n") ? text : `${text}${plan.row.source.endsWith("\\r\\n") ? "\r\n" : "\n"}`;
  if (endOfRows(plan, last, onRow) !== last.length) throw UNUSUAL;
  yield validText(plan, last);
}

async function* withEnd(
  chunks: AsyncIterable<string>,
  onEnd: () => void,
): AsyncGenerator<string, void, undefined> {
  yield* chunks;
  onEnd();
}

function endOfRows({ row, hasJson }: FilePlan, text: string, onRow: () => void): number {
  let end = 0;
  row.lastIndex = 0;
  while (row.test(text)) {
    if (hasJson && row.lastIndex - end > MAX_JSON_ROW) throw UNUSUAL;
    end = row.lastIndex;
    onRow();
  }
  return end;
}

function validText({ hasJson }: FilePlan, text: string): string {
  if (!text.isWellFormed() || text.includes("\0") || (hasJson && hasExtremeNumber(text))) throw UNUSUAL;
  return text;
}
