import { copyIn } from "../driver/copy-in.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { canInsertByCopy, copySql } from "../statements/copy-in-sql.ts";
import { insertManySql, insertSql } from "../statements/insert-sql.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { type Returned, requireWriteOptions, WRITE_OPTIONS } from "../statements/returning.ts";
import { constraintError, failingRowError } from "./constraint-error.ts";
import { groupsByColumns, type Row, type RowGroup } from "./row-groups.ts";
import { requireValidRows, runCount, runWrite, type WriteContext, type WriteOptions } from "./write.ts";
import { atomically, countMany, type ManyRows, type ManyWrite, returnMany } from "./write-many.ts";
import { noteSnapshot } from "./written-snapshot.ts";

/** The option that decides what a function for many rows returns. */
export interface ManyReturning<Column extends string = string> {
  /** `true` or column names for the stored rows in input order; default: the number of rows. */
  readonly returning?: boolean | readonly Column[];
}

/** The number of rows from which COPY is faster than parameters, despite its extra round trip. */
const COPY_ROWS = 100;

/** Options of `insertMany`. */
export interface InsertManyOptions<Column extends string = string>
  extends WriteOptions,
    ManyReturning<Column> {}

/** The number of rows, or with `returning` the rows. */
export type Inserted<Row, Options> = Options extends { readonly returning: true | readonly string[] }
  ? Returned<Row, Options>[]
  : number;

/**
 * Inserts many rows, or none after an error. A column that a row omits gets its default, even if other rows contain it.
 * @param sql a Bun SQL handle; in a transaction of yours it is a savepoint
 * @param schema a snapshot; a scope stamps every row
 * @param table the table's or view's name
 * @param rows an array, or an iterable or async iterable, which is read in batches of 10,000 rows
 * @param options `returning: true` or columns for the stored rows; `validate: false` skips the validation of values
 * @returns the number of rows stored, or the rows in input order, without the rows that a trigger suppressed
 * @throws ValidationError with the row's index, for an array before anything is sent; ConstraintError; QueryError
 * @example `await insertMany(sql, schema, "playlist", [{ name: "One" }, { name: "Two" }])` sends
 * `INSERT INTO "public"."playlist" ("name") SELECT "c1"::varchar FROM unnest($1::text::text[]) WITH ORDINALITY AS "rows" ("c1", "n") ORDER BY "n"`
 */
export async function insertMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends InsertManyOptions<Column> = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: ManyRows<InsertOf<Tables, Name>>,
  options?: Options & InsertManyOptions<Column>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  requireWriteOptions("insertMany", options, WRITE_OPTIONS);
  const context: WriteContext = { sql, schema, table, options };
  const write: Omit<ManyWrite, "send"> = {
    validate: (list, from) => requireValidRows(context, "insert", list, index => index + from),
    groups: groupsByColumns,
  };
  const result = options?.returning
    ? await returnMany(context, rows, write, (inner, group) => insertGroupReturning(inner, group, options))
    : await countMany(
        context,
        rows,
        { ...write, ...copyBatch(schema, table, Number.POSITIVE_INFINITY) },
        insertGroup,
      );
  return result as Inserted<RowOf<Tables, Name>, Options>;
}

/** The `batch` of rows that COPY writes if it can fill every column of the table. */
export function copyBatch(schema: AnySchema, table: string, rows: number): { readonly batch?: number } {
  const plan = relationPlan(schema, table);
  return canInsertByCopy(schema, plan, [...plan.columns.keys()]) ? { batch: rows } : {};
}

/** Inserts rows that have the same columns and returns their number. */
export async function insertGroup(context: WriteContext, group: RowGroup): Promise<number> {
  try {
    return await insertCounted(context, group.rows);
  } catch (error) {
    throw failingRowError(context, error, group);
  }
}

async function insertCounted(context: WriteContext, rows: readonly Row[]): Promise<number> {
  const { schema, table } = context;
  const names = Object.keys(rows[0]!);
  if (names.length === 0) {
    const statement = insertSql(schema, table, {}, { returning: false });
    const counts = await insertDefaults(context, rows.length, inner => runCount(inner, statement));
    return counts.reduce((sum, count) => sum + count, 0);
  }
  if (rows.length >= COPY_ROWS && canInsertByCopy(schema, relationPlan(schema, table), names))
    return await runCopy(context, copySql(schema, table, rows));
  return await runCount(context, insertManySql(schema, table, rows));
}

/** Sends a COPY and returns the number of rows. */
export async function runCopy(
  context: WriteContext,
  { text, chunks }: ReturnType<typeof copySql>,
  before?: string,
): Promise<number> {
  const { sql, schema, options } = context;
  noteSnapshot(sql, schema);
  try {
    return await limited(sql, options, handle => {
      options?.onStatement?.({ text, params: [] });
      return copyIn(handle, text, chunks, before);
    });
  } catch (error) {
    throw constraintError(context, error);
  }
}

/** As `insertGroup`; returns the stored rows in order, without the rows that a trigger suppressed. */
export async function insertGroupReturning(
  context: WriteContext,
  group: RowGroup,
  { returning }: ManyReturning,
): Promise<readonly Row[]> {
  const { schema, table } = context;
  const { rows } = group;
  const columns = { returning: returning ?? true };
  try {
    if (Object.keys(rows[0]!).length > 0)
      return await runWrite(context, insertManySql(schema, table, rows, columns));
    const statement = insertSql(schema, table, {}, columns);
    const stored = await insertDefaults(context, rows.length, inner => runWrite(inner, statement));
    return stored.flat();
  } catch (error) {
    throw failingRowError(context, error, group);
  }
}

// DEFAULT VALUES inserts one row per statement.
async function insertDefaults<Result>(
  context: WriteContext,
  count: number,
  insertOne: (context: WriteContext) => Promise<Result>,
): Promise<readonly Result[]> {
  return await atomically(context, async inner => {
    const results: Result[] = [];
    for (let left = count; left > 0; left--) results.push(await insertOne(inner));
    return results;
  });
}
