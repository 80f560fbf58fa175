import { RowfnError } from "../../errors.ts";
import { readRows } from "../../files/read-rows.ts";
import { requireOptions } from "../../schema/arguments.ts";
import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { InsertOf, TableName } from "../../schema/tables.ts";
import { RequestError } from "../request-error.ts";
import { requireRequest } from "../require-request.ts";
import { bodyChunks } from "./body-chunks.ts";
import { requireFormat } from "./media-type.ts";
import { BODY_OPTIONS, type BodyOptions } from "./read-body.ts";

const LIMIT = 67_108_864;

/**
 * The rows of a CSV, TSV or NDJSON body, one by one as they arrive, for `insertMany` or `upsertMany`, which validates them.
 * The first line of CSV and TSV has the column names; a text is read by the type of its column.
 * @param request a request
 * @param schema a snapshot
 * @param table the table's name
 * @param options the maximum size in bytes
 * @returns an async iterable of rows; reading starts with the iteration
 * @throws RequestError 415 for another media type and UnknownNameError at once; in the iteration RequestError 413 if the
 * body is too large, 400 for text that is not in the format
 * @example `await insertMany(sql, schema, "genre", bodyRows(request, schema, "genre"))`
 */
export function bodyRows<Tables, Name extends TableName<Tables>>(
  request: Request,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: BodyOptions = {},
): AsyncGenerator<InsertOf<Tables, Name>, void, undefined> {
  requireRequest(request);
  requireOptions("bodyRows", options, BODY_OPTIONS);
  const { limit = LIMIT } = options;
  const format = requireFormat(request, ["csv", "ndjson", "tsv"]);
  const untyped = schema as AnySchema;
  const source = { schema: untyped, relation: relationOf(untyped, table), names: {} };
  const { batches } = readRows(source, format, bodyChunks(request, limit));
  return singleRows(batches) as AsyncGenerator<InsertOf<Tables, Name>, void, undefined>;
}

async function* singleRows<Row>(
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Row, void, undefined> {
  try {
    for await (const rows of batches) yield* rows;
  } catch (error) {
    if (!(error instanceof RowfnError) || error instanceof RequestError) throw error;
    throw new RequestError(400, error.message, "invalid_row", { cause: error });
  }
}
