import { withoutReplicas } from "../../driver/without-replicas.ts";
import { NotFoundError } from "../../errors.ts";
import { untypedText } from "../../files/untyped-value.ts";
import { ConstraintError } from "../../rows/constraint-error.ts";
import { exists } from "../../rows/count.ts";
import { get } from "../../rows/get.ts";
import { run } from "../../rows/run.ts";
import { getSql } from "../../statements/get-sql.ts";
import { rowStateSql } from "../../statements/row-state-sql.ts";
import type { RowStatement } from "../../statements/statement.ts";
import { keySegment, pathKey } from "../query/key-schema.ts";
import { RequestError } from "../request-error.ts";
import { tagVersions } from "../response/etag.ts";
import { jsonValues } from "../response/json-text.ts";
import { respond, respondRow } from "../response/respond.ts";
import { withoutKey } from "./body-key.ts";
import { type BodyRow, bodyRow, jsonOf, requireInsertable } from "./crud-body.ts";
import { rowQuery } from "./crud-query.ts";
import { putWhole, replaceRow } from "./crud-replace.ts";
import { type CrudCall, rejection } from "./crud-route.ts";
import {
  insertRow,
  keyFilter,
  keyObject,
  removeRow,
  updateRow,
  type Versions,
  withinScope,
} from "./crud-write.ts";
import { rowLocation, rowResponse } from "./row-response.ts";
import { conditionRequired, requiredVersions } from "./row-version.ts";

/** `GET /invoice/7`, with the version of the row as `ETag` unless related rows are included, which it does not cover. */
export async function getRow(call: CrudCall): Promise<Response> {
  const { sql, schema, request, url, route, options } = call;
  const key = pathKey(schema, route.table, url, request);
  const rejected = options.authorize && (await rejection(call, "get", key));
  if (rejected !== undefined) return rejected;
  const { select, include } = rowQuery(call);
  if (include !== undefined) {
    const options = { select: select ?? route.columns, include };
    return await respond(request, await get(sql, schema, route.table, key, options));
  }
  const { statement, version } = versionedSql(call, key, select);
  const [row] = await run(sql, statement);
  if (row === undefined) return await respond(request, row);
  const etag = untypedText(row[version]);
  // JSON leaves out what is undefined, and a copy of the row would take longer.
  if (!(select ?? route.columns).includes(version)) row[version] = undefined;
  return respondRow(request, row, { etag }, jsonValues(statement.output));
}

// Without names of columns the text of the statement is found faster.
function versionedSql(
  { schema, route }: CrudCall,
  key: unknown,
  select: readonly string[] | undefined,
): { readonly statement: RowStatement; readonly version: string } {
  const { version } = route.options;
  if (version === undefined) {
    const { statement, state } = rowStateSql(schema, route.table, key, {
      ...(select && { select }),
      hashed: route.options.select,
    });
    return { statement, version: state };
  }
  const options = select === undefined ? {} : { select: [...select, version] };
  return { statement: getSql(schema, route.table, key, options), version };
}

/** `PATCH /invoice/7`: the columns to change. */
export async function patchRow(call: CrudCall): Promise<Response> {
  const { sql, schema, request, url, route } = call;
  const key = pathKey(schema, route.table, url, request);
  const rejected = await rejection(call, "update", key);
  if (rejected !== undefined) return rejected;
  const versions = requiredVersions(call);
  const changes = bodyRow(call, "update", await jsonOf(call));
  return rowResponse(call, await updateRow(call, sql, key, changes, versions));
}

/** `PUT /invoice/7`: inserts the row or replaces it; with `If-None-Match: *` only inserts, with `If-Match` only updates. */
export async function putRow(call: CrudCall): Promise<Response> {
  const { sql, schema, request, url, route } = call;
  const key = pathKey(schema, route.table, url, request);
  const rejected = await rejection(call, "upsert", key);
  if (rejected !== undefined) return rejected;
  const isNew = tagVersions(request.headers.get("if-none-match")) === "*";
  const versions = isNew ? undefined : requiredVersions(call);
  if (!isNew && versions === undefined && !route.canUpsert) throw conditionRequired();
  if (versions === undefined) requireInsertable(call, route.key);
  const row = withoutKey(call, key, await jsonOf(call));
  if (versions !== undefined) {
    const changes = bodyRow(call, "update", row);
    return rowResponse(call, await replaceExisting(call, key, changes, versions));
  }
  const valid = bodyRow(call, "insert", row);
  const list = url.pathname.slice(0, url.pathname.lastIndexOf("/"));
  const location = { location: rowLocation(list, keySegment(schema, route.table, keyObject(call, key))) };
  if (isNew) {
    const stored = await insertNew(call, key, valid);
    return rowResponse(call, { row: stored }, { status: 201, headers: location });
  }
  const written = await putWhole(call, sql, key, valid);
  return rowResponse(call, { row: written.row }, written.inserted ? { status: 201, headers: location } : {});
}

// A PUT without the condition would insert the row, so it is the condition that fails (RFC 9110, 13.2.1).
async function replaceExisting(
  call: CrudCall,
  key: unknown,
  changes: BodyRow,
  versions: Versions,
): ReturnType<typeof replaceRow> {
  try {
    return await replaceRow(call, call.sql, key, changes, versions);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new RequestError(412, "the row does not exist", "not_found", { cause: error });
  }
}

async function insertNew(call: CrudCall, key: unknown, row: BodyRow): ReturnType<typeof insertRow> {
  const { sql, schema, route } = call;
  const own = keyObject(call, key);
  // The key can differ from that of the stored row in microseconds.
  const hasDates = Object.values(own).some(value => value instanceof Date);
  if (hasDates && (await exists(withoutReplicas(sql), schema, route.table, { where: keyFilter(call, key) })))
    throw existingError();
  try {
    return await withinScope(call, () => insertRow(call, sql, { ...row, ...own }));
  } catch (error) {
    const isKey =
      error instanceof ConstraintError &&
      error.sqlstate === "23505" &&
      error.columns.join() === route.key.join();
    if (!isKey) throw error;
    throw existingError(error);
  }
}

function existingError(cause?: unknown): RequestError {
  return new RequestError(412, "the row already exists", "already_exists", { cause });
}

/** `DELETE /invoice/7` */
export async function deleteOne(call: CrudCall): Promise<Response> {
  const { sql, schema, request, url, route } = call;
  const key = pathKey(schema, route.table, url, request);
  const rejected = await rejection(call, "delete", key);
  if (rejected !== undefined) return rejected;
  await removeRow(call, sql, key, requiredVersions(call));
  return new Response(null, { status: 204 });
}
