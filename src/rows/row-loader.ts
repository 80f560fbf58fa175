import { checkLimits, limitsOf, requireEnumerable, requireHandle, type SqlHandle } from "../driver/handle.ts";
import { isPlainObject, requireOptions } from "../schema/arguments.ts";
import type { WithIncluded } from "../schema/included.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyOf, RowOf, TableName } from "../schema/tables.ts";
import { getManySql, getSql } from "../statements/get-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { type GetManyOptions, getMany } from "./get.ts";
import { joinBatch, type LoadBatch, loadBatch } from "./load-batch.ts";
import { includePlan } from "./read.ts";

/** Options of a call of the function that `rowLoader` returns. */
export interface LoadRowOptions {
  /** Ends the wait of this call; other calls still get their rows. */
  readonly signal?: AbortSignal | undefined;
}

/** Returns the row with a key; undefined if it does not exist. */
export type RowLoader<Key, Row> = (key: Key, options?: LoadRowOptions) => Promise<Row | undefined>;

/**
 * Returns a function that reads rows by key: its calls of one tick become one `getMany` with each key once. It is for
 * resolvers and other code that asks for one row at a time. It keeps no rows: create a loader for each request or for all.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param options as for `getMany`; `signal` and `timeout` are limits of each statement
 * @returns `(key, { signal }) => Promise<row | undefined>`; calls with the same key get the same object
 * @throws ArgumentError if the table has no primary key; UnknownNameError; a call rejects with its own invalid key, and all
 * calls of a tick with the error of their statement
 * @example `await rowLoader(sql, schema, "genre")(1)` sends
 * `SELECT "genre"."genre_id", "genre"."name" FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") LEFT JOIN "public"."genre" ON "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "keys"."n"`
 */
export function rowLoader<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: GetManyOptions<Column> & IncludeOption<Tables, Name, Wanted> = {},
): RowLoader<KeyOf<Tables, Name>, WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>> {
  type Key = KeyOf<Tables, Name>;
  type Row = WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>;
  requireHandle(sql);
  // Building the statement rejects invalid options before the first call.
  if (isPlainObject(options)) requireEnumerable("rowLoader", options);
  const given = isPlainObject(options) ? { ...options, include: undefined } : options;
  getManySql(schema, table, [], given as GetManyOptions<string>);
  includePlan(schema, table, options as GetManyOptions<string>);
  checkLimits(options);
  const own = { ...options };
  let batch: LoadBatch<Key, Row> | undefined;
  const load = async (
    keys: readonly Key[],
    ofCallers: AbortSignal | undefined,
  ): Promise<readonly (Row | undefined)[]> => {
    // The signal of the options would replace that of the handle.
    const signals = [limitsOf(sql, own)?.signal, ofCallers].filter(signal => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    return await getMany<Tables, Name, Column, Wanted>(sql, schema, table, keys, { ...own, signal });
  };
  const send = async (): Promise<void> => {
    const ready = batch!;
    batch = undefined;
    await loadBatch(ready, load);
  };
  return async (key, call = {}) => {
    requireOptions("rowLoader", call, { signal: true });
    checkLimits(call);
    call.signal?.throwIfAborted();
    // The texts of the key identify it.
    const id = JSON.stringify(getSql(schema, table, key).params);
    if (batch === undefined) {
      batch = { entries: new Map(), site: new Error() };
      setImmediate(send);
    }
    return await joinBatch(batch, id, copyOf(key), call.signal);
  };
}

// The caller can change its object before the statement of the tick is written. What is frozen is left, such as jsonNull.
function copyOf<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (!isPlainObject(value)) return structuredClone(value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copyOf(part)])) as Value;
}
