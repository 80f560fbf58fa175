import { staleError } from "../rows/update-version.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName, UpdateOf } from "../schema/tables.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import { columnText } from "./query/column-text.ts";
import { requireRequest } from "./request.ts";
import { RequestError } from "./request-error.ts";
import { tagVersions } from "./response/etag.ts";

/**
 * The version of a row that `If-Match` names: the value for the `version` of `update`, so that no client overwrites a
 * change that it has not seen. The tag is the `ETag` of `respond` with the same column.
 * @param request a request
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column whose value changes with every update
 * @returns the value of the column, as `update` accepts it
 * @throws RequestError 428 without the header, 400 for `*` and for several tags; StaleError for a tag that cannot be a version
 * @example `ifMatch(new Request("http://localhost", { headers: { "if-match": '"3"' } }), schema, "genre", "genre_id")` → `3`
 */
export function ifMatch<
  Tables,
  Name extends TableName<Tables>,
  Column extends ColumnName<Tables, Name> & keyof UpdateOf<Tables, Name>,
>(
  request: Request,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: Column,
): Required<UpdateOf<Tables, Name>>[Column] {
  requireRequest(request);
  const plan = planColumn(relationPlan(schema as AnySchema, table), column);
  const versions = tagVersions(request.headers.get("if-match"));
  if (versions === undefined) throw versionRequired();
  const [version, ...others] = versions;
  if (versions === "*" || others.length > 0)
    throw new RequestError(400, "If-Match must be one ETag", "version_invalid");
  const read = columnText(plan, version ?? "");
  if (read.problem !== undefined) throw staleError(table);
  return read.value as Required<UpdateOf<Tables, Name>>[Column];
}

/** The error for a request without `If-Match`. */
export function versionRequired(): RequestError {
  return new RequestError(428, "If-Match with the ETag of the row is required", "version_required");
}
