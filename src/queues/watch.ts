import { withCreator } from "../driver/call-site.ts";
import type { ListeningHandle } from "../driver/handle.ts";
import { exactRead } from "../rows/exact-read.ts";
import { run } from "../rows/run.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { and } from "../statements/combinations.ts";
import { countSql } from "../statements/count-sql.ts";
import type { Where } from "../statements/filter.ts";
import { relationPlan, requireKey } from "../statements/relation-plan.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import type { RowStatement } from "../statements/statement.ts";
import {
  type ChangeNotification,
  formerRowSql,
  notificationBody,
  notifiedKeySql,
  parseNotification,
} from "./change-notification.ts";
import { type Gap, LISTEN_OPTIONS, type ListenOptions, listen } from "./listen.ts";
import { channelName, dropNotifyTriggerSql, notifyTriggerSql } from "./notify-trigger.ts";

const NAME = "rowfn_watch";
// The settings on which the texts of numbers and intervals in a notification depend.
const SETTINGS = " SET extra_float_digits = 1 SET IntervalStyle = postgres";
const TRIGGERS = {
  rowfn_watch: ["AFTER INSERT OR UPDATE OR DELETE", "FOR EACH ROW"],
  rowfn_watch_all: ["AFTER TRUNCATE", "FOR EACH STATEMENT"],
} as const;

/**
 * The triggers that `watch` needs: one notification per changed row, with its key and, if it fits, the former row; one
 * notification per TRUNCATE.
 * @param schema a snapshot
 * @param table the table's name
 * @returns the DDL, which can be run again
 * @throws UnknownNameError if the table does not exist; ArgumentError if it has no primary key
 * @example `for (const text of watchSql(schema, "genre")) await sql.unsafe(text);`
 */
export function watchSql(schema: AnySchema, table: string): readonly string[] {
  const plan = relationPlan(schema, table);
  const body = notificationBody(plan, channelName(NAME, plan.relation));
  return notifyTriggerSql(plan, { name: NAME, body, triggers: TRIGGERS, settings: SETTINGS });
}

/**
 * Drops the triggers of `watchSql`.
 * @param schema a snapshot
 * @param table the table's name
 * @returns the DDL
 * @throws UnknownNameError if the table does not exist
 * @example `for (const text of unwatchSql(schema, "genre")) await sql.unsafe(text);`
 */
export function unwatchSql(schema: AnySchema, table: string): readonly string[] {
  return dropNotifyTriggerSql(relationPlan(schema, table), { name: NAME, triggers: TRIGGERS });
}

/** A change of a row. */
export type Change<Row> =
  | {
      readonly type: "insert" | "update";
      /** As `get` accepts it; timestamps are PostgreSQL's text, with their microseconds. */
      readonly key: Readonly<Record<string, unknown>>;
      /** The current row, which may be newer than the change. */
      readonly row: Row;
    }
  | {
      /** The row was deleted, or no longer matches the scope or the filter. */
      readonly type: "delete";
      readonly key: Readonly<Record<string, unknown>>;
      /** The former row; undefined if it was too large for a notification. */
      readonly row: Row | undefined;
    };

/** Options of `watch`. */
export interface WatchOptions<Row> extends Omit<ListenOptions, "onGap"> {
  /** Report only changes of rows that match. */
  readonly where?: Where<Row>;
  /** Called when changes may have been missed, after TRUNCATE, and if it is unknown whether a large deleted row matched. */
  readonly onGap?: (why: Gap | "truncate" | "row too large", lost?: number) => void;
}

const WATCH_OPTIONS: OptionNames<WatchOptions<unknown>> = { where: true, ...LISTEN_OPTIONS };

/**
 * The changes of a table's rows after they are committed, by the triggers of `watchSql`. Only rows inside the scope that
 * match the filter are reported; a row that no longer matches is reported as deleted. Changes that happen while the
 * connection is lost are not reported: `onGap` is called, so that the caller can read the rows again.
 * @param sql a pool; listening uses a dedicated connection
 * @param schema a snapshot
 * @param table the table's name; it needs a primary key and the triggers
 * @param options a filter, a signal that ends the loop, `onGap`
 * @returns an async iterable of changes: `{ type, key, row }`; listening starts with the iteration
 * @throws UnknownNameError and ArgumentError immediately; QueryError during the iteration
 * @example `for await (const { type, row } of watch(sql, schema, "genre")) console.log(type, row);`
 */
export function watch<Tables, Name extends TableName<Tables>>(
  sql: ListeningHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: WatchOptions<FilterOf<Tables, Name>> = {},
): AsyncGenerator<Change<RowOf<Tables, Name>>, void, undefined> {
  requireOptions("watch", options, WATCH_OPTIONS);
  const { where } = options as WatchOptions<Record<string, unknown>>;
  requireKey(relationPlan(schema, table));
  // Building a statement rejects an invalid filter before the iteration.
  countSql(schema, table, where === undefined ? {} : { where });
  const changes = withCreator(readChanges({ sql, schema, table, where }, options as WatchOptions<never>));
  return changes as AsyncGenerator<Change<RowOf<Tables, Name>>, void, undefined>;
}

interface WatchContext {
  readonly sql: ListeningHandle;
  readonly schema: AnySchema;
  readonly table: string;
  readonly where: Where | undefined;
}

type Row = Record<string, unknown>;

async function* readChanges(
  context: WatchContext,
  options: WatchOptions<never>,
): AsyncGenerator<Change<Row>, void, undefined> {
  const channel = channelName(NAME, relationPlan(context.schema, context.table).relation);
  for await (const payload of listen(context.sql, channel, options)) {
    const notification = parseNotification(payload);
    const change = notification === undefined ? "truncate" : await readChange(context, notification);
    if (typeof change === "string") options.onGap?.(change);
    else if (change !== undefined) yield change;
  }
}

/** The change of a notification, undefined if the row was never visible to the caller, or the reason of a gap. */
async function readChange(
  context: WatchContext,
  { type, key: keyJson, former }: ChangeNotification,
): Promise<Change<Row> | "row too large" | undefined> {
  const { schema, table, where } = context;
  const exact = exactRead(schema, relationPlan(schema, table).key);
  const key = (await readRow(context, notifiedKeySql(exact.schema, table, keyJson)))!;
  if (type !== "delete") {
    const filter = where === undefined ? key : and(key, where);
    const row = await readRow(context, rowsWhereSql(exact.schema, table, { where: filter }));
    if (row !== undefined) {
      exact.restore(table, [row]);
      return { type, key, row };
    }
    if (type === "insert") return undefined;
  }
  if (former !== "") {
    const row = await readRow(context, formerRowSql(schema, table, former, where));
    return row && { type: "delete", key, row };
  }
  const isAnyRow = where === undefined && relationPlan(schema, table).scope.rules.length === 0;
  return isAnyRow ? { type: "delete", key, row: undefined } : "row too large";
}

async function readRow({ sql }: WatchContext, statement: RowStatement): Promise<Row | undefined> {
  return (await run(sql, statement))[0];
}
