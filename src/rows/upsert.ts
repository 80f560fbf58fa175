import type { SqlHandle } from "../driver/handle.ts";
import { RowfnError } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { scopeOf } from "../statements/scope.ts";
import { type UpsertOptions, upsertSql } from "../statements/upsert-sql.ts";
import type { Written } from "./insert.ts";
import { selectOne } from "./select-one.ts";
import { checkedRow, runWrite, type WriteOptions } from "./write.ts";

/** The key of a row belongs to a row outside the snapshot's scope, which was left alone. */
export class ScopeError extends RowfnError {
  override name = "ScopeError";
}

/** Options of `upsert`. */
export interface UpsertRowOptions<Column extends string> extends UpsertOptions<Column>, WriteOptions {}

/**
 * Inserts a row, or changes the one that has its key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a scope stamps the row and keeps rows outside it as they are
 * @param table the table's name
 * @param row column → value; a whole row as for `insert`. Without a value for a generated key it is inserted
 * @param options which unique key decides (a partial index's predicate is added), what is updated, what is returned
 * @returns the stored row, also when `"changed"` found nothing to change; undefined for a row that is there with
 * `update: "nothing"`, and when a trigger kept it out
 * @throws ScopeError when the key belongs to a row outside the scope; ValidationError; ConstraintError; ArgumentError
 * @example `await upsert(sql, schema, "genre", { genre_id: 1, name: "Drone" }, { returning: ["name"] })` sends
 * `INSERT INTO "public"."genre" ("genre_id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "name"`
 */
export async function upsert<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: Written<InsertOf<Tables, Name>>,
  options?: UpsertRowOptions<Column>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  type Stored = Pick<RowOf<Tables, Name>, Column> | undefined;
  const [stored] = await runWrite(
    sql,
    schema,
    options,
    () => upsertSql(schema, table, checkedRow(schema, table, row, "insert", options), options),
    rows => rows,
  );
  if (stored !== undefined || options?.update === "nothing") return stored as Stored;
  const plan = relationPlan(schema, table);
  const isScoped = scopeOf(schema, plan).length > 0;
  if (options?.returning === false && !isScoped) return undefined;
  if (options?.update !== "changed" && !isScoped) return undefined;
  return (await unchangedRow(
    sql,
    schema,
    table,
    row as Record<string, unknown>,
    options,
    isScoped,
  )) as Stored;
}

// Nothing came back: the row was equal, a trigger kept it out, or it is outside the scope.
async function unchangedRow<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: Record<string, unknown>,
  options: UpsertRowOptions<string> | undefined,
  isScoped: boolean,
): Promise<object | undefined> {
  const key = options?.key ?? relationPlan(schema, table).key.map(({ column }) => column.name);
  const where = Object.fromEntries(key.map(name => [name, row[name]])) as never;
  try {
    const select = options?.returning || undefined;
    const found = await selectOne(sql, schema, table, {
      where,
      ...(select && { select: select as never[] }),
    });
    return options?.returning === false ? undefined : found;
  } catch (error) {
    if (!isScoped || !(error instanceof RowfnError) || error.name !== "NotFoundError") throw error;
    throw new ScopeError(
      `${table}: nothing was written: the key belongs to a row outside the snapshot's scope`,
    );
  }
}
