import type { SqlHandle } from "../driver/handle.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { valueText } from "../statements/bulk-rows.ts";
import { planColumn, relationPlan, requireKey } from "../statements/relation-plan.ts";
import type { UpsertOptions } from "../statements/upsert-sql.ts";
import { checkedRows, countMany, type ManyRows, type ManyWrite, returnMany } from "./bulk.ts";
import { groupsByKey, type KeyText, runsByKey } from "./bulk-groups.ts";
import { copiedAtOnce } from "./insert-group.ts";
import type { Inserted, InsertManyOptions } from "./insert-many.ts";
import { type UpsertTarget, upsertGroup, upsertGroupReturning } from "./upsert-group.ts";

/** Options of `upsertMany`. */
export interface UpsertManyOptions<Column extends string = string, Known extends string = string>
  extends InsertManyOptions<Column>,
    Omit<UpsertOptions<Column, Known>, "returning"> {}

/**
 * Inserts many rows or changes those that are there: all of them, or none. Rows that have the same key are written one
 * after the other. A column that a row leaves out gets its default when it is inserted and stays when it is changed.
 * @param sql a Bun SQL handle; in a transaction of yours it is a savepoint
 * @param schema a snapshot; a scope stamps every row and keeps rows outside it as they are
 * @param table the table's name
 * @param rows an array, or any iterable or async iterable, which is read in parts of 10,000 rows
 * @param options which unique key decides, what is updated; `returning: true` or columns for the stored rows
 * @returns the number of rows written, or the rows in the order given; without those that `"changed"` found equal, that
 * were there with `"nothing"`, or that a trigger kept out
 * @throws ScopeError when a key belongs to a row outside the scope; ValidationError with the row's index, for an array
 * before anything is sent; ConstraintError; ArgumentError for a key that cannot be a conflict target; QueryError
 * @example `await upsertMany(sql, schema, "genre", [{ genre_id: 1, name: "Drone" }, { genre_id: 90, name: "Polka" }])` sends
 * `INSERT INTO "public"."genre" ("genre_id", "name") SELECT "c1"::int4, "c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY 1 ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name"`
 */
export async function upsertMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends UpsertManyOptions<Column, ColumnName<Tables, Name>> = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: ManyRows<InsertOf<Tables, Name>>,
  options?: Options & UpsertManyOptions<Column, ColumnName<Tables, Name>>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  const { key, update, returning } = options ?? {};
  const target: UpsertTarget = {
    schema,
    table,
    options,
    conflict: { ...(key && { key }), ...(update && { update }) },
  };
  const keyOf = keyText(schema, table, key);
  // Rows that are left alone do not come back, so only a group of neighbours keeps the order.
  const groupsOf = returning && typeof update === "string" ? runsByKey : groupsByKey;
  const write: Omit<ManyWrite, "send"> = {
    check: (list, from) => checkedRows(schema, table, list, index => index + from, "insert", options),
    groups: list => groupsOf(list, keyOf),
    ...(!returning && copiedAtOnce(schema, table, STAGED_AT_ONCE)),
  };
  const result = returning
    ? await returnMany(sql, rows, write, (tx, group, from) =>
        upsertGroupReturning(tx, target, group, from, { returning }),
      )
    : await countMany(sql, rows, write, (tx, group, from) => upsertGroup(tx, target, group, from));
  return result as Inserted<RowOf<Tables, Name>, Options>;
}

/** Rows in one temporary table: more would only take longer to look for the same key in. */
const STAGED_AT_ONCE = 100_000;

// The same key may have two texts (1.0 and 1.00): PostgreSQL then refuses the statement.
function keyText(schema: AnySchema, table: string, key: readonly string[] | undefined): KeyText {
  const plan = relationPlan(schema, table);
  const columns = (key ?? requireKey(plan).map(({ column }) => column.name)).map(name =>
    planColumn(schema, plan, name),
  );
  return (row, index) => {
    const given = columns.filter(({ column }) => Object.hasOwn(row, column.name));
    if (given.length === 0) return undefined;
    if (columns.length === 1) return valueText(plan, columns[0]!, row, index) ?? undefined;
    return JSON.stringify(given.map(column => valueText(plan, column, row, index)));
  };
}
