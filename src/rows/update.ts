import type { SqlHandle } from "../driver/handle.ts";
import type { OptionNames } from "../schema/arguments.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowKeyOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { rowKey } from "../statements/primary-key.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { requireWriteOptions, returnedNames, WRITE_OPTIONS } from "../statements/returning.ts";
import type { RowStatement } from "../statements/statement.ts";
import {
  changedRowSql,
  changesOf,
  type UpdateWhereOptions,
  updateWhereSql,
} from "../statements/update-sql.ts";
import type { WriteRowOptions, Written } from "./insert.ts";
import type { Inserted } from "./insert-many.ts";
import { knownStatement, rememberRow } from "./known-statement.ts";
import { updateVersion } from "./update-version.ts";
import {
  isWithoutReturning,
  requireValidRow,
  runCount,
  runWrite,
  type TableContext,
  type WriteContext,
  type WriteOptions,
  writeRow,
} from "./write.ts";

/** Options of `update`. */
export interface UpdateRowOptions<Column extends string> extends WriteRowOptions<Column> {
  /**
   * A column of the row that says which version was read: the row is only updated if it still has that version, and the
   * column gets its next value. An integer is increased by 1; a uuid or timestamptz gets a new value.
   */
  readonly version?: string;
}

const UPDATE_OPTIONS: OptionNames<UpdateRowOptions<string>> = { version: true, ...WRITE_OPTIONS };

/**
 * Updates the row with the primary key in `row`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a row outside its scope is not found
 * @param table the table's name
 * @param row the whole primary key and the columns to change. Generated columns are ignored, so that you can pass a row
 * that you have read. Without a change the row is only read
 * @param options the columns to return; `validate: false` skips the validation of values; `version` is the column
 * whose value must still be that in `row`
 * @returns the stored row; undefined if a trigger or rule suppressed the change
 * @throws NotFoundError if the row does not exist; StaleError if it was changed after it was read;
 * NotUniqueError if a `Date` of the key stands for several rows;
 * ValidationError before anything is sent; ConstraintError; QueryError
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
  row: Written<UpdateOf<Tables, Name>> & RowKeyOf<Tables, Name>,
  options?: UpdateRowOptions<Column>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  type Stored = Pick<RowOf<Tables, Name>, Column> | undefined;
  requireWriteOptions("update", options, UPDATE_OPTIONS);
  const context: WriteContext = { sql, schema, table, options };
  const plan = relationPlan(schema, table);
  const given = row as Readonly<Record<string, unknown>>;
  if (options?.version !== undefined) {
    const stored = await updateVersion(context, plan, given, options.version, changedNames(plan, options));
    return options.returning === false ? undefined : (stored as Stored);
  }
  const statement = updateStatement(context, plan, given);
  const stored = await writeRow(context, "update", statement, () => rowKey(plan, given));
  return options?.returning === false ? undefined : (stored as Stored);
}

function updateStatement(
  context: UpdateContext,
  plan: RelationPlan,
  row: Readonly<Record<string, unknown>>,
): RowStatement {
  const known = knownStatement(context, "update", row);
  if (known !== undefined) return known;
  const { schema, options } = context;
  const key = rowKey(plan, row);
  const changes = changesOf(plan, row);
  const isChange = Object.keys(changes).length > 0;
  const valid = isChange ? requireValidRow(context, "update", changes) : changes;
  const returning = isWithoutReturning(plan, options) ? false : changedNames(plan, options);
  const statement = changedRowSql(schema, plan, key, valid, returning === undefined ? {} : { returning });
  if (isChange) rememberRow(context, "update", row, statement);
  return statement;
}

// At least one column is returned, because only a returned row shows that a row was updated.
function changedNames(
  plan: RelationPlan,
  options: WriteRowOptions<string> | undefined,
): readonly string[] | undefined {
  if (options?.returning === false) return plan.key.map(({ column }) => column.name);
  return returnedNames(options?.returning);
}

interface UpdateContext extends TableContext {
  readonly options: WriteRowOptions<string> | undefined;
}

/** Options of `updateWhere`. */
export interface UpdateRowsOptions<Row, Column extends string>
  extends UpdateWhereOptions<Row, Column>,
    WriteOptions {}

/**
 * Updates all rows that match a filter with the same changes.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; rows outside its scope are left unchanged
 * @param table the table's or view's name
 * @param changes column → value, or raw SQL: `{ plays: expr\`plays + 1\` }`
 * @param options the filter (`all: true` for all rows); `returning: true` or columns for the stored rows
 * @returns the number of rows updated, or the stored rows
 * @throws ArgumentError if the filter is empty without `all: true`; ValidationError; ConstraintError; QueryError
 * @example `await updateWhere(sql, schema, "track", { composer: null }, { where: { album_id: 1 } })` sends
 * `UPDATE "public"."track" SET "composer" = NULL WHERE "album_id" = $1::text::int4`
 */
export async function updateWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends UpdateRowsOptions<FilterOf<Tables, Name>, Column>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  changes: Written<UpdateOf<Tables, Name>>,
  options: Options & UpdateRowsOptions<FilterOf<Tables, Name>, Column>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  type Result = Inserted<RowOf<Tables, Name>, Options>;
  const context: WriteContext = { sql, schema, table, options };
  const valid = requireValidRow(context, "update", changes);
  const statement = updateWhereSql(schema, table, valid, options);
  return (await (options.returning ? runWrite(context, statement) : runCount(context, statement))) as Result;
}
