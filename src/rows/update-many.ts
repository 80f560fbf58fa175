import type { SqlHandle } from "../driver/handle.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyRowOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { absentRowsSql, valueText } from "../statements/bulk-rows.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import type { Returned } from "../statements/returning.ts";
import { type UpdateManySqlOptions, updateManySql } from "../statements/update-many-sql.ts";
import { type ManyRows, writeMany } from "./bulk.ts";
import { groupsByKey, type Row, type RowGroup } from "./bulk-groups.ts";
import { checkedChanges } from "./checked-changes.ts";
import { withFailingRow } from "./failing-row.ts";
import { runRows } from "./run.ts";
import { runWrite, type WriteOptions } from "./write.ts";

/** Options of `updateMany`. */
export interface UpdateManyOptions<Column extends string = string, Known extends string = string>
  extends UpdateManySqlOptions<Column, Known>,
    WriteOptions {}

/** What `updateMany` did. */
export interface UpdatedMany<Updated> {
  /** The number of rows changed, or with `returning` the stored rows in the order given. */
  readonly updated: Updated;
  /** The numbers, from 0, of the rows given that are not in the table. */
  readonly missing: readonly number[];
  /** With `version`: the numbers of the rows given that somebody else changed first; they are as they were. */
  readonly stale: readonly number[];
}

/** The number of rows, or with `returning` the rows. */
export type UpdatedRows<Row, Options> = Options extends { readonly returning: true | readonly string[] }
  ? UpdatedMany<Returned<Row, Options>[]>
  : UpdatedMany<number>;

/**
 * Changes many rows, each by its own values; an error leaves all of them as they were.
 * @param sql a Bun SQL handle; in a transaction of yours it is a savepoint
 * @param schema a snapshot; rows outside its scope are missing
 * @param table the table's name
 * @param rows the whole primary key and what to change, each row with its own columns: an array, or any iterable or
 * async iterable, which is read in parts of 10,000 rows. Rows that were read can be given back, as for `update`
 * @param options `version`: an integer column that counts changes, for optimistic locking; `returning: true` or columns
 * @returns `{ updated, missing, stale }`: the number of rows changed, or the rows in the order given, and the numbers of
 * the rows given that are not there, and of those that somebody changed first
 * @throws ValidationError with the row's number, for an array before anything is sent; ConstraintError; QueryError
 * @example `await updateMany(sql, schema, "genre", [{ genre_id: 1, name: "Drone" }, { genre_id: 2, name: "Noise" }])` sends
 * `UPDATE "public"."genre" SET "name" = "rows"."c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n") WHERE "genre"."genre_id" = "rows"."c1"::int4 RETURNING "rows"."n"::int4 AS "n"`
 */
export async function updateMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends UpdateManyOptions<Column, ColumnName<Tables, Name>> = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: ManyRows<UpdateOf<Tables, Name> & KeyRowOf<Tables, Name>>,
  options?: Options & UpdateManyOptions<Column, ColumnName<Tables, Name>>,
): Promise<UpdatedRows<RowOf<Tables, Name>, Options>> {
  const plan = relationPlan(schema, table);
  const missing: number[] = [];
  const stale: number[] = [];
  const placed: Row[] = [];
  await writeMany(sql, rows, {
    check: (list, from) => checkedChanges(schema, plan, list, from, options),
    groups: list => groupsByKey(list, (row, index) => keyText(plan, row, index)),
    send: async (tx, group, from) => {
      const { updated, left } = await updateGroup(tx, schema, plan, group, from, options);
      for (const [at, row] of updated) placed[from + group.positions[at]!] = row;
      if (left.length === 0) return;
      const absent = await absentRows(tx, schema, plan, group, left, options);
      for (const at of left) {
        const number = from + group.positions[at]!;
        if (absent.has(at)) missing.push(number);
        else if (options?.version !== undefined) stale.push(number);
      }
    },
  });
  const stored = placed.filter(row => row !== undefined);
  const updated = options?.returning ? stored : stored.length;
  const inOrder = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);
  const result: UpdatedMany<unknown> = { updated, missing: inOrder(missing), stale: inOrder(stale) };
  return result as UpdatedRows<RowOf<Tables, Name>, Options>;
}

function keyText(plan: RelationPlan, row: Row, index: number): string {
  return JSON.stringify(
    plan.key.map(column => (column.column.name in row ? valueText(plan, column, row, index) : null)),
  );
}

// The rows of a group that were changed, and the numbers of those that were not.
async function updateGroup(
  sql: SqlHandle,
  schema: AnySchema,
  plan: RelationPlan,
  group: RowGroup,
  from: number,
  options: UpdateManyOptions | undefined,
): Promise<{ readonly updated: ReadonlyMap<number, Row>; readonly left: readonly number[] }> {
  const { rows } = group;
  const statement = updateManySql(schema, plan.relation.key, rows, options);
  try {
    const stored = await runWrite(
      sql,
      schema,
      options,
      () => statement,
      all => all,
    );
    const updated = new Map(stored.map(row => [takeNumber(row, statement.number), row]));
    return { updated, left: [...rows.keys()].filter(index => !updated.has(index)) };
  } catch (error) {
    throw withFailingRow(schema, plan.relation.key, error, group, from);
  }
}

// The row's number, which is not part of what was asked for, counted from 0.
function takeNumber(row: Record<string, unknown>, name: string): number {
  const number = Number(row[name]) - 1;
  delete row[name];
  return number;
}

async function absentRows(
  sql: SqlHandle,
  schema: AnySchema,
  plan: RelationPlan,
  { rows }: RowGroup,
  left: readonly number[],
  options: UpdateManyOptions | undefined,
): Promise<ReadonlySet<number>> {
  const key = plan.key.map(({ column }) => column.name);
  const wanted = left.map(index => rows[index]!);
  const absent = await runRows(
    sql,
    options,
    () => absentRowsSql(schema, plan.relation.key, key, wanted),
    all => all,
  );
  return new Set(absent.map(row => left[takeNumber(row, "n")]!));
}
