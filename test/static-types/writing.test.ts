import { expect, expectTypeOf, test } from "bun:test";
import type * as v from "valibot";
import {
  deleteMany,
  deleteRow,
  deleteWhere,
  expr,
  type InsertManyOptions,
  insert,
  insertMany,
  insertSchema,
  lookup,
  rowSchema,
  type UpsertManyOptions,
  update,
  updateMany,
  updateSchema,
  updateWhere,
  upsert,
  upsertMany,
  validateInsert,
} from "../../src/index.ts";
import {
  type ArtistRow,
  type CustomerInsert,
  type CustomerRow,
  type CustomerUpdate,
  type GenreRow,
  sql,
  store,
  wide,
} from "../support/typed-music-store.ts";

async function inserts(): Promise<void> {
  expectTypeOf(await insert(sql, store, "artist", { name: "a" })).toEqualTypeOf<ArtistRow | undefined>();
  expectTypeOf(await insert(sql, store, "artist", { name: "a" }, { returning: ["name"] })).toEqualTypeOf<
    Pick<ArtistRow, "name"> | undefined
  >();
  await insert(sql, store, "artist", { name: expr`upper('a')`, country: null });
  await insert(sql, store, "customer", {
    ...{ first_name: "a", last_name: "b", email: "c", country: "d" },
    tier: "pro",
    settings: { theme: "dark" },
    created_at: "2026-01-01T00:00:00Z",
  });
  // @ts-expect-error a required column is missing
  await insert(sql, store, "artist", { country: "SE" });
  // @ts-expect-error no such column
  await insert(sql, store, "artist", { name: "a", contry: "SE" });
  // @ts-expect-error a value of the wrong type
  await insert(sql, store, "artist", { name: 1 });
  // @ts-expect-error null in a column that takes none
  await insert(sql, store, "artist", { name: null });
  // @ts-expect-error undefined is not a value
  await insert(sql, store, "artist", { name: "a", country: undefined });
  // @ts-expect-error the database makes this one
  await insert(sql, store, "invoice", { invoice_id: 1, customer_id: 1, invoiced_at: new Date(), total: 1 });
  // @ts-expect-error a view that takes no rows
  await insert(sql, store, "genre_sales", { genre: "a" });
  // @ts-expect-error no such column to return
  await insert(sql, store, "artist", { name: "a" }, { returning: ["nmae"] });
  // @ts-expect-error json of another shape
  await updateWhere(sql, store, "customer", { settings: { theme: "blue" } }, { all: true });
}

async function many(): Promise<void> {
  const rows = [{ genre_id: 1, name: "a" }];
  expectTypeOf(await insertMany(sql, store, "genre", rows)).toEqualTypeOf<number>();
  expectTypeOf(await insertMany(sql, store, "genre", rows, { returning: true })).toEqualTypeOf<GenreRow[]>();
  expectTypeOf(await insertMany(sql, store, "genre", rows, { returning: ["name"] })).toEqualTypeOf<
    Pick<GenreRow, "name">[]
  >();
  expectTypeOf(await upsertMany(sql, store, "genre", rows)).toEqualTypeOf<number>();
  expectTypeOf(await upsertMany(sql, store, "genre", rows, { returning: ["name"] })).toEqualTypeOf<
    Pick<GenreRow, "name">[]
  >();
  expectTypeOf((await updateMany(sql, store, "genre", rows)).updated).toEqualTypeOf<number>();
  expectTypeOf((await updateMany(sql, store, "genre", rows, { returning: ["name"] })).updated).toEqualTypeOf<
    Pick<GenreRow, "name">[]
  >();
  await insertMany(sql, store, "genre", new Set(rows));
  // @ts-expect-error a value of the wrong type in one row
  await insertMany(sql, store, "genre", [
    { genre_id: 1, name: "a" },
    { genre_id: "2", name: "b" },
  ]);
  // @ts-expect-error without the key no row is found
  await updateMany(sql, store, "genre", [{ name: "a" }]);
}

