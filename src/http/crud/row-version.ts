import type { SqlHandle } from "../../driver/handle.ts";
import { NotFoundError } from "../../errors.ts";
import { untypedText } from "../../files/untyped-value.ts";
import { run } from "../../rows/run.ts";
import { staleError } from "../../rows/update-version.ts";
import type { SchemaSnapshot } from "../../schema/snapshot.ts";
import { getSql } from "../../statements/get-sql.ts";
import { canLockRows } from "../../statements/locked-source.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { rowStateSql } from "../../statements/row-state-sql.ts";
import type { TransactionOptions } from "../../transactions/transaction-options.ts";
import { versionRequired } from "../if-match.ts";
import { columnText } from "../query/column-text.ts";
import { RequestError } from "../request-error.ts";
import { tagVersions } from "../response/etag.ts";
import type { CrudCall } from "./crud-route.ts";

/** The versions of `If-Match`. Throws RequestError 428 if the table requires them. */
export function requiredVersions({ request, route }: CrudCall): "*" | readonly string[] | undefined {
  const versions = tagVersions(request.headers.get("if-match"));
  if (versions === undefined && route.options.version !== undefined) throw versionRequired();
  return versions;
}

/** The value of the version column that a single tag names; undefined for `*` and several tags. Throws StaleError. */
export function taggedVersion(
  { schema, route }: CrudCall,
  name: string,
  versions: "*" | readonly string[],
): unknown {
  const [only, ...others] = versions;
  if (versions === "*" || others.length > 0) return undefined;
  const read = columnText(planColumn(relationPlan(schema, route.table), name), only ?? "");
  if (read.problem !== undefined) throw staleError(route.table);
  return read.value;
}

/**
 * The version of a row that `*` or several tags name. It locks the row, because `*` must not fail if another request changes
 * the row meanwhile. Throws StaleError and NotFoundError.
 */
export async function lockedVersion(
  { schema, route }: CrudCall,
  tx: SqlHandle,
  key: unknown,
  name: string,
  { versions, event }: Compared,
): Promise<unknown> {
  const lock = lockOf(schema, route.table, event);
  const [found] = await run(tx, getSql(schema, route.table, key, { select: [name], ...lock }));
  if (found === undefined) throw missingError(route.table);
  if (versions !== "*" && !versions.includes(untypedText(found[name]))) throw staleError(route.table);
  return found[name];
}

/** A write of a row, for which PostgreSQL can require different privileges. */
export type RowEvent = "update" | "delete";

/** The versions of `If-Match` that a row must have before it is written. */
export interface Compared {
  readonly versions: "*" | readonly string[];
  readonly event: RowEvent;
}

/** The lock of a row that is compared before it is written; none if it cannot be locked. */
export function lockOf(schema: SchemaSnapshot, table: string, event: RowEvent): { readonly lock?: "update" } {
  return canLockRows(relationPlan(schema, table), event) ? { lock: "update" } : {};
}

/**
 * The mode of a transaction that compares the stored state of a row before it writes the row. If the row cannot be locked, only
 * this isolation keeps another session from changing it in between.
 */
export function stateMode(
  schema: SchemaSnapshot,
  table: string,
  event: RowEvent,
): Pick<TransactionOptions, "isolation" | "retries"> {
  return canLockRows(relationPlan(schema, table), event)
    ? {}
    : { isolation: "serializable", retries: RETRIES };
}

const RETRIES = 3;

/** Locks a row, if possible, and compares its stored state with `If-Match`. Throws StaleError and NotFoundError. */
export async function requireState(
  { schema, route: { table, options } }: CrudCall,
  tx: SqlHandle,
  key: unknown,
  { versions, event }: Compared,
): Promise<void> {
  const lock = lockOf(schema, table, event);
  const hashed = options.select;
  const { statement, state } = rowStateSql(schema, table, key, { select: [], ...lock, hashed });
  const [found] = await run(tx, statement);
  if (found === undefined) throw missingError(table);
  if (versions !== "*" && !versions.includes(String(found[state]))) throw staleError(table);
}

/** The stored state of a row that the transaction has written; undefined if the row is gone. */
export async function rowState(
  { schema, route: { table, options } }: CrudCall,
  tx: SqlHandle,
  key: unknown,
): Promise<string | undefined> {
  const { statement, state } = rowStateSql(schema, table, key, { select: [], hashed: options.select });
  const [found] = await run(tx, statement);
  return found && String(found[state]);
}

/** Throws RequestError 400 for a condition that a write would ignore, and for a part of a body (RFC 9110, 14.5). */
export function requireConditions({ method, headers }: Request): void {
  const isNew = headers.get("if-none-match");
  const isOld = headers.has("if-match");
  if (isNew !== null && (method !== "PUT" || tagVersions(isNew) !== "*"))
    throw new RequestError(400, "If-None-Match of a write must be *, and its method PUT", "condition");
  if (isOld && method === "POST") throw new RequestError(400, "If-Match requires one row", "condition");
  if (isOld && isNew !== null)
    throw new RequestError(400, "If-Match and If-None-Match exclude each other", "condition");
  // Beside If-Match it has no meaning (RFC 9110, 13.1.4).
  if (!isOld && headers.has("if-unmodified-since"))
    throw new RequestError(400, "a row has no date of its last change; send If-Match", "condition");
  if (headers.has("content-range"))
    throw new RequestError(400, "the body must be whole, without Content-Range", "content_range");
}

/** The error for a `PUT` that would insert or replace a row of a table without upserts. */
export function conditionRequired(): RequestError {
  const detail = "PUT of this table requires If-None-Match: * to insert the row, or If-Match to replace it";
  return new RequestError(428, detail, "condition_required");
}

/** The error for a key without a row. */
export function missingError(table: string): NotFoundError {
  return new NotFoundError(`${table} has no row with this key`);
}
