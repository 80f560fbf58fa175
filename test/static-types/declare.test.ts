import { expect, expectTypeOf, test } from "bun:test";
import { declare, get, page, rowsWhere, update } from "../../src/index.ts";
import {
  type AlbumOverviewRow,
  type AlbumRow,
  type ArtistRow,
  sql,
  store,
  wide,
} from "../support/typed-music-store.ts";

async function declared(): Promise<void> {
  const schema = declare(store, {
    album_overview: { primaryKey: ["album_id"], foreignKeys: { album_id: "album" } },
  });
  expectTypeOf(await get(sql, schema, "album_overview", 1)).toEqualTypeOf<AlbumOverviewRow | undefined>();
  await update(sql, schema, "genre", { genre_id: 1, name: "x" });
  const [row] = await rowsWhere(sql, schema, "album_overview", { include: { album: true } });
  expectTypeOf(row!.album).toEqualTypeOf<AlbumRow | null>();
  await page(sql, schema, "album", { limit: 1, include: { artist: true } });
  expectTypeOf(declare(wide, { any: { primaryKey: ["id"] } })).toEqualTypeOf<typeof wide>();
}

async function related(): Promise<void> {
  const schema = declare(store, {
    album_overview: {
      primaryKey: ["album_id"],
      foreignKeys: { of: { columns: ["album_id"], references: "album" } },
    },
    genre_sales: { primaryKey: ["genre"] },
  });
  const [album] = await rowsWhere(sql, schema, "album", {
    include: { album_overview: { select: ["tracks"] }, artist: true },
    orderBy: "artist.name",
  });
  expectTypeOf(album!.album_overview).toEqualTypeOf<Pick<AlbumOverviewRow, "tracks">[]>();
  expectTypeOf(album!.artist).toEqualTypeOf<ArtistRow | null>();
  const { rows } = await page(sql, schema, "album_overview", {
    ...{ limit: 1, include: { album: { include: { album_overview: true } } } },
  });
  expectTypeOf(rows[0]!.album!.album_overview).toEqualTypeOf<AlbumOverviewRow[]>();
  await rowsWhere(sql, schema, "album_overview", { orderBy: "album.title" });
  await get(sql, schema, "album", 1);
  // @ts-expect-error no such relation
  await rowsWhere(sql, schema, "album", { include: { genre_sales: true } });
}

async function distributed(): Promise<void> {
  const schema = declare(store, {
    genre: { distribution: "reference" },
    artist: { distribution: { column: "artist_id" } },
    album: { distribution: { column: "artist_id", colocatedWith: "artist" } },
  });
  expectTypeOf(await get(sql, schema, "album", { album_id: 1, artist_id: 1 })).toEqualTypeOf<
    AlbumRow | undefined
  >();
  await get(sql, schema, "album", 1);
  await update(sql, schema, "album", { album_id: 1, artist_id: 1, title: "x" });
  // @ts-expect-error the key of a table without a distribution
  await get(sql, store, "album", { album_id: 1, artist_id: 1 });
  // @ts-expect-error another column
  await get(sql, schema, "album", { album_id: 1, title: "x" });
  // @ts-expect-error no such column
  declare(store, { album: { distribution: { column: "artist" } } });
  // @ts-expect-error no such table
  declare(store, { album: { distribution: { column: "artist_id", colocatedWith: "artists" } } });
}

async function mistakes(): Promise<void> {
  // @ts-expect-error no such column
  declare(store, { album_overview: { primaryKey: ["id"] } });
  // @ts-expect-error no such table
  declare(store, { album_overviews: { primaryKey: ["album_id"] } });
  // @ts-expect-error no such referenced table
  declare(store, { album_overview: { foreignKeys: { album_id: "albums" } } });
  // @ts-expect-error a view has no key
  await get(sql, store, "album_overview", 1);
}

test("declared keys and distributions have types", () => {
  expect([declared, related, distributed, mistakes].every(one => typeof one === "function")).toBe(true);
});
