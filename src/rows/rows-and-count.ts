import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { countSql } from "../statements/count-sql.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { oneView } from "./read.ts";
import type { RowsOptions } from "./rows-where.ts";
import { run, runValue } from "./run.ts";

/**
 * Some rows, and how many there are without `limit` and `offset`, of one view of the data.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options as for `rowsWhere`
 * @returns `{ rows, count }`
 * @throws as `rowsWhere`
 * @example `await rowsAndCount(sql, schema, "genre", { limit: 1, select: ["name"] })`
 */
export async function rowsAndCount<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: RowsOptions<FilterOf<Tables, Name>, Column> = {},
): Promise<{ readonly rows: Pick<RowOf<Tables, Name>, Column>[]; readonly count: number }> {
  const statement = rowsWhereSql(schema, table, options);
  const counting = countSql(schema, table, options);
  return await oneView(sql, options, async view => {
    const [rows, count] = await Promise.all([
      run<Pick<RowOf<Tables, Name>, Column>>(view, statement, options),
      runValue(view, counting, options),
    ]);
    return { rows, count: Number(count) };
  });
}
