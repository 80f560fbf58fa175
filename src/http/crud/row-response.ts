import { untypedText } from "../../files/untyped-value.ts";
import { addProperty } from "../../rows/row-objects.ts";
import { pathReference } from "../query/next-url.ts";
import { type RespondOptions, respondJson } from "../response/respond.ts";
import type { CrudCall } from "./crud-route.ts";
import type { Updated } from "./crud-write.ts";

/** The response for a row that was written, with its new version, if it is known, as `ETag`; 204 if a trigger suppressed the write. */
export function rowResponse(
  { request, route }: CrudCall,
  { row: stored, state }: Updated,
  options: RespondOptions = {},
): Response {
  if (stored === undefined) return new Response(null, { status: 204 });
  const { version } = route.options;
  const etag = version === undefined ? state : untypedText(stored[version]);
  const tag = etag === undefined ? {} : { etag };
  return respondJson(request, pickColumns(stored, route.columns), { ...options, ...tag });
}

/** The path of a row below that of the request's table, which can have parameters and a beginning that the router adds. */
export function rowLocation(list: string, segment: string): string {
  return `${pathReference(list)}/${segment}`;
}

type Row = Readonly<Record<string, unknown>>;

/** The columns of a row that are listed. */
export function pickColumns(row: Row, columns: readonly string[]): Row {
  const picked: Record<string, unknown> = {};
  for (const name of columns) if (Object.hasOwn(row, name)) addProperty(picked, name, row[name]);
  return picked;
}
