import type { ListeningHandle } from "../driver/handle.ts";
import { exactRead } from "../rows/exact-read.ts";
import { run } from "../rows/run.ts";
import { runValue } from "../rows/run-values.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { and } from "../statements/combinations.ts";
import type { Where } from "../statements/filter.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { ownRowsSql } from "../statements/rows-where-sql.ts";
import type { RowStatement } from "../statements/statement.ts";
import { type ChangeNotification, notifiedKeySql, type UnnamedChange } from "./change-notification.ts";
import { formerRowSql } from "./former-row.ts";

/** A change of a row. `position` is its place in the log of `watchSql`, for the option `since`. */
export type Change<Row> = { readonly position?: string } & (
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
    }
);

/** A watched table and its filter. */
export interface WatchContext {
  readonly sql: ListeningHandle;
  readonly schema: AnySchema;
  readonly table: string;
  readonly where: Where | undefined;
  /** Whether row security restricts the role, whose policies cannot be applied to a former row. */
  readonly hasRowSecurity: boolean;
}

/** The reason of a gap: what a notification says that names no row, or a former row that policies may hide. */
export type UnreadChange = UnnamedChange | "row security";

type Row = Record<string, unknown>;

/** The change of a notification, undefined if the row was never visible to the caller, or the reason of a gap. */
export async function readChange(
  context: WatchContext,
  notification: ChangeNotification | UnnamedChange,
): Promise<Change<Row> | UnreadChange | undefined> {
  if (typeof notification === "string") return notification;
  const { type, key: keyJson, former } = notification;
  const { schema, table, where, hasRowSecurity } = context;
  const exact = exactRead(schema, relationPlan(schema, table).key);
  const key = (await readRow(context, notifiedKeySql(exact.schema, table, keyJson)))!;
  if (type !== "delete") {
    const filter = where === undefined ? key : and(key, where);
    const row = await readRow(context, ownRowsSql(exact.schema, table, { where: filter }));
    if (row !== undefined) {
      exact.restore(table, [row]);
      return { type, key, row };
    }
    if (type === "insert") return undefined;
  }
  if (hasRowSecurity) return "row security";
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

/** Whether row security of the table restricts the role of a handle. */
export async function hasRowSecurity(sql: ListeningHandle, { name }: RelationPlan): Promise<boolean> {
  const text = "SELECT pg_catalog.row_security_active($1::text::regclass)";
  return (await runValue(sql, { text, params: [name] }, undefined)) === true;
}
