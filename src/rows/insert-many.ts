import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import type { Returned } from "../statements/returning.ts";
import { checkedRows, countMany, type ManyRows, type ManyWrite, returnMany } from "./bulk.ts";
import { groupsByColumns } from "./bulk-groups.ts";
import {
  type BulkTarget,
  copiedAtOnce,
  insertGroup,
  insertGroupReturning,
  type ManyReturning,
} from "./insert-group.ts";
import type { WriteOptions } from "./write.ts";

/** Options of `insertMany`. */
export interface InsertManyOptions<Column extends string = string>
  extends WriteOptions,
    ManyReturning<Column> {}

// COPY takes rows as they are made, so that one statement is enough for all.
const ANY_NUMBER = Number.POSITIVE_INFINITY;

/** The number of rows, or with `returning` the rows. */
export type Inserted<Row, Options> = Options extends { readonly returning: true | readonly string[] }
  ? Returned<Row, Options>[]
  : number;

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
  rows: ManyRows<InsertOf<Tables, Name>>,
  options?: Options & InsertManyOptions<Column>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  const target: BulkTarget = { schema, table, options };
  const write: Omit<ManyWrite, "send"> = {
    check: (list, from) => checkedRows(schema, table, list, index => index + from, "insert", options),
    groups: groupsByColumns,
  };
  const result = options?.returning
    ? await returnMany(sql, rows, write, (tx, group, from) =>
        insertGroupReturning(tx, target, group, from, options),
      )
    : await countMany(
        sql,
        rows,
        { ...write, ...copiedAtOnce(schema, table, ANY_NUMBER) },
        (tx, group, from) => insertGroup(tx, target, group, from),
      );
  return result as Inserted<RowOf<Tables, Name>, Options>;
}
