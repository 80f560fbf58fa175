import { withCreator } from "../driver/call-site.ts";
import type { ListeningHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { requireAbility } from "../schema/require-ability.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { countSql } from "../statements/count-sql.ts";
import type { Where } from "../statements/filter.ts";
import { relationPlan, requireKey } from "../statements/relation-plan.ts";
import {
  beginChangeLogSql,
  changeLogName,
  changeLogSql,
  dropChangeLogSql,
  hasChangeLog,
  pruneChangeLogSql,
} from "./change-log.ts";
import { notificationBody, parseNotification, placedPayload } from "./change-notification.ts";
import { type Gap, LISTEN_OPTIONS, listen, requireLimit } from "./listen.ts";
import { type LogOptions, loggedChanges } from "./logged-changes.ts";
import {
  channelName,
  dropNotifyTriggerSql,
  hasNotifyTrigger,
  notifyTriggerSql,
  requireTable,
} from "./notify-trigger.ts";
import { readAgain } from "./read-again.ts";
import {
  type Change,
  hasRowSecurity,
  readChange,
  type UnreadChange,
  type WatchContext,
} from "./read-change.ts";

const NAME = "rowfn_watch";
// The settings on which the texts of numbers, intervals and ranges of dates in a notification depend.
const SETTINGS = " SET extra_float_digits = 1 SET IntervalStyle = postgres SET DateStyle = ISO";
const TRIGGERS = {
  rowfn_watch: ["AFTER INSERT OR UPDATE OR DELETE", "FOR EACH ROW"],
  rowfn_watch_all: ["AFTER TRUNCATE", "FOR EACH STATEMENT"],
} as const;

/** Options of `watchSql`. */
export interface WatchSqlOptions {
  /**
   * Also writes the changes to a table, from which `watch` reads those that a client has missed. The triggers write with
   * the rights of the role that runs the DDL; the role that watches needs SELECT.
   */
  readonly log?: boolean;
}

/**
 * The triggers that `watch` needs: one notification per changed row, with its key and, if it fits, the former row; one
 * notification per TRUNCATE of the table or of a partition in the snapshot.
 * @param schema a snapshot
 * @param table the table's name
 * @param options `log: true` for a table with the changes, which `pruneLogSql` shortens
 * @returns the DDL, which can be run again
 * @throws UnknownNameError if the table does not exist; ArgumentError if it has no primary key, or is a view
 * @example `for (const text of watchSql(schema, "genre")) await sql.unsafe(text);`
 */
export function watchSql(schema: AnySchema, table: string, options: WatchSqlOptions = {}): readonly string[] {
  requireOptions("watchSql", options, WATCH_SQL_OPTIONS);
  const plan = relationPlan(schema, table);
  requireTable(plan);
  const channel = channelName(NAME, plan.relation);
  const triggers = { name: NAME, triggers: TRIGGERS };
  if (options.log !== true) {
    const body = notificationBody(schema, plan, channel, undefined);
    return [
      ...notifyTriggerSql(schema, plan, { ...triggers, body, settings: SETTINGS }),
      dropChangeLogSql(plan),
    ];
  }
  const body = notificationBody(schema, plan, channel, changeLogName(plan));
  return [
    ...changeLogSql(schema, plan),
    ...notifyTriggerSql(schema, plan, { ...triggers, body, settings: DEFINER + SETTINGS }),
    beginChangeLogSql(plan),
  ];
}

const WATCH_SQL_OPTIONS: OptionNames<WatchSqlOptions> = { log: true };
// A role that changes a row needs no privileges on the log.
const DEFINER = " SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/**
 * The DELETE of the changes in the log of `watchSql` that are older than an interval, for a job that runs regularly. A
 * client that was away for longer reads its state again.
 * @param schema a snapshot
 * @param table the table's name
 * @param keep an interval of PostgreSQL, such as `"1 hour"`
 * @returns the statement
 * @throws UnknownNameError if the table does not exist; ArgumentError if `keep` is not a string
 * @example `await sql.unsafe(pruneLogSql(schema, "genre", "1 hour"));`
 */
export function pruneLogSql(schema: AnySchema, table: string, keep: string): string {
  return pruneChangeLogSql(relationPlan(schema, table), keep);
}

/**
 * Drops the triggers of `watchSql`, and its log.
 * @param schema a snapshot
 * @param table the table's name
 * @returns the DDL
 * @throws UnknownNameError if the table does not exist
 * @example `for (const text of unwatchSql(schema, "genre")) await sql.unsafe(text);`
 */
export function unwatchSql(schema: AnySchema, table: string): readonly string[] {
  const plan = relationPlan(schema, table);
  return [dropNotifyTriggerSql(plan, NAME), dropChangeLogSql(plan)];
}

/** Options of `watch`. */
export interface WatchOptions<Row> extends Omit<LogOptions, "onGap"> {
  /** Report only changes of rows that match. */
  readonly where?: Where<Row>;
  /**
   * Called when changes may have been missed, after TRUNCATE, and if it is unknown whether a large deleted row matched, whether
   * row security hid a deleted row, or a key does not fit into a notification.
   */
  readonly onGap?: (why: Gap | UnreadChange, lost?: number) => void;
}

const WATCH_OPTIONS: OptionNames<WatchOptions<unknown>> = {
  where: true,
  since: true,
  onPosition: true,
  ...LISTEN_OPTIONS,
};

/**
 * The changes of a table's rows after they are committed, by the triggers of `watchSql`. Only rows inside the scope that
 * match the filter are reported; a row that no longer matches is reported as deleted. A role that row security restricts gets a
 * gap in place of each deletion, because its policies cannot be applied to a former row. Changes that happen while the
 * connection is lost are not reported without a log: `onGap` is called, so that the caller can read the rows again.
 * @param sql a pool; listening uses a dedicated connection
 * @param schema a snapshot
 * @param table the table's name; it needs a primary key and the triggers
 * @param options a filter, a signal that ends the loop, `onGap`
 * @returns an async iterable of changes: `{ type, key, row }`; listening starts with the iteration
 * @throws UnknownNameError and ArgumentError immediately; during the iteration ArgumentError without the triggers, QueryError
 * @example `for await (const { type, row } of watch(sql, schema, "genre")) console.log(type, row);`
 */
export function watch<Tables, Name extends TableName<Tables>>(
  sql: ListeningHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: WatchOptions<FilterOf<Tables, Name>> = {},
): AsyncGenerator<Change<RowOf<Tables, Name>>, void, undefined> {
  requireOptions("watch", options, WATCH_OPTIONS);
  requireLimit(options.limit);
  const { where } = options as WatchOptions<Record<string, unknown>>;
  const plan = relationPlan(schema, table);
  requireTable(plan);
  requireKey(plan);
  // Building a statement rejects an invalid filter before the iteration.
  countSql(schema, table, where === undefined ? {} : { where });
  const changes = withCreator(readChanges({ sql, schema, table, where }, options as WatchOptions<never>));
  return changes as AsyncGenerator<Change<RowOf<Tables, Name>>, void, undefined>;
}

type Row = Record<string, unknown>;

async function* readChanges(
  watched: Omit<WatchContext, "hasRowSecurity">,
  options: WatchOptions<never>,
): AsyncGenerator<Change<Row>, void, undefined> {
  const { sql, schema, table } = watched;
  const plan = relationPlan(schema, table);
  const channel = channelName(NAME, plan.relation);
  if (options.signal?.aborted) return;
  await requireAbility(sql, "listen", "watch");
  if (!(await hasNotifyTrigger(sql, plan, NAME)))
    throw new ArgumentError(
      `${table} has no triggers for watch; run the statements of watchSql(schema, ${JSON.stringify(table)})`,
    );
  const context = { ...watched, hasRowSecurity: await hasRowSecurity(sql, plan) };
  if (await hasChangeLog(sql, plan)) {
    yield* loggedChanges({ sql, plan, channel }, options, payload => changeOf(context, payload, options));
    return;
  }
  for await (const payload of listen(sql, channel, options)) {
    const change = await changeOf(context, payload, options);
    if (change !== undefined) yield change;
  }
}

async function changeOf(
  context: WatchContext,
  payload: string,
  { onGap, onPosition, signal }: WatchOptions<never>,
): Promise<Change<Row> | undefined> {
  const { position, rest } = placedPayload(payload);
  const read = await readAgain(context.sql, () => readChange(context, parseNotification(rest)), signal);
  if (read === undefined) return undefined;
  const change = read.found;
  if (typeof change === "object") return position === undefined ? change : { ...change, position };
  if (position !== undefined) onPosition?.(position);
  if (change !== undefined) onGap?.(change);
  return undefined;
}
