import type { SqlHandle } from "../driver/handle.ts";
import { NotFoundError } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyOf, RowOf, TableName } from "../schema/tables.ts";
import { deleteRowSql } from "../statements/delete-sql.ts";
import { relationPlan, requireKey } from "../statements/relation-plan.ts";
import { get } from "./get.ts";
import type { WriteRowOptions } from "./insert.ts";
import { runWrite } from "./write.ts";

/**
 * Deletes the row with a primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a row outside its scope is not there
 * @param table the table's name
 * @param key as for `get`
 * @param options what to return of the deleted row
 * @returns the row as it was; undefined when a trigger or rule kept it
 * @throws NotFoundError when there is none; ConstraintError when another row refers to it; ArgumentError; QueryError
 * @example `await deleteRow(sql, schema, "genre", 99, { returning: ["name"] })` sends
 * `DELETE FROM "public"."genre" WHERE "genre_id" = $1::text::int4 RETURNING "name"`
 */
export async function deleteRow<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  options?: WriteRowOptions<Column>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  const plan = relationPlan(schema, table);
  const keyColumns = (): string[] => requireKey(plan).map(({ column }) => column.name);
  // At least one column comes back, so that a row that was deleted can be told from none.
  const returning = (): readonly string[] | undefined =>
    options?.returning === false ? keyColumns() : options?.returning;
  const [deleted] = await runWrite(
    sql,
    schema,
    options,
    () => {
      const columns = returning();
      return deleteRowSql(schema, table, key, columns ? { returning: columns } : {});
    },
    rows => rows,
  );
  if (deleted === undefined) {
    const { triggers, hasRules } = plan.relation;
    const isThere = (triggers.delete || hasRules) && (await get(sql, schema, table, key));
    if (!isThere) throw new NotFoundError(`${table} has no row with this key`);
  }
  return options?.returning === false
    ? undefined
    : (deleted as Pick<RowOf<Tables, Name>, Column> | undefined);
}
