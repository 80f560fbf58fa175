import type * as v from "valibot";
import { RowfnError } from "../../errors.ts";
import { type FileRows, readRows } from "../../files/read-rows.ts";
import { setRowLine } from "../../rows/row-lines.ts";
import { type OptionNames, requireArray, requireOptions } from "../../schema/arguments.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, InsertOf, TableName } from "../../schema/tables.ts";
import { relationPlan } from "../../statements/relation-plan.ts";
import { hasDates } from "../../types/holds-dates.ts";
import { issueAt, pathItem } from "../../validate/issue.ts";
import { insertSchema } from "../../validate/schemas.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { requireRequest } from "../request.ts";
import { RequestError } from "../request-error.ts";
import { bodyChunks } from "./body-chunks.ts";
import { exactValue } from "./exact-value.ts";
import { requireFormat } from "./media-type.ts";
import { BODY_OPTIONS, type BodyOptions } from "./read-body.ts";
import { writeIssues } from "./write-issues.ts";

/** Options of `bodyRows`. */
export interface BodyRowsOptions<Column extends string = string> extends BodyOptions {
  /** The columns that a client may write; all columns by default. */
  readonly write?: readonly Column[];
}

const BODY_ROWS_OPTIONS: OptionNames<BodyRowsOptions> = { ...BODY_OPTIONS, write: true };

const LIMIT = 67_108_864;

/**
 * The rows of a CSV, TSV or NDJSON body, one by one as they arrive, for `insertMany` or `upsertMany`, which validates them.
 * The first line of CSV and TSV has the column names; a text is read by the type of its column.
 * @param request a request
 * @param schema a snapshot
 * @param table the table's name
 * @param options the maximum size in bytes, the columns that a client may write
 * @returns an async iterable of rows; reading starts with the iteration
 * @throws RequestError 415 for another media type and UnknownNameError at once; in the iteration RequestError 413 if the
 * body is too large, 400 for text that is not in the format, ValidationError for a column that is not in `write`
 * @example `await insertMany(sql, schema, "genre", bodyRows(request, schema, "genre"))`
 */
export function bodyRows<Tables, Name extends TableName<Tables>>(
  request: Request,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: BodyRowsOptions<ColumnName<Tables, Name>> = {},
): AsyncGenerator<InsertOf<Tables, Name>, void, undefined> {
  requireRequest(request);
  requireOptions("bodyRows", options, BODY_ROWS_OPTIONS);
  const { limit = LIMIT, write } = options;
  const format = requireFormat(request, ["csv", "ndjson", "tsv"]);
  const untyped = schema as AnySchema;
  const relation = relationOf(untyped, table);
  if (write !== undefined) requireColumns(untyped, table, write);
  const writable = write && new Set<string>(write);
  let header: readonly string[] = [];
  const source = {
    ...{ schema: untyped, relation, names: {}, isBody: true as const },
    ...(writable && { write: writable }),
    onHeader: (names: readonly string[]) => {
      header = names;
    },
  };
  const all = singleRows(readRows(source, format, bodyChunks(request, limit)), dateForms(untyped, table));
  const rows = writable === undefined ? all : writableRows(relation.key, writable, all, () => header);
  return rows as AsyncGenerator<InsertOf<Tables, Name>, void, undefined>;
}

// A client cannot pass the options of an import.
const IMPORT_ADVICE = /; [^;]* with (?:columns: \{|alter: true).*$/s;

type Row = Record<string, unknown>;

// The values of other columns already have their forms.
function dateForms(schema: AnySchema, table: string): (row: Row) => Row {
  const columns = [...relationPlan(schema, table).columns.values()].filter(({ codec }) => hasDates(codec));
  if (columns.length === 0) return row => row;
  const rules = insertSchema(schema, table);
  const names = new Set(columns.map(({ column }) => column.name));
  return row => {
    const dates = Object.entries(row).filter(([name]) => names.has(name));
    return { ...row, ...(exactValue(rules, Object.fromEntries(dates)).value as Row) };
  };
}

async function* singleRows(
  { batches, lines }: FileRows,
  inForms: (row: Row) => Row,
): AsyncGenerator<Row, void, undefined> {
  let index = 0;
  try {
    for await (const rows of batches)
      for (const row of rows.map(inForms)) {
        setRowLine(row, lines.line(index++));
        yield row;
      }
  } catch (error) {
    if (!(error instanceof RowfnError) || error instanceof RequestError) throw error;
    throw new RequestError(400, error.message.replace(IMPORT_ADVICE, ""), "invalid_row", { cause: error });
  }
}

function requireColumns(schema: AnySchema, table: string, write: readonly string[]): void {
  requireArray("write", write);
  for (const name of write) columnOf(schema, table, name);
}

async function* writableRows(
  table: string,
  write: ReadonlySet<string>,
  rows: AsyncIterable<Record<string, unknown>>,
  header: () => readonly string[],
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  let index = 0;
  for await (const row of rows) {
    const item = { ...pathItem([], index++), value: row } as v.IssuePathItem;
    const issues = writeIssues(row, write, Object.keys(row)).map(issue => issueAt(issue, item));
    if (issues.length > 0) throw new ValidationError(table, issues);
    yield row;
  }
  // A header without rows has only names.
  const names = index === 0 ? header() : [];
  const issues = writeIssues(Object.fromEntries(names.map(name => [name, null])), write, names);
  if (issues.length > 0) throw new ValidationError(table, issues);
}
