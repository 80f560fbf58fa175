import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyRowOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { keyOf } from "../statements/primary-key.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { changedRowSql, changesOf } from "../statements/update-sql.ts";
import type { WriteRowOptions, Written } from "./insert.ts";
import { requireRow, requireValidRow, runWrite, type TableContext, type WriteContext } from "./write.ts";

/**
 * Changes the row that has the primary key in `row`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a row outside its scope is not there
 * @param table the table's name
 * @param row the whole primary key and what to change. A row that was read can be given back: what the database computes
 * is left out. Without a change the row is only read
 * @param options what to return; `validate: false` skips the checks of values
 * @returns the stored row; undefined when a trigger or rule kept the change out
 * @throws NotFoundError when there is no such row; ValidationError before anything is sent; ConstraintError; QueryError
 * @example `await update(sql, schema, "genre", { genre_id: 1, name: "Drone" }, { returning: ["name"] })` sends
 * `UPDATE "public"."genre" SET "name" = $1::text WHERE "genre_id" = $2::text::int4 RETURNING "name"`
 */
export async function update<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: Written<UpdateOf<Tables, Name>> & KeyRowOf<Tables, Name>,
  options?: WriteRowOptions<Column>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  type Stored = Pick<RowOf<Tables, Name>, Column> | undefined;
  const context: WriteContext = { sql, schema, table, options };
  const plan = relationPlan(schema, table);
  const given = row as Readonly<Record<string, unknown>>;
  const [stored] = await runWrite(context, updateStatement(context, plan, given));
  if (stored === undefined) return await requireRow(context, "update", keyOf(plan, given));
  return options?.returning === false ? undefined : (stored as Stored);
}

function updateStatement(
  context: UpdateContext,
  plan: RelationPlan,
  row: Readonly<Record<string, unknown>>,
): RowStatement {
  const { schema, options } = context;
  const key = keyOf(plan, row);
  const changes = changesOf(plan, row);
  const isChange = Object.keys(changes).length > 0;
  const valid = isChange ? requireValidRow(context, "update", changes) : changes;
  // At least one column comes back, so that a row that was changed can be told from none.
  const returning =
    options?.returning === false ? plan.key.map(({ column }) => column.name) : options?.returning;
  return changedRowSql(schema, plan, key, valid, returning ? { returning } : {});
}

interface UpdateContext extends TableContext {
  readonly options: WriteRowOptions<string> | undefined;
}
