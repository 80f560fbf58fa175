import { expect, expectTypeOf, test } from "bun:test";
import { analyzeColumn } from "../../src/files/index.ts";
import {
  type Alias,
  alias,
  asc,
  byRelevance,
  count,
  desc,
  exists,
  expr,
  get,
  getMany,
  getOrThrow,
  groupBy,
  gt,
  type Page,
  page,
  pksAndRowsWhere,
  q,
  rowsAndCount,
  rowsWhere,
  selectOne,
  streamRows,
} from "../../src/index.ts";
import {
  type AlbumOverviewRow,
  type PlaylistTrackRow,
  sql,
  store,
  type TrackRow,
  wide,
} from "../support/typed-music-store.ts";

async function rows(): Promise<void> {
  expectTypeOf(await rowsWhere(sql, store, "track")).toEqualTypeOf<TrackRow[]>();
  expectTypeOf(await rowsWhere(sql, store, "album_overview")).toEqualTypeOf<AlbumOverviewRow[]>();
  expectTypeOf(await get(sql, store, "track", 1)).toEqualTypeOf<TrackRow | undefined>();
  expectTypeOf(await getOrThrow(sql, store, "track", 1)).toEqualTypeOf<TrackRow>();
  expectTypeOf(await getMany(sql, store, "track", [1])).toEqualTypeOf<(TrackRow | undefined)[]>();
  expectTypeOf(await selectOne(sql, store, "track")).toEqualTypeOf<TrackRow>();
  expectTypeOf(await pksAndRowsWhere(sql, store, "track")).toEqualTypeOf<[number, TrackRow][]>();
  expectTypeOf(await rowsAndCount(sql, store, "track")).toEqualTypeOf<{
    readonly rows: TrackRow[];
    readonly count: number;
  }>();
  expectTypeOf(await page(sql, store, "track", { limit: 2 })).toEqualTypeOf<Page<TrackRow>>();
  for await (const row of streamRows(sql, store, "track")) expectTypeOf(row).toEqualTypeOf<TrackRow>();
  expectTypeOf(await count(sql, store, "track")).toEqualTypeOf<number>();
  expectTypeOf(await exists(sql, store, "track")).toEqualTypeOf<boolean>();
  // @ts-expect-error no such table
  await rowsWhere(sql, store, "tracks");
  // @ts-expect-error no such table
  await count(sql, store, "tracks");
}

type Named = Pick<TrackRow, "name">;

async function select(): Promise<void> {
  expectTypeOf(await rowsWhere(sql, store, "track", { select: ["name"] })).toEqualTypeOf<Named[]>();
  expectTypeOf(await get(sql, store, "track", 1, { select: ["name"] })).toEqualTypeOf<Named | undefined>();
  expectTypeOf(await getOrThrow(sql, store, "track", 1, { select: ["name"] })).toEqualTypeOf<Named>();
  expectTypeOf(await selectOne(sql, store, "track", { select: ["name"] })).toEqualTypeOf<Named>();
  expectTypeOf(await getMany(sql, store, "track", [1], { select: ["name"] })).toEqualTypeOf<
    (Named | undefined)[]
  >();
  expectTypeOf(await page(sql, store, "track", { limit: 1, select: ["name"] })).toEqualTypeOf<Page<Named>>();
  expectTypeOf(await pksAndRowsWhere(sql, store, "track", { select: ["name"] })).toEqualTypeOf<
    [number, Named][]
  >();
  for await (const row of streamRows(sql, store, "track", { select: ["name"] }))
    expectTypeOf(row).toEqualTypeOf<Named>();
  // @ts-expect-error no such column
  await rowsWhere(sql, store, "track", { select: ["nmae"] });
  // @ts-expect-error no such column
  await get(sql, store, "track", 1, { select: ["nmae"] });
  const [row] = await rowsWhere(sql, store, "track", { select: ["name"] });
  // @ts-expect-error a column that was not selected
  row?.composer;
}

