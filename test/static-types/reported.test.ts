// Types that users reported as wrong, with the current types.

import { expect, expectTypeOf, test } from "bun:test";
import type { SQL } from "bun";
import {
  asRole,
  type ColumnName,
  count,
  type FilterOf,
  get,
  type InsertOf,
  insert,
  type RowOf,
  rowsWhere,
  type SchemaSnapshot,
  type SqlHandle,
  type TableName,
  traced,
  transaction,
  update,
  withConnection,
  withLock,
} from "../../src/index.ts";
import { rollback } from "../../src/testing/index.ts";
import { type AlbumOverviewRow, type InvoiceLineRow, sql, store } from "../support/typed-music-store.ts";

async function relations(): Promise<void> {
  const [album] = await rowsWhere(sql, store, "album", {
    include: { album_overview: { on: { album_id: "album_id" }, many: false } },
  });
  expectTypeOf(album!.album_overview).toEqualTypeOf<AlbumOverviewRow | null>();
  const [invoice] = await rowsWhere(sql, store, "invoice", { include: { lines: { table: "invoice_line" } } });
  expectTypeOf(invoice!.lines).toEqualTypeOf<InvoiceLineRow[]>();
  const on = { album_id: "album_id" } as const;
  const [overview] = await rowsWhere(sql, store, "album", { include: { album_overview: { on } } });
  expectTypeOf(overview!.album_overview).toEqualTypeOf<AlbumOverviewRow[]>();
  // @ts-expect-error no such table
  await rowsWhere(sql, store, "album", { include: { album_overviews: { on } } });
}

// A trigger can suppress any row.
async function suppressedRows(): Promise<void> {
  expectTypeOf((await insert(sql, store, "genre", { genre_id: 1, name: "a" }))?.name).toEqualTypeOf<
    string | undefined
  >();
  expectTypeOf((await update(sql, store, "genre", { genre_id: 1 }))?.name).toEqualTypeOf<
    string | undefined
  >();
}

// A generic helper without a cast.
async function oneOrFirst<Tables, Name extends TableName<Tables>>(
  handle: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  select: readonly ColumnName<Tables, Name>[],
): Promise<number> {
  const { length } = await rowsWhere(handle, schema, table, { select, limit: 1 });
  return length + (await count(handle, schema, table));
}

async function genericHelpers(): Promise<void> {
  await oneOrFirst(sql, store, "genre", ["name"]);
  // @ts-expect-error no such column
  await oneOrFirst(sql, store, "genre", ["nam"]);
  type Tables = typeof store extends SchemaSnapshot<infer Known> ? Known : never;
  expectTypeOf<RowOf<Tables, "genre">["name"]>().toEqualTypeOf<string>();
  expectTypeOf<FilterOf<Tables, "genre">["name"]>().toEqualTypeOf<string>();
  expectTypeOf<InsertOf<Tables, "genre">["name"]>().toEqualTypeOf<string>();
  expectTypeOf((await get(sql, store, "genre", 1))!.name).toEqualTypeOf<string>();
}

// A function of the caller's own that takes the handle as `SQL` of Bun, as docs/start.md advises.
async function ownFunctions(pool: SQL): Promise<void> {
  const albums = (db: SQL): Promise<number> => count(db, store, "album");
  await rollback(pool, albums);
  await transaction(pool, albums);
  await asRole(pool, {}, albums);
  await withLock(pool, "albums", albums);
  await withConnection(pool, albums);
  await albums(traced(pool, () => {}));
}

test("the reported types match the rows of the database", () => {
  expect([relations, suppressedRows, genericHelpers, ownFunctions]).toHaveLength(4);
});
