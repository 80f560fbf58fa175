import { newDeadline } from "../../driver/deadline.ts";
import type { ListeningHandle } from "../../driver/handle.ts";
import { TimeoutError } from "../../errors.ts";
import { writerColumns } from "../../files/row-writer.ts";
import { watch } from "../../queues/watch.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { page } from "../../rows/page.ts";
import { streamRows } from "../../rows/stream-rows.ts";
import { relationOf } from "../../schema/relation-of.ts";
import { relationPlan } from "../../statements/relation-plan.ts";
import { bodyRows } from "../body/body-rows.ts";
import { type BodyFormat, MEDIA_TYPES, requireFormat } from "../body/media-type.ts";
import { type ChangesOptions, eventStream } from "../events/event-stream.ts";
import type { EventServer } from "../events/event-text.ts";
import { keySegment } from "../query/key-schema.ts";
import { rejectParameter } from "../query/parameter-issue.ts";
import type { Query } from "../query/query-schema.ts";
import { acceptedFormat } from "../response/accept.ts";
import { jsonValues } from "../response/json-text.ts";
import { respondJson, respondPage, respondStream } from "../response/respond.ts";
import type { SentColumns } from "../response/row-texts.ts";
import { bodyRow, bodyRowList, jsonOf, requireInsertable } from "./crud-body.ts";
import { crudQuery, hasLimit, streamFilter } from "./crud-query.ts";
import { type CrudCall, rejection } from "./crud-route.ts";
import { insertRow } from "./crud-write.ts";
import { pickColumns, rowLocation, rowResponse } from "./row-response.ts";

/** `GET /invoice`: a page; every row, streamed, if another format than JSON is preferred and no limit is given. */
export async function listRows(call: CrudCall): Promise<Response> {
  const { sql, schema, request, route, options } = call;
  const rejected = options.authorize && (await rejection(call, "list"));
  if (rejected !== undefined) return rejected;
  const query = crudQuery(call);
  const names = query.select ?? route.columns;
  const format = acceptedFormat(request, ["json", "ndjson", "csv", "tsv"]);
  const isDelimited = format === "csv" || format === "tsv";
  if (query.include !== undefined && isDelimited)
    rejectParameter("include", format, "JSON or NDJSON in Accept for included rows", MEDIA_TYPES[format][0]);
  // The texts of their types, which a POST reads.
  const columns = isDelimited ? writerColumns(schema, route.table, names) : names;
  // If no format is accepted, the response says so without reading a row.
  if (format !== "json" && !hasLimit(call)) return await streamAll(call, query, columns);
  const found = await page(sql, schema, route.table, query);
  const { all } = relationPlan(schema, route.table);
  return respondPage(
    request,
    found,
    { columns },
    query.include === undefined ? jsonValues(all.output) : "any",
  );
}

async function streamAll(
  { pool, schema, request, route, options }: CrudCall,
  { where, orderBy, select }: Query,
  columns: SentColumns,
): Promise<Response> {
  const query = { where, orderBy: orderBy ?? route.key, ...(select && { select }) };
  const { timeout, onError } = options;
  const sent = { columns, ...(onError && { onError }) };
  if (timeout === undefined)
    return await respondStream(request, streamRows(pool, schema, route.table, query), sent);
  // The reader of the rows can be slow, so the time is that of the first row.
  const first = newDeadline({ timeout }, slowStream);
  const signal = AbortSignal.any([request.signal, first.signal]);
  try {
    const rows = streamRows(pool, schema, route.table, { ...query, signal });
    return await respondStream(request, rows, sent);
  } finally {
    first.clear();
  }
}

function slowStream(timeout: number): TimeoutError {
  return new TimeoutError(`the first row did not arrive within ${timeout} ms`);
}

/** `GET /invoice?stream`: the changes of rows that match the filter, with the columns that a client may read. */
export async function streamChanges(call: CrudCall, server: EventServer | undefined): Promise<Response> {
  const rejected = await rejection(call, "stream");
  if (rejected !== undefined) return rejected;
  const { pool, schema, request, route, options } = call;
  const where = streamFilter(call);
  const changes = async function* (listening: ChangesOptions): AsyncGenerator<object, void, undefined> {
    for await (const change of watch(pool as ListeningHandle, schema, route.table, { ...listening, where }))
      yield { ...change, row: change.row && pickColumns(change.row, route.columns) };
  };
  const { heartbeat, onError } = options;
  return eventStream(request, changes, {
    server,
    ...(heartbeat !== undefined && { heartbeat }),
    ...(onError && { onError }),
  });
}

// A file that was read has them, and the values of a file for generated columns are ignored.
function shownGenerated({ schema, route }: CrudCall): readonly string[] {
  const { columns } = relationOf(schema, route.table);
  return route.columns.filter(shown => columns.some(({ name, generated }) => name === shown && generated));
}

const INSERT_FORMATS: readonly BodyFormat[] = ["json", "csv", "ndjson", "tsv"];

/** `POST /invoice`: one row, an array of rows, or rows as CSV, TSV or NDJSON. */
export async function insertRows(call: CrudCall): Promise<Response> {
  const rejected = await rejection(call, "insert");
  if (rejected !== undefined) return rejected;
  requireInsertable(call);
  const { sql, schema, request, route } = call;
  const { table, columns } = route;
  if (requireFormat(request, INSERT_FORMATS) !== "json") {
    const rows = bodyRows(request, schema, table, { write: [...route.write, ...shownGenerated(call)] });
    return respondJson(request, { rows: await insertMany(sql, schema, table, rows) }, { status: 201 });
  }
  const json = await jsonOf(call);
  if (Array.isArray(json)) {
    const rows = await insertMany(sql, schema, table, bodyRowList(call, json), { returning: columns });
    return respondJson(request, rows, { status: 201 });
  }
  const stored = await insertRow(call, sql, bodyRow(call, "insert", json));
  // A table with a unique key alone has no path per row.
  const hasPath = stored !== undefined && route.key.length > 0;
  const location = hasPath && { location: rowLocation(call.url.pathname, keySegment(schema, table, stored)) };
  return rowResponse(call, { row: stored }, { status: 201, ...(location && { headers: location }) });
}
