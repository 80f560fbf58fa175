import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, RowOf, TableName } from "../schema/tables.ts";
import { type GroupOptions, groupBySql } from "../statements/group-by-sql.ts";
import { type RunOptions, runRows } from "./run.ts";

/** Options of `groupBy`. */
export interface GroupByOptions<Row, Name extends string> extends GroupOptions<Row, Name>, RunOptions {}

/**
 * One row for each group of rows, with aggregates.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param by the columns that make a group; `[]` for one group of all rows
 * @param options what to compute: `{ aggregates: { tracks: "count", longest: { max: "milliseconds" } } }`
 * @returns an array of rows: the group's columns and each aggregate by its name. Counts are numbers; a sum of integers
 * is an int8 or numeric as in PostgreSQL, an average a numeric
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an aggregate its column does not have
 * @example `await groupBy(sql, schema, "track", "genre_id", { aggregates: { tracks: "count" } })` sends
 * `SELECT "track"."genre_id", count(*) AS "tracks" FROM "public"."track" GROUP BY "track"."genre_id"`
 */
export function groupBy<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Result extends string = "count",
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  by: Column | readonly Column[],
  options?: GroupByOptions<RowOf<Tables, Name>, Result>,
): Promise<(Pick<RowOf<Tables, Name>, Column> & Record<Result, unknown>)[]> {
  type Group = Pick<RowOf<Tables, Name>, Column> & Record<Result, unknown>;
  return runRows(
    sql,
    options,
    () => groupBySql(schema, table, by, options),
    rows => rows as Group[],
  );
}
