import { untypedText } from "../../files/untyped-value.ts";
import { type RespondOptions, respondJson } from "../response/respond.ts";
import type { CrudCall } from "./crud-route.ts";
import type { Updated } from "./crud-write.ts";
import { pickColumns } from "./pick-columns.ts";

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
