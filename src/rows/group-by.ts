import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { AggregateValue, ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import type { Aggregate } from "../statements/aggregate.ts";
import type { Alias } from "../statements/alias.ts";
import { type GroupOptions, groupBySql } from "../statements/group-by-sql.ts";
import type { WithComputed } from "./rows-where.ts";
import { type RunOptions, runRead } from "./run.ts";

/** Options of `groupBy`. */
export interface GroupByOptions<Row, Aggregates, Computed extends string = never>
  extends GroupOptions<Row, Aggregates, Computed>,
    RunOptions {}

/** The columns of a group, computed ones, and each aggregate by its name. */
export type Group<
  Row,
  Column extends keyof Row & string,
  Aggregates,
  Computed extends string = never,
> = WithComputed<Row, Column, Computed> & {
  [Name in keyof NoInfer<Aggregates>]: AggregateValue<Row, NoInfer<Aggregates>[Name]>;
};

/**
 * Returns one row per group, with aggregates.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param by the columns of the groups, and ``alias("year", expr`...`)`` for computed ones; `[]` for one group of all rows
 * @param options the aggregates: `{ aggregates: { tracks: "count", longest: { max: "milliseconds" } } }`, each with its `filter`;
 * `where` for the rows and `having` for the groups
 * @returns an array of rows: the group's columns and each aggregate by its name. Counts are numbers. As
 * in PostgreSQL, the sum of integers is an int8 or numeric, and an average is a numeric
 * @throws UnknownNameError if the table or a column does not exist; ArgumentError if a column has no such aggregate
 * @example `await groupBy(sql, schema, "track", "genre_id", { aggregates: { tracks: "count" } })` sends
 * `SELECT "track"."genre_id", count(*) AS "tracks" FROM "public"."track" GROUP BY "track"."genre_id"`
 */
export async function groupBy<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Aggregates extends Readonly<Record<string, Aggregate>> = { count: "count" },
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  by: Column | Alias<Computed, Column> | readonly (Column | Alias<Computed, Column>)[],
  options?: GroupByOptions<FilterOf<Tables, Name>, Aggregates, Computed>,
): Promise<Group<RowOf<Tables, Name>, Column, Aggregates, Computed>[]> {
  return await runRead(sql, groupBySql(schema, table, by, options), options);
}
