import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError, QueryError } from "../errors.ts";
import { runValue, runValues } from "../rows/run-values.ts";
import { partitionsOf } from "../schema/partitions.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../schema/quote.ts";
import { CHANGE_LOG } from "../schema/relation.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import { describeValue } from "../types/problem.ts";
import { channelName } from "./notify-trigger.ts";

/** The name of the table with the notifications of a table's changes, quoted. */
export function changeLogName({ relation }: RelationPlan): string {
  return quoteName({ schema: relation.schema, name: channelName(CHANGE_LOG, relation) });
}

/**
 * The DDL of the log. A row has the transaction that wrote it and the snapshot of transactions at that time: numbers
 * alone would not be enough, because transactions are not committed in the order of their numbers.
 */
export function changeLogSql(schema: AnySchema, plan: RelationPlan): readonly string[] {
  const log = changeLogName(plan);
  const index = quoteIdentifier(channelName(`${CHANGE_LOG}_xact`, plan.relation));
  const isUnlogged = hasUnloggedRows(schema, plan);
  return [
    `CREATE ${isUnlogged ? "UNLOGGED " : ""}TABLE IF NOT EXISTS ${log} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xact xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  snapshot pg_catalog.pg_snapshot NOT NULL DEFAULT pg_catalog.pg_current_snapshot(),
  at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  payload text NOT NULL
)`,
    ...(isUnlogged ? [`ALTER TABLE ${log} SET UNLOGGED`] : []),
    `CREATE INDEX IF NOT EXISTS ${index} ON ${log} (xact)`,
  ];
}

// A crash of the server empties an unlogged table without its triggers. The log is empty then too, which is a gap.
function hasUnloggedRows(schema: AnySchema, { relation }: RelationPlan): boolean {
  return [relation, ...partitionsOf(schema, relation)].some(({ persistence }) => persistence === "unlogged");
}

/**
 * The INSERT of the first row, after the triggers: a session that sees its transaction sees all changes that are not in
 * the log, because the DDL of a trigger waits for the transactions that have changed the table.
 */
export function beginChangeLogSql(plan: RelationPlan): string {
  const log = changeLogName(plan);
  return `INSERT INTO ${log} (payload) SELECT '' WHERE NOT EXISTS (SELECT FROM ${log})`;
}

/** The DDL that drops the log. One that is no longer written would hide changes. */
export function dropChangeLogSql(plan: RelationPlan): string {
  return `DROP TABLE IF EXISTS ${changeLogName(plan)}`;
}

/**
 * The DELETE of old rows. It keeps the newest of them, after which the log is complete. Rows of transactions that are still to come
 * are those of another server, from whose dump the database was restored.
 */
export function pruneChangeLogSql(plan: RelationPlan, keep: string): string {
  if (typeof keep !== "string")
    throw new ArgumentError(`keep must be an interval such as "1 hour", received ${describeValue(keep)}`);
  const log = changeLogName(plan);
  const first = `SELECT xact FROM ${log} WHERE at >= now() - ${quoteLiteral(keep)}::interval ORDER BY xact LIMIT 1`;
  const last = `SELECT xact FROM ${log} WHERE xact < coalesce((${first}), pg_current_xact_id()) ORDER BY xact DESC LIMIT 1`;
  return `DELETE FROM ${log} WHERE xact < (${last}) OR xact > greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id())`;
}

/** Whether a table has a log that the role may read. */
export async function hasChangeLog(sql: SqlHandle, plan: RelationPlan): Promise<boolean> {
  const text = `SELECT coalesce(has_table_privilege(to_regclass($1::text), 'SELECT'), false)`;
  return (await runValue(sql, { text, params: [changeLogName(plan)] }, undefined)) === true;
}

/** The position before all changes that are not yet visible. */
export async function currentPosition(sql: SqlHandle): Promise<string> {
  return String(await runValue(sql, { text: "SELECT pg_current_snapshot()::text", params: [] }, undefined));
}

// A client can send any position; reading the state is cheaper than reading more changes.
const MAX_CHANGES = 1_000;
// The number and the transaction of a row, which together identify its log; or a snapshot of transactions.
const POSITION = /^(?:\d{1,18}(\.)\d{1,19}|\d{1,19}:\d{1,19}:[\d,]*)$/;

/**
 * The notifications of the changes that were not committed at a position; those of concurrent transactions can already
 * have been received. Undefined if the log does not know them all.
 */
export async function changesSince(
  sql: SqlHandle,
  plan: RelationPlan,
  position: string,
): Promise<readonly string[] | undefined> {
  const [isPosition, dot] = POSITION.exec(position) ?? [];
  if (isPosition === undefined) return undefined;
  const log = changeLogName(plan);
  const start =
    dot === undefined
      ? "SELECT $1::text::pg_snapshot AS snapshot, '0'::xid8 AS xact, 0 AS id"
      : `SELECT snapshot, xact, id FROM ${log} WHERE id = split_part($1::text, '.', 1)::bigint
  AND xact = split_part($1::text, '.', 2)::xid8`;
  // The oldest row is the first of the log, or older rows were deleted. A position and rows that are still to come are from before a
  // backup was restored.
  const text = `SELECT (SELECT xact < pg_snapshot_xmin(start.snapshot)
    OR payload = '' AND pg_visible_in_snapshot(xact, start.snapshot) FROM ${log} ORDER BY xact, id LIMIT 1), missed.payload
FROM (${start}) AS start LEFT JOIN LATERAL (
  SELECT log.id || '.' || log.xact || E'\\n' || log.payload AS payload FROM ${log} AS log
  WHERE log.xact >= pg_snapshot_xmin(start.snapshot) AND NOT pg_visible_in_snapshot(log.xact, start.snapshot)
    AND log.xact < pg_snapshot_xmax(pg_current_snapshot())
    AND (log.xact <> start.xact OR log.id > start.id) AND log.payload <> ''
  ORDER BY log.id LIMIT ${MAX_CHANGES + 1}
) AS missed ON true
WHERE pg_snapshot_xmax(start.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())`;
  const rows = await rowsOf(sql, text, position);
  if (rows[0]?.[0] !== true || rows.length > MAX_CHANGES) return undefined;
  return rows.map(([, payload]) => payload).filter(payload => typeof payload === "string");
}

async function rowsOf(sql: SqlHandle, text: string, position: string): Promise<readonly unknown[][]> {
  try {
    return await runValues(sql, { text, params: [position] }, undefined);
  } catch (error) {
    // Numbers that are not a snapshot.
    if (error instanceof QueryError && error.sqlstate?.startsWith("22")) return [];
    throw error;
  }
}
