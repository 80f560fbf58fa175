import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyOf, RowOf, TableName, WithIncluded } from "../schema/tables.ts";
import { type GetOptions, getManySql } from "../statements/get-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { includePlan, optionsWith, readRows } from "./read.ts";
import type { RunOptions } from "./run.ts";

/** Options of `getMany`. */
export interface GetManyOptions<Column extends string>
  extends Pick<GetOptions<Column>, "select">,
    RunOptions {}

/**
 * The rows with many primary keys, in one statement.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param keys keys, each as for `get`
 * @param options which columns; `include` for rows of related tables
 * @returns an array as long as `keys`, in their order: the row, or undefined where there is none
 * @throws ArgumentError for a table without a key and for a key of the wrong shape; UnknownNameError; QueryError
 * @example `await getMany(sql, schema, "genre", [1, 2])` sends
 * `SELECT "genre"."genre_id", "genre"."name" FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") LEFT JOIN "public"."genre" ON "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "keys"."n"`
 */
export async function getMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  keys: readonly KeyOf<Tables, Name>[],
  options?: GetManyOptions<Column> & IncludeOption<Tables, Name, Wanted>,
): Promise<(WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted> | undefined)[]> {
  type Found = WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted> | undefined;
  const key = relationPlan(schema, table).key.map(({ column }) => column.name);
  // The key shows which rows were found, so an include must not remove it.
  const withKey = options?.select ? { ...options, select: [...options.select, ...key] } : options;
  const include = includePlan(schema, table, withKey);
  const statement = getManySql(schema, table, keys, optionsWith(withKey, include));
  const rows = await readRows({ sql, schema, options }, statement, include);
  return alignedRows(rows, key, options?.select) as Found[];
}

// A row that the outer join did not find has NULL in its key, which a stored row never has.
function alignedRows(
  rows: readonly Record<string, unknown>[],
  key: readonly string[],
  select: readonly string[] | undefined,
): readonly (Record<string, unknown> | undefined)[] {
  const unwanted = select === undefined ? [] : key.filter(name => !select.includes(name));
  return rows.map(row => {
    if (row[key[0]!] === null) return undefined;
    for (const name of unwanted) delete row[name];
    return row;
  });
}
