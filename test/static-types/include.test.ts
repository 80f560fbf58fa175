import { expect, expectTypeOf, test } from "bun:test";
import {
  alias,
  and,
  desc,
  every,
  expr,
  get,
  getMany,
  getOrThrow,
  groupBy,
  gt,
  ne,
  none,
  oneOf,
  page,
  rowsWhere,
  type SchemaSnapshot,
  selectOne,
  some,
} from "../../src/index.ts";
import {
  type AlbumRow,
  type ArtistRow,
  type EmployeeRow,
  sql,
  store,
  type TrackRow,
  wide,
} from "../support/typed-music-store.ts";

async function nested(): Promise<void> {
  const [artist] = await rowsWhere(sql, store, "artist", {
    select: ["name"],
    include: { album: { select: ["title"], include: { track: true } } },
  });
  expectTypeOf(artist!.name).toEqualTypeOf<string>();
  expectTypeOf(artist!.album[0]!.title).toEqualTypeOf<string>();
  expectTypeOf(artist!.album[0]!.track).toEqualTypeOf<TrackRow[]>();
  // @ts-expect-error a column that was not selected
  artist!.country;
  // @ts-expect-error a column of the related table that was not selected
  artist!.album[0]!.album_id;
  const [album] = await rowsWhere(sql, store, "album", { include: { artist: true, track: { count: true } } });
  expectTypeOf(album!.artist).toEqualTypeOf<ArtistRow | null>();
  expectTypeOf(album!.track).toEqualTypeOf<number>();
  const track = await get(sql, store, "track", 1, { include: { playlist: { select: ["name"] } } });
  expectTypeOf(track!.playlist).toEqualTypeOf<{ name: string }[]>();
  expectTypeOf(
    (await getMany(sql, store, "album", [1], { include: { artist: true } }))[0]!.artist,
  ).toEqualTypeOf<ArtistRow | null>();
  expectTypeOf(
    (await selectOne(sql, store, "album", { include: { artist: true } })).artist,
  ).toEqualTypeOf<ArtistRow | null>();
  expectTypeOf(
    (await page(sql, store, "artist", { limit: 1, include: { album: true } })).rows[0]!.album,
  ).toEqualTypeOf<AlbumRow[]>();
}

async function explicitOptions(): Promise<void> {
  const [employee] = await rowsWhere(sql, store, "employee", {
    include: {
      manager: { table: "employee", many: false },
      reports: { table: "employee", many: true, select: ["last_name"] },
    },
  });
  expectTypeOf(employee!.manager).toEqualTypeOf<EmployeeRow | null>();
  const [track] = await rowsWhere(sql, store, "track", {
    include: { lists: { table: "playlist", through: "playlist_track", select: ["name"] } },
  });
  expectTypeOf(track!.lists).toEqualTypeOf<{ name: string }[]>();
  expectTypeOf(employee!.reports).toEqualTypeOf<{ last_name: string }[]>();
}

// Here the compiler does not know the column of an operator yet.
async function literals(): Promise<void> {
  await rowsWhere(sql, store, "employee", {
    include: { customer: { where: { tier: oneOf(["pro", "plus"]), country: ne("FI") } } },
  });
  const paying = { tier: ne("free") };
  await rowsWhere(sql, store, "customer", { where: paying });
  // @ts-expect-error no such label
  await rowsWhere(sql, store, "employee", { include: { customer: { where: { tier: oneOf(["por"]) } } } });
}

declare function keysOf<Row>(row: Row): keyof Row;

async function computed(): Promise<void> {
  const [track] = await rowsWhere(sql, store, "track", {
    select: ["name", alias("minutes", expr`seconds / 60`)],
    orderBy: ["album.title", desc("genre.name"), "name"],
  });
  expectTypeOf(track!).toEqualTypeOf<Pick<TrackRow, "name"> & { minutes: unknown }>();
  const minutes = alias("minutes", expr`seconds / 60`);
  const { rows } = await page(sql, store, "track", { select: [minutes], limit: 1 });
  expectTypeOf(keysOf(rows[0]!)).toEqualTypeOf<"minutes">();
  const one = await get(sql, store, "track", 1, { select: [minutes], include: { album: true } });
  expectTypeOf(keysOf(one!)).toEqualTypeOf<"minutes" | "album">();
  const [group] = await groupBy(sql, store, "track", minutes);
  expectTypeOf(keysOf(group!)).toEqualTypeOf<"minutes" | "count">();
  const [artist] = await rowsWhere(sql, store, "artist", {
    include: {
      album: {
        aggregates: { n: "count", first: { min: "title" }, late: { count: "*", filter: { title: "x" } } },
      },
    },
  });
  expectTypeOf(artist!.album).toEqualTypeOf<{
    readonly n: number;
    readonly first: string | null;
    readonly late: number;
  }>();
  await rowsWhere(sql, store, "track", { orderBy: [desc("album.artist.name"), "track_id"] });
  // @ts-expect-error no such column of the related table
  await rowsWhere(sql, store, "track", { orderBy: "album.titel" });
  // @ts-expect-error no such relation of the related table
  await rowsWhere(sql, store, "track", { orderBy: "album.genre.name" });
  // @ts-expect-error many related rows
  await rowsWhere(sql, store, "album", { orderBy: "track.name" });
}