async function order(): Promise<void> {
  await rowsWhere(sql, store, "track", { orderBy: "name" });
  await rowsWhere(sql, store, "track", {
    orderBy: ["album_id", desc("name"), asc("track_id", { nulls: "first" })],
  });
  await rowsWhere(sql, store, "track", { orderBy: byRelevance("name", "love") });
  await rowsWhere(sql, store, "track", { orderBy: expr`random()` });
  // @ts-expect-error no such column
  await rowsWhere(sql, store, "track", { orderBy: "nmae" });
  // @ts-expect-error no such column
  await rowsWhere(sql, store, "track", { orderBy: desc("nmae") });
  // @ts-expect-error no such column
  await rowsWhere(sql, store, "track", { orderBy: ["name", "nmae"] });
}

async function keys(): Promise<void> {
  await get(sql, store, "track", { track_id: 1 });
  await get(sql, store, "playlist_track", { playlist_id: 1, track_id: 2 });
  await get(sql, store, "playlist_track", [1, 2]);
  expectTypeOf(await pksAndRowsWhere(sql, store, "playlist_track")).toEqualTypeOf<
    [readonly [number, number], PlaylistTrackRow][]
  >();
  // @ts-expect-error a key of the wrong type
  await get(sql, store, "track", "1");
  // @ts-expect-error half a key
  await get(sql, store, "playlist_track", { playlist_id: 1 });
  // @ts-expect-error half a key
  await get(sql, store, "playlist_track", [1]);
  // @ts-expect-error one value for a key of two columns
  await get(sql, store, "playlist_track", 1);
  // @ts-expect-error a view has no key
  await get(sql, store, "album_overview", 1);
  // @ts-expect-error a key of the wrong type in a list
  await getMany(sql, store, "track", [1, "2"]);
}

async function groups(): Promise<void> {
  const [plain] = await groupBy(sql, store, "track", "genre_id");
  expectTypeOf(plain!).toEqualTypeOf<Pick<TrackRow, "genre_id"> & { count: number }>();
  const [group] = await groupBy(sql, store, "track", ["album_id", "genre_id"], {
    aggregates: {
      tracks: "count",
      composers: { countDistinct: "composer" },
      longest: { max: "milliseconds" },
      first: { min: "name" },
      price: { sum: "unit_price" },
    },
    orderBy: ["genre_id", desc("tracks")],
  });
  expectTypeOf(group!.album_id).toEqualTypeOf<number>();
  expectTypeOf(group!.tracks).toEqualTypeOf<number>();
  expectTypeOf(group!.composers).toEqualTypeOf<number>();
  expectTypeOf(group!.longest).toEqualTypeOf<number | null>();
  expectTypeOf(group!.first).toEqualTypeOf<string | null>();
  expectTypeOf(group!.price).toEqualTypeOf<string | number | bigint | null>();
  // @ts-expect-error no such column
  await groupBy(sql, store, "track", "genre");
  // @ts-expect-error no such column in an aggregate
  await groupBy(sql, store, "track", "genre_id", { aggregates: { longest: { max: "length" } } });
  // @ts-expect-error no such aggregate
  await groupBy(sql, store, "track", "genre_id", { aggregates: { middle: { median: "milliseconds" } } });
  // @ts-expect-error ordered by what is not a result
  await groupBy(sql, store, "track", "genre_id", { aggregates: { tracks: "count" }, orderBy: "track" });
  await groupBy(sql, store, "track", ["genre_id", alias("minutes", expr`seconds / 60`)], {
    orderBy: ["minutes", desc("count")],
    having: { count: gt(3) },
  });
  const { common } = await analyzeColumn(sql, store, "track", "composer");
  expectTypeOf(common[0]!.value).toEqualTypeOf<string | null>();
}

interface Unread {
  name: string;
  hue: unknown;
}

