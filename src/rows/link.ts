import type { Limits, SqlHandle } from "../driver/handle.ts";
import { withoutReplicas } from "../driver/without-replicas.ts";
import { ScopeError } from "../errors.ts";
import { pkCols } from "../schema/look-ups.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { KeyOf, TableName, WideTables } from "../schema/tables.ts";
import { exactTimestamps } from "../statements/exact-forms.ts";
import { type LinkRowsOptions, linkRows } from "../statements/link-rows.ts";
import { containsDate } from "../types/holds-dates.ts";
import { getMany } from "./get.ts";
import { shownKey } from "./missing-row.ts";
import { ownKey } from "./own-rows.ts";
import type { OnStatement } from "./run.ts";
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
 * ConstraintError if a row does not exist; NotUniqueError if a `Date` of a key stands for several rows; ValidationError; QueryError
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
  const own = ownKey(key);
  const others = Array.from(keys, ownKey);
  const isExact = ![own, ...others].some(containsDate);
  const { onStatement, validate, signal, timeout } = options;
  const run = {
    signal,
    timeout,
    ...(onStatement && { onStatement }),
    ...(validate !== undefined && { validate }),
  };
  const write = async (handle: SqlHandle): Promise<number> => {
    const given = isExact
      ? rows
      : linkRows(
          schema,
          table,
          (await exactKeys(handle, wide, table, [own], run))[0],
          other,
          await exactKeys(handle, wide, other, others, run),
          options,
        ).rows;
    return await upsertMany(handle, wide, between, given, { ...run, key: pair, update: "nothing" });
  };
  if (Object.keys(schema.scope).length === 0) return await write(sql);
  return await atomically({ sql, options }, async ({ sql: tx }) => {
    await requireRows(tx, wide, table, [own], onStatement);
    await requireRows(tx, wide, other, others, onStatement);
    return await write(tx);
  });
}

// A Date stands for the stored key of its millisecond, which a foreign key needs to the microsecond.
async function exactKeys(
  sql: SqlHandle,
  schema: SchemaSnapshot<WideTables>,
  table: string,
  keys: readonly unknown[],
  options: Limits & { readonly onStatement?: OnStatement },
): Promise<readonly unknown[]> {
  if (!keys.some(containsDate)) return keys;
  const { signal, timeout, onStatement } = options;
  const select = pkCols(schema, table);
  const limits = { signal, timeout, ...(onStatement && { onStatement }) };
  const rows = await getMany(withoutReplicas(sql), exactTimestamps(schema), table, keys, {
    select,
    ...limits,
  });
  return keys.map((key, index) => rows[index] ?? key);
}

// Foreign keys do not check the scope.
async function requireRows(
  sql: SqlHandle,
  schema: SchemaSnapshot<WideTables>,
  table: string,
  keys: readonly unknown[],
  onStatement: OnStatement | undefined,
): Promise<void> {
  const rows = await getMany(sql, schema, table, keys, onStatement && { onStatement });
  const missing = rows.indexOf(undefined);
  if (missing !== -1)
    throw new ScopeError(
      `${table}: the row with ${shownKey(sql, schema, table, keys[missing])} does not exist in the snapshot's scope; nothing was written`,
    );
}