async function selfReference(): Promise<void> {
  await rowsWhere(sql, store, "employee", { orderBy: ["employee.last_name", "employee_id"] });
  await page(sql, store, "employee", { orderBy: desc("employee.employee.last_name"), limit: 5 });
  // @ts-expect-error no such column of the employee that the row refers to
  await rowsWhere(sql, store, "employee", { orderBy: "employee.lastname" });
}

// An order has two addresses, and an address the orders that either of them is of.
declare const orders: SchemaSnapshot<{
  address: {
    row: { id: number; city: string };
    insert: { id: number; city: string };
    update: { id?: number; city?: string };
    key: number | { id: number };
    relations: Record<never, never>;
  };
  order: {
    row: { id: number; bill_to: number; ship_to: number; country: string };
    insert: { id: number; bill_to: number; ship_to: number };
    update: { id?: number; bill_to?: number; ship_to?: number };
    key: number | { id: number };
    relations: Record<never, never>;
    references: { order_bill_to_fkey: "address"; order_ship_to_fkey: "address" };
  };
}>;

async function severalForeignKeys(): Promise<void> {
  const order = await getOrThrow(sql, orders, "order", 1, {
    include: {
      address: { by: "order_bill_to_fkey" },
      goal: { table: "address", by: "order_ship_to_fkey", select: ["city"] },
    },
  });
  expectTypeOf(order.address).toEqualTypeOf<{ id: number; city: string } | null>();
  expectTypeOf(order.goal).toEqualTypeOf<{ city: string } | null>();
  const address = await getOrThrow(sql, orders, "address", 1, {
    include: { order: { by: "order_bill_to_fkey", select: ["id"] } },
  });
  expectTypeOf(address.order).toEqualTypeOf<{ id: number }[]>();
  const [employee] = await rowsWhere(sql, store, "employee", { include: { employee: { many: true } } });
  expectTypeOf(employee!.employee).toEqualTypeOf<EmployeeRow[]>();
  // A relation to a table with the name of a column is not in a module.
  await rowsWhere(sql, orders, "order", { where: some("country", { name: "Fiji" }) });
  // @ts-expect-error a column has this name
  await rowsWhere(sql, orders, "order", { include: { country: true } });
  await rowsWhere(sql, orders, "order", { where: some("address", {}, { by: "order_bill_to_fkey" }) });
  // @ts-expect-error one of several foreign keys has to be chosen
  await rowsWhere(sql, orders, "order", { where: some("address") });
  // @ts-expect-error one of several foreign keys has to be chosen
  await rowsWhere(sql, orders, "order", { include: { address: true } });
  await rowsWhere(sql, orders, "order", {
    // @ts-expect-error no such column of the address
    include: { address: { by: "order_bill_to_fkey", select: ["town"] } },
  });
}

async function mistakes(): Promise<void> {
  // @ts-expect-error no such relation
  await rowsWhere(sql, store, "artist", { include: { albums: true } });
  // @ts-expect-error no such relation
  await rowsWhere(sql, store, "artist", { where: some("albums") });
  // @ts-expect-error no such relation of the related table
  await rowsWhere(sql, store, "artist", { where: and({ name: "a" }, none("album", every("tracks", {}))) });
  await rowsWhere(sql, store, "artist", { where: some("works", { title: "a" }, { table: "album" }) });
  await rowsWhere(sql, store, "artist", { where: some("genre", {}, { on: { artist_id: "genre_id" } }) });
  // @ts-expect-error no such relation of the related table
  await rowsWhere(sql, store, "artist", { include: { album: { include: { tracks: true } } } });
  // @ts-expect-error no such table
  await rowsWhere(sql, store, "artist", { include: { works: { table: "albums" } } });
  // @ts-expect-error no such column of the related table
  await rowsWhere(sql, store, "artist", { include: { album: { select: ["titel"] } } });
  // @ts-expect-error no such column to order by
  await rowsWhere(sql, store, "artist", { include: { album: { orderBy: "titel" } } });
  // @ts-expect-error no such column to filter by
  await rowsWhere(sql, store, "artist", { include: { album: { where: { titel: "a" } } } });
  await rowsWhere(sql, store, "artist", {
    // @ts-expect-error a value of the wrong type two levels down
    include: { album: { include: { track: { where: { milliseconds: gt("1") } } } } },
  });
  // @ts-expect-error an unknown option
  await rowsWhere(sql, store, "artist", { include: { album: { selct: ["title"] } } });
}

async function untyped(): Promise<void> {
  const [row] = await rowsWhere(sql, wide, "any", { include: { other: { select: ["a"], where: { b: 1 } } } });
  expectTypeOf(row!["other"]).toEqualTypeOf<unknown>();
}

test("included rows are typed at every level, and includes are checked at every level", () => {
  expect([
    computed,
    literals,
    nested,
    explicitOptions,
    selfReference,
    severalForeignKeys,
    mistakes,
    untyped,
  ]).toHaveLength(8);
});