// The type that a caller expects, such as that of a function around a call, adds no columns to the rows.
async function expected(): Promise<void> {
  // @ts-expect-error no row has a hue
  (await rowsWhere(sql, store, "track", { select: ["name"] })) satisfies Unread[];
  // @ts-expect-error no row has a hue
  const all: Unread[] = await rowsWhere(sql, store, "track");
  // @ts-expect-error no row has a hue
  const one: Unread | undefined = await get(sql, store, "track", 1);
  // @ts-expect-error no row has a hue
  const row: Unread = await getOrThrow(sql, store, "track", 1);
  // @ts-expect-error no row has a hue
  const many: (Unread | undefined)[] = await getMany(sql, store, "track", [1]);
  // @ts-expect-error no row has a hue
  const only: Unread = await selectOne(sql, store, "track");
  // @ts-expect-error no row has a hue
  const pairs: [number, Unread][] = await pksAndRowsWhere(sql, store, "track");
  // @ts-expect-error no row has a hue
  const counted: { readonly rows: Unread[] } = await rowsAndCount(sql, store, "track");
  // @ts-expect-error no row has a hue
  const first: { readonly rows: Unread[] } = await page(sql, store, "track", { limit: 2 });
  // @ts-expect-error no row has a hue
  const stream: AsyncIterable<Unread> = streamRows(sql, store, "track");
  // @ts-expect-error no group has a hue
  const groups: { hue: unknown }[] = await groupBy(sql, store, "track", "genre_id");
  const computed: { hue: unknown }[] = await rowsWhere(sql, store, "track", {
    select: [alias("hue", expr`1`)],
  });
  void [all, one, row, many, only, pairs, counted, first, stream, groups, computed];
}

// A list of computed columns alone reads no others.
async function computedOnly(): Promise<void> {
  const hue = alias("hue", expr`1`);
  const select = [hue] as const;
  interface Hue {
    hue: unknown;
  }
  expectTypeOf<keyof Found<typeof rows>>().toEqualTypeOf<"hue">();
  const rows = await rowsWhere(sql, store, "track", { select: [hue] });
  expectTypeOf(await get(sql, store, "track", 1, { select })).toExtend<Hue | undefined>();
  // @ts-expect-error the name is not selected
  (await getOrThrow(sql, store, "track", 1, { select: [hue] })).name;
  // @ts-expect-error the name is not selected
  (await selectOne(sql, store, "track", { select: [hue] })).name;
  // @ts-expect-error the name is not selected
  (await page(sql, store, "track", { limit: 2, select: [hue] })).rows[0]!.name;
  // @ts-expect-error the name is not selected
  for await (const track of streamRows(sql, store, "track", { select: [hue] })) void track.name;
  // @ts-expect-error the name is not grouped by
  (await groupBy(sql, store, "track", hue))[0]!.name;
  const both = await rowsWhere(sql, store, "track", { select: ["name", hue, alias("shade", expr`2`)] });
  expectTypeOf<keyof Found<typeof both>>().toEqualTypeOf<"name" | "hue" | "shade">();
  const several: Alias[] = [hue];
  const [row] = await rowsWhere(sql, store, "track", { select: ["name", ...several] });
  expectTypeOf(row!.name).toEqualTypeOf<string>();
}

type Found<Rows> = Rows extends readonly (infer Row)[] ? Row : never;

async function untyped(): Promise<void> {
  expectTypeOf(await rowsWhere(sql, wide, "any")).toEqualTypeOf<Record<string, unknown>[]>();
  expectTypeOf(await get(sql, wide, "any", [1, "x"])).toEqualTypeOf<Record<string, unknown> | undefined>();
  const [row] = await rowsWhere(sql, wide, "any", { select: ["a"], orderBy: ["c"] });
  expectTypeOf(row!.a).toEqualTypeOf<unknown>();
  expectTypeOf(await q<{ n: number }>(sql, wide, expr`select 1 as n`)).toEqualTypeOf<{ n: number }[]>();
}

test("the parameters and results of reading functions depend on the table, the selection and the key", () => {
  expect([rows, select, order, keys, groups, expected, computedOnly, untyped]).toHaveLength(8);
});