async function changes(): Promise<void> {
  expectTypeOf(await update(sql, store, "artist", { artist_id: 1, name: "b" })).toEqualTypeOf<
    ArtistRow | undefined
  >();
  expectTypeOf(await upsert(sql, store, "artist", { artist_id: 1, name: "b" })).toEqualTypeOf<
    ArtistRow | undefined
  >();
  expectTypeOf(await upsert(sql, store, "artist", { name: "b" }, { inserted: true })).toEqualTypeOf<{
    readonly row: ArtistRow | undefined;
    readonly inserted: boolean;
  }>();
  expectTypeOf(await lookup(sql, store, "artist", { name: "b" }, { key: ["name"] })).toEqualTypeOf<
    ArtistRow | undefined
  >();
  expectTypeOf(
    await updateWhere(sql, store, "genre", { name: "b" }, { where: { genre_id: 1 }, returning: true }),
  ).toEqualTypeOf<GenreRow[]>();
  expectTypeOf(await updateWhere(sql, store, "genre", { name: "b" }, { all: true })).toEqualTypeOf<number>();
  expectTypeOf(
    await updateWhere(sql, store, "genre", { name: "b" }, { all: true, returning: false }),
  ).toEqualTypeOf<number>();
  expectTypeOf(
    await updateWhere(sql, store, "genre", { name: "b" }, { all: true, returning: ["name"] }),
  ).toEqualTypeOf<Pick<GenreRow, "name">[]>();
  expectTypeOf(await deleteRow(sql, store, "genre", 1)).toEqualTypeOf<GenreRow | undefined>();
  expectTypeOf(await deleteWhere(sql, store, "genre", { where: { name: "a" } })).toEqualTypeOf<number>();
  // @ts-expect-error without the key no row is found
  await update(sql, store, "artist", { name: "b" });
  // @ts-expect-error no such column
  await update(sql, store, "artist", { artist_id: 1, nmae: "b" });
  // @ts-expect-error no such column
  await updateWhere(sql, store, "genre", { nmae: "b" }, { all: true });
  // @ts-expect-error a filter of the wrong type
  await deleteWhere(sql, store, "genre", { where: { genre_id: "1" } });
  // @ts-expect-error the database makes this one
  await updateWhere(sql, store, "track", { seconds: 1 }, { all: true });
  await upsert(sql, store, "artist", { name: "b" }, { where: { name: "b" } });
  // @ts-expect-error no such column in the existing row
  await upsert(sql, store, "artist", { name: "b" }, { where: { nmae: "b" } });
  // @ts-expect-error no such column in the existing row
  await upsertMany(sql, store, "artist", [{ name: "b" }], { where: { nmae: "b" } });
  // @ts-expect-error no such column as a conflict target
  await upsert(sql, store, "artist", { name: "b" }, { key: ["nmae"] });
}

function validation(): void {
  type Output<Schema extends v.GenericSchema> = v.InferOutput<Schema>;
  const ofRow = rowSchema(store, "customer");
  const ofInsert = insertSchema(store, "customer");
  const ofUpdate = updateSchema(store, "customer");
  expectTypeOf<Output<typeof ofRow>>().toEqualTypeOf<CustomerRow>();
  expectTypeOf<Output<typeof ofInsert>>().toEqualTypeOf<CustomerInsert>();
  expectTypeOf<Output<typeof ofUpdate>>().toEqualTypeOf<CustomerUpdate>();
  expectTypeOf(validateInsert(store, "customer", []).rows).toExtend<readonly CustomerInsert[]>();
  // @ts-expect-error no such column
  insertSchema(store, "customer", { columns: { emial: undefined } });
}

// A result never has only one of its forms if the type of an option allows another.
async function undecided(
  isReturned: boolean,
  options: UpsertManyOptions<"name", "name", ArtistRow>,
  list: InsertManyOptions<"name">,
): Promise<void> {
  const rows = [{ name: "a" }];
  const either = { returning: isReturned };
  const where = { artist_id: 1 };
  type Either = number | ArtistRow[];
  expectTypeOf(await insertMany(sql, store, "artist", rows, either)).toEqualTypeOf<Either>();
  expectTypeOf(await upsertMany(sql, store, "artist", rows, either)).toEqualTypeOf<Either>();
  expectTypeOf(await deleteMany(sql, store, "artist", [1], either)).toEqualTypeOf<Either>();
  expectTypeOf(await deleteWhere(sql, store, "artist", { where, ...either })).toEqualTypeOf<Either>();
  expectTypeOf(
    await updateWhere(sql, store, "artist", { name: "b" }, { where, ...either }),
  ).toEqualTypeOf<Either>();
  const { updated } = await updateMany(sql, store, "artist", [{ artist_id: 1, name: "b" }], either);
  expectTypeOf(updated).toEqualTypeOf<Either>();
  const optional = { ...(isReturned && { returning: true as const }) };
  expectTypeOf(await insertMany(sql, store, "artist", rows, optional)).toEqualTypeOf<Either>();
  type Any = Either | Pick<ArtistRow, "name">[];
  expectTypeOf(await insertMany(sql, store, "artist", rows, list)).toEqualTypeOf<Any>();
  expectTypeOf(await upsertMany(sql, store, "artist", rows, options)).toEqualTypeOf<Any>();
  const flagged = await upsert(sql, store, "artist", { name: "a" }, { inserted: isReturned });
  expectTypeOf(flagged).toEqualTypeOf<
    ArtistRow | undefined | { readonly row: ArtistRow | undefined; readonly inserted: boolean }
  >();
  const altered = await insert(sql, store, "artist", { name: "a" }, { alter: isReturned });
  // @ts-expect-error the result may be an object of the row and the snapshot
  altered?.name.toUpperCase();
}

async function untyped(): Promise<void> {
  await insert(sql, wide, "any", { a: 1, b: expr`now()` });
  expectTypeOf(await insertMany(sql, wide, "any", [{ a: 1 }])).toEqualTypeOf<number>();
  await update(sql, wide, "any", { id: 1, a: 2 });
}

test("the parameters of writing functions depend on defaults, identity and generated columns, and their results on `returning`", () => {
  expect([inserts, many, changes, validation, undecided, untyped]).toHaveLength(6);
});
