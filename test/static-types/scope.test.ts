import { expect, expectTypeOf, test } from "bun:test";
import type { Tables } from "../../examples/music-store/database.ts";
import {
  type InsertOf,
  insert,
  insertMany,
  lookup,
  rowsWhere,
  type SchemaSnapshot,
  type ScopedTables,
  scope,
  some,
  type TableName,
  unscoped,
  update,
  updateMany,
  upsert,
  upsertMany,
  validateInsert,
} from "../../src/index.ts";
import { type AlbumInsert, type AlbumRow, sql, store, wide } from "../support/typed-music-store.ts";

declare const pairs: SchemaSnapshot<{
  pair: {
    row: { a: number; b: number; n: string };
    insert: { a: number; b: number; n: string };
    update: { a?: number; b?: number; n?: string };
    key: readonly [number, number] | { a: number; b: number };
    keyRow: { a: number; b: number };
  };
}>;

async function stampedColumns(): Promise<void> {
  const mine = scope(store, { album: { artist_id: 1 }, invoice: { customer_id: 7 } });
  expectTypeOf(await insert(sql, mine, "album", { title: "a" })).toEqualTypeOf<AlbumRow | undefined>();
  await insertMany(sql, mine, "album", [{ title: "a" }, { title: "b", artist_id: 1 }]);
  await upsert(sql, mine, "album", { title: "a" }, { key: ["title"] });
  await upsertMany(sql, mine, "album", [{ title: "a" }], { key: ["title"] });
  await lookup(sql, mine, "album", { title: "a" }, { key: ["title"] });
  validateInsert(mine, "album", { title: "a" }).rows satisfies readonly { title: string }[];
  // @ts-expect-error the scope stamps another column
  await insert(sql, mine, "album", { artist_id: 1 });
  // @ts-expect-error a value of the wrong type
  await insert(sql, mine, "album", { title: "a", artist_id: "1" });
  // @ts-expect-error no such column
  await insert(sql, mine, "album", { title: "a", artst_id: 1 });
  // @ts-expect-error a table without a rule
  await insert(sql, mine, "artist", {});
  // @ts-expect-error the scope does not make a view writable
  await insert(sql, scope(store, { genre_sales: { genre: "a" } }), "genre_sales", {});
}

async function stampedKey(): Promise<void> {
  const mine = scope(pairs, { pair: { a: 1 } });
  await update(sql, mine, "pair", { b: 1, n: "x" });
  await updateMany(sql, mine, "pair", [{ b: 1, n: "x" }]);
  // @ts-expect-error the scope does not have this column
  await update(sql, mine, "pair", { a: 1, n: "x" });
  // @ts-expect-error without a scope the whole key is required
  await update(sql, pairs, "pair", { b: 1, n: "x" });
}

async function scopeOfScope(): Promise<void> {
  const outer = scope(store, { album: { artist_id: 1 } });
  const inner = scope(outer, { album: { title: "a" }, track: { album_id: 1 } });
  await insert(sql, inner, "album", {});
  await insert(sql, inner, "track", { name: "a", media_type_id: 1, milliseconds: 1, unit_price: "1" });
  expectTypeOf(unscoped(inner)).toEqualTypeOf<SchemaSnapshot<Tables>>();
  // @ts-expect-error the outer scope has one rule
  await insert(sql, outer, "album", {});
  // @ts-expect-error nothing is stamped without a scope
  await insert(sql, unscoped(inner), "album", { title: "a" });
}

async function everyTable(): Promise<void> {
  const mine = scope(store, { "*": { artist_id: 1 } }, { open: ["genre", "track"] });
  await insert(sql, mine, "album", { title: "a" });
  // @ts-expect-error the rule of every table has no title
  await insert(sql, mine, "album", {});
  // @ts-expect-error no such table
  scope(store, { "*": { artist_id: 1 } }, { open: ["gnre"] });
}

async function annotated(): Promise<void> {
  const mine: SchemaSnapshot<Tables> = scope(store, { album: { artist_id: 1 } });
  await rowsWhere(sql, mine, "album", { where: some("track", { name: "a" }), include: { track: true } });
  const named: SchemaSnapshot<ScopedTables<Tables, { album: { artist_id: number } }>> = scope(store, {
    album: { artist_id: 1 },
  });
  await insert(sql, named, "album", { title: "a" });
  expectTypeOf<InsertOf<Tables, "album">>().toEqualTypeOf<AlbumInsert>();
  // @ts-expect-error the annotation does not say that the snapshot has a scope
  await insert(sql, mine, "album", { title: "a" });
}

function rejected(): void {
  // @ts-expect-error no rule
  scope(store, {});
  // @ts-expect-error no rule of a snapshot of wide types
  scope(wide, {});
  // @ts-expect-error no such table
  scope(store, { albm: { artist_id: 1 } });
  // @ts-expect-error no such column
  scope(store, { album: { artst_id: 1 } });
  // @ts-expect-error no such column beside another
  scope(store, { album: { artist_id: 1, artst_id: 1 } });
  // @ts-expect-error no such table beside another
  scope(store, { album: { artist_id: 1 }, albm: { artist_id: 1 } });
  // @ts-expect-error a value of the wrong type
  scope(store, { album: { artist_id: "1" } });
  const rules: Record<string, { artist_id: number } | undefined> = {};
  // @ts-expect-error a rule that may be missing
  scope(store, { album: rules["a"] });
}

async function computed(tenant: unknown): Promise<void> {
  const mine = scope(wide, Object.fromEntries(["a", "b"].map(name => [name, { tenant }])));
  expectTypeOf(mine).toEqualTypeOf<SchemaSnapshot>();
  expectTypeOf(scope(wide, { a: { tenant } })).toEqualTypeOf<SchemaSnapshot>();
  await insert(sql, mine, "a", { name: "x" });
}

// A generic function of the caller.
function ofArtist<Own extends Tables>(own: SchemaSnapshot<Own>, table: TableName<Own>): unknown {
  return rowsWhere(sql, unscoped(own) as SchemaSnapshot<Own>, table);
}

test("a column whose value the scope adds is optional in inserts and in keys of updates", () => {
  expect([
    stampedColumns,
    stampedKey,
    scopeOfScope,
    everyTable,
    annotated,
    rejected,
    computed,
    ofArtist,
  ]).toHaveLength(8);
});
