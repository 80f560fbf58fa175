import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, KeyValueOf, RowOf, TableName } from "../schema/tables.ts";
import { relationPlan, requireKey } from "../statements/relation-plan.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import type { RowsOptions } from "./rows-where.ts";
import { run } from "./run.ts";

/**
 * The rows that a filter lets through, each with its primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param options as for `rowsWhere`; the key need not be selected
 * @returns an array of `[key, row]`; the key is a value, or an array in key order when it has several columns
 * @throws ArgumentError for a table without a primary key; otherwise as `rowsWhere`
 * @example `await pksAndRowsWhere(sql, schema, "genre", { select: ["name"] })` sends
 * `SELECT "name", "genre_id" FROM "public"."genre"`
 */
export async function pksAndRowsWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: RowsOptions<FilterOf<Tables, Name>, Column>,
): Promise<[KeyValueOf<Tables, Name>, Pick<RowOf<Tables, Name>, Column>][]> {
  type Pair = [KeyValueOf<Tables, Name>, Pick<RowOf<Tables, Name>, Column>];
  const key = requireKey(relationPlan(schema, table)).map(({ column }) => column.name);
  const { select } = options ?? {};
  const withKey = select ? { ...options, select: [...select, ...key] } : options;
  const rows = await run(sql, rowsWhereSql(schema, table, withKey), options);
  return rows.map(row => keyAndRow(row, key, select)) as unknown as Pair[];
}

function keyAndRow(
  row: Record<string, unknown>,
  key: readonly string[],
  select: readonly string[] | undefined,
): readonly [unknown, unknown] {
  const values = key.map(name => row[name]);
  if (select !== undefined) for (const name of key) if (!select.includes(name)) delete row[name];
  return [values.length === 1 ? values[0] : values, row];
}
