import { untypedText } from "../../files/untyped-value.ts";
import { type RespondOptions, respondJson } from "../response/respond.ts";
import type { CrudCall } from "./crud-route.ts";
import type { Stored } from "./crud-write.ts";
import { pickColumns } from "./pick-columns.ts";

/** The response for a row that was written, with its new version as `ETag`; 204 if a trigger suppressed the write. */
export function rowResponse(
  { request, route }: CrudCall,
  stored: Stored,
  options: RespondOptions = {},
): Response {
  if (stored === undefined) return new Response(null, { status: 204 });
  const { version } = route.options;
  const tag = version === undefined ? {} : { etag: untypedText(stored[version]) };
  return respondJson(request, pickColumns(stored, route.columns), { ...options, ...tag });
}
