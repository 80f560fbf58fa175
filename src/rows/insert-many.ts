import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { insertManySql } from "../statements/insert-many-sql.ts";
import { insertSql } from "../statements/insert-sql.ts";
import { issueAt } from "../validate/issue.ts";
import { validateRows } from "../validate/validate-rows.ts";
import { ValidationError } from "../validate/validation-error.ts";
import type { WriteOptions } from "./write.ts";
import { runCount, runWrite } from "./write.ts";

/** Options of `insertMany`. */
export interface InsertManyOptions<Column extends string = string> extends WriteOptions {
  /** `true` or columns for the stored rows in the order given; their number by default. */
  readonly returning?: boolean | readonly Column[];
}

/** The number of rows, or with `returning` the rows. */
export type Inserted<Row, Options> = Options extends { readonly returning: true | readonly string[] }
  ? Row[]
  : number;

type Row = Readonly<Record<string, unknown>>;

/** Rows that are sent together. */
const BATCH = 10_000;

/**
 * Inserts many rows: all of them, or none. A column that a row leaves out gets its default, also when others give it.
 * @param sql a Bun SQL handle; in a transaction of yours it is a savepoint
 * @param schema a snapshot; a scope stamps every row
 * @param table the table's or view's name
 * @param rows an array, or any iterable or async iterable, which is read in parts of 10,000 rows
 * @param options `returning: true` or columns for the stored rows; `validate: false` skips the checks of values
 * @returns the number of rows stored, or the rows in the order given (without those a trigger kept out)
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
  rows: Iterable<InsertOf<Tables, Name>> | AsyncIterable<InsertOf<Tables, Name>>,
  options?: Options & InsertManyOptions<Column>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  type Result = Inserted<RowOf<Tables, Name>, Options>;
  // A mistake in the last row of an array is found before the first is sent.
  const list = Array.isArray(rows) ? checked(schema, table, rows, 0, options) : undefined;
  const send = (tx: SqlHandle): Promise<Row[] | number> =>
    list === undefined
      ? insertBatches(tx, schema, table, rows as Iterable<Row> | AsyncIterable<Row>, options)
      : insertList(tx, schema, table, list, options);
  const isOne = list !== undefined && list.length <= BATCH && groupsOf(list).length <= 1;
  if (isOne) return (await send(sql)) as Result;
  return (await (isTransaction(sql) ? sql.savepoint(send) : sql.begin(send))) as Result;
}

function checked(
  schema: AnySchema,
  table: string,
  rows: readonly unknown[],
  from: number,
  options: WriteOptions | undefined,
): readonly Row[] {
  if (options?.validate === false) return rows as readonly Row[];
  const result = validateRows(schema, table, rows, "insert");
  if (result.issues.length === 0) return result.rows as Row[];
  const issues = result.issues.map(({ path, ...issue }) => {
    const [first, ...rest] = path!;
    return issueAt({ ...issue }, { ...first, key: Number(first.key) + from } as typeof first, ...rest);
  });
  throw new ValidationError(table, issues);
}

async function insertBatches(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: InsertManyOptions | undefined,
): Promise<Row[] | number> {
  let stored = 0;
  let sent = 0;
  const returned: Row[] = [];
  let batch: Row[] = [];
  const flush = async (): Promise<void> => {
    const list = checked(schema, table, batch, sent, options);
    const result = await insertList(sql, schema, table, list, options);
    if (typeof result === "number") stored += result;
    else for (const row of result) returned.push(row);
    sent += batch.length;
    batch = [];
  };
  for await (const row of rows) if (batch.push(row) === BATCH) await flush();
  await flush();
  return options?.returning ? returned : stored;
}

async function insertList(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  rows: readonly Row[],
  options: InsertManyOptions | undefined,
): Promise<Row[] | number> {
  let stored = 0;
  const placed: Row[] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    for (const group of groupsOf(rows.slice(from, from + BATCH))) {
      if (!options?.returning) stored += await insertGroup(sql, schema, table, group.rows, options);
      else {
        const returned = await insertReturning(sql, schema, table, group.rows, options);
        for (const [at, row] of returned.entries()) placed[from + group.positions[at]!] = row;
      }
    }
  }
  return options?.returning ? placed.filter(row => row !== undefined) : stored;
}

interface Group {
  readonly rows: Row[];
  /** Where each row stood. */
  readonly positions: number[];
}

/** The rows by the columns they have. */
function groupsOf(rows: readonly Row[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [position, row] of rows.entries()) {
    const key = JSON.stringify(Object.keys(row).sort());
    const group = groups.get(key) ?? { rows: [], positions: [] };
    groups.set(key, group);
    group.rows.push(row);
    group.positions.push(position);
  }
  return [...groups.values()];
}

async function insertGroup(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  rows: readonly Row[],
  options: WriteOptions | undefined,
): Promise<number> {
  if (Object.keys(rows[0]!).length > 0)
    return runCount(sql, schema, options, () => insertManySql(schema, table, rows, { returning: false }));
  let stored = 0;
  // DEFAULT VALUES is one row a statement.
  for (const row of rows)
    stored += await runCount(sql, schema, options, () => insertSql(schema, table, row, { returning: false }));
  return stored;
}

async function insertReturning(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  rows: readonly Row[],
  options: InsertManyOptions,
): Promise<readonly Row[]> {
  const returning = Array.isArray(options.returning) ? { returning: options.returning } : {};
  if (Object.keys(rows[0]!).length > 0)
    return runWrite(
      sql,
      schema,
      options,
      () => insertManySql(schema, table, rows, returning),
      all => all,
    );
  const stored: Row[] = [];
  for (const row of rows)
    stored.push(
      ...(await runWrite(
        sql,
        schema,
        options,
        () => insertSql(schema, table, row, returning),
        all => all,
      )),
    );
  return stored;
}
