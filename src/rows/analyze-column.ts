import type { SqlHandle } from "../driver/handle.ts";
import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { hasMinimum } from "../statements/aggregate.ts";
import type { Where } from "../statements/filter.ts";
import { groupBySql } from "../statements/group-by-sql.ts";
import { desc } from "../statements/order.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import type { RunOptions } from "./run.ts";
import { runTogether } from "./run-together.ts";

type PlainRow = Record<string, unknown>;

/** Options of `analyzeColumn`. */
export interface AnalyzeOptions<Row> extends RunOptions {
  /** A filter of the rows; default: all rows. */
  readonly where?: Where<Row>;
  /** The number of most common values (default: 10). */
  readonly limit?: number;
}

const ANALYZE_OPTIONS: OptionNames<AnalyzeOptions<unknown>> = { where: true, limit: true, ...SEND_OPTIONS };

/** The statistics of a column. */
export interface ColumnAnalysis<Value> {
  readonly rows: number;
  readonly nulls: number;
  /** The number of distinct values, without NULL. */
  readonly distinct: number;
  /** Undefined if the type has no minimum. */
  readonly min: Value | null | undefined;
  readonly max: Value | null | undefined;
  /** The most common values, including NULL, in descending order of frequency. */
  readonly common: readonly { readonly value: Value | null; readonly count: number }[];
}

/**
 * Returns statistics of a column: the number of rows, nulls and distinct values, the range, the most common values.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param column the column's name
 * @param options the filter, the number of common values
 * @returns `{ rows, nulls, distinct, min, max, common }`, from the same state of the data
 * @throws UnknownNameError; ArgumentError if the type has no equality operator; QueryError
 * @example `await analyzeColumn(sql, schema, "artist", "country", { limit: 3 })`
 */
export async function analyzeColumn<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: Column,
  options: AnalyzeOptions<FilterOf<Tables, Name>> = {},
): Promise<ColumnAnalysis<NonNullable<RowOf<Tables, Name>[Column]>>> {
  requireOptions("analyzeColumn", options, ANALYZE_OPTIONS);
  const { where, limit = 10 } = options;
  const range = hasRange(schema, table, column) ? { min: { min: column }, max: { max: column } } : {};
  const aggregates = {
    rows: "count",
    given: { count: column },
    distinct: { countDistinct: column },
    ...range,
  } as const;
  const summary = groupBySql(schema, table, [], { where, aggregates } as never);
  const values = groupBySql(schema, table, column, {
    where,
    aggregates: { ["~count"]: "count" },
    orderBy: [desc("~count"), column],
    limit,
  } as never);
  const [[all], common] = (await runTogether(sql, [summary, values], options)) as [PlainRow[], PlainRow[]];
  const { rows, given, distinct, min, max } = all as Record<string, number>;
  return {
    ...{ rows, nulls: rows! - given!, distinct, min, max },
    common: common.map(row => ({ value: row[column], count: row["~count"] })),
  } as never;
}

function hasRange(schema: AnySchema, table: string, name: string): boolean {
  const column = planColumn(relationPlan(schema, table), name);
  return column.codec.shape.kind !== "array" && hasMinimum(schema, column);
}
