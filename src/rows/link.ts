import type { SqlHandle } from "../driver/handle.ts";
import { ScopeError } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { KeyOf, TableName, WideTables } from "../schema/tables.ts";
import { type LinkRowsOptions, linkRows } from "../statements/link-rows.ts";
import { getMany } from "./get.ts";
import { upsertMany } from "./upsert-many.ts";
import type { WriteOptions } from "./write.ts";
import { atomically } from "./write-many.ts";

/** Options of `link`. */
export interface LinkManyOptions extends LinkRowsOptions, WriteOptions {}

/**
 * Links a row with rows of another table by rows of their junction table (many-to-many). Existing links are left
 * unchanged, even if another session creates them at the same time.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; all rows must be inside its scope
 * @param table a table's name
 * @param key the primary key of one of its rows, as for `get`
 * @param other the other table
 * @param keys primary keys of rows of the other table
 * @param options `values` for other columns of the junction table; `through` and `by` to choose among junction tables
 * @returns the number of new links
 * @throws ArgumentError unless exactly one junction table matches; ScopeError if a row is outside the scope;
 * ConstraintError if a row does not exist; ValidationError; QueryError
 * @example `await link(sql, schema, "playlist", 1, "track", [1999], { values: { position: 999 } })` sends
 * `INSERT INTO "public"."playlist_track" ("position", "playlist_id", "track_id") SELECT "c1"::int4, "c2"::int4, "c3"::int4 FROM unnest($1::text::text[], $2::text::text[], $3::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "c3", "n") ORDER BY 2, 3 ON CONFLICT ("playlist_id", "track_id") DO NOTHING`
 */
export async function link<Tables, Name extends TableName<Tables>, Other extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  other: Other,
  keys: readonly KeyOf<Tables, Other>[],
  options: LinkManyOptions = {},
): Promise<number> {
  const wide = schema as SchemaSnapshot<unknown> as SchemaSnapshot<WideTables>;
  const { table: between, key: pair, rows } = linkRows(schema, table, key, other, keys, options);
  const { onStatement, validate, signal, timeout } = options;
  const run = {
    signal,
    timeout,
    ...(onStatement && { onStatement }),
    ...(validate !== undefined && { validate }),
  };
  const write = (handle: SqlHandle): Promise<number> =>
    upsertMany(handle, wide, between, rows, { ...run, key: pair, update: "nothing" });
  if (Object.keys(schema.scope).length === 0) return await write(sql);
  return await atomically({ sql, options }, async ({ sql: tx }) => {
    await requireRows(tx, wide, table, [key]);
    await requireRows(tx, wide, other, keys);
    return await write(tx);
  });
}

// Foreign keys do not check the scope.
async function requireRows(
  sql: SqlHandle,
  schema: SchemaSnapshot<WideTables>,
  table: string,
  keys: readonly unknown[],
): Promise<void> {
  const rows = await getMany(sql, schema, table, keys);
  const missing = rows.indexOf(undefined);
  if (missing !== -1)
    throw new ScopeError(
      `${table}: row ${JSON.stringify(keys[missing])} does not exist in the snapshot's scope; nothing was written`,
    );
}
