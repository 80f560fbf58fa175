// Aggregates of groups and of related rows, with filters.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  and,
  expr,
  get,
  groupBy,
  gt,
  gte,
  lt,
  ne,
  not,
  or,
  rowsWhere,
  scope,
  some,
} from "../../src/index.ts";
import { groupBySql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;
beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const plain = async (text: string): Promise<unknown[]> => [...(await store.sql.unsafe(text))];

const AGGREGATES = {
  tracks: "count",
  long: { count: "*", filter: { milliseconds: gt(240_000) } },
  longest: { max: "milliseconds", filter: { genre_id: lt(5) } },
} as const;

test("filter restricts the rows of one aggregate, and having restricts the groups", async () => {
  const options = {
    aggregates: AGGREGATES,
    having: { tracks: gte(10), long: gt(2) },
    orderBy: "album_id",
  } as const;
  expect(groupBySql<Record<string, unknown>>(store.schema, "track", "album_id", options)).toMatchObject({
    text:
      'SELECT "track"."album_id", count(*) AS "tracks", count(*) FILTER (WHERE "milliseconds" > $1::text::int4) AS "long", ' +
      'max("milliseconds") FILTER (WHERE "genre_id" < $2::text::int4) AS "longest" FROM "public"."track" ' +
      'GROUP BY "track"."album_id" HAVING count(*) >= $3::text::int8 AND ' +
      'count(*) FILTER (WHERE "milliseconds" > $1::text::int4) > $4::text::int8 ORDER BY "track"."album_id"',
    params: ["240000", "5", "10", "2"],
  });
  const rows = await groupBy(store.sql, store.schema, "track", "album_id", options);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toEqual(
    (await plain(`select album_id, count(*)::int as tracks, (count(*) filter (where milliseconds > 240000))::int as long,
      max(milliseconds) filter (where genre_id < 5) as longest from track group by 1
      having count(*) >= 10 and count(*) filter (where milliseconds > 240000) > 2 order by 1`)) as never,
  );
});

test("having combines group columns, aggregates and raw SQL", async () => {
  const having = or(
    { genre_id: null },
    and({ tracks: gt(3) }, not({ genre_id: lt(4) }), expr`sum(milliseconds) > ${1000}`),
  );
  const rows = await groupBy(store.sql, store.schema, "track", "genre_id", {
    aggregates: { tracks: "count" },
    having,
    orderBy: "genre_id",
  });
  expect(rows).toEqual(
    (await plain(`select genre_id, count(*)::int as tracks from track group by 1
      having genre_id is null or (count(*) > 3 and not genre_id < 4 and sum(milliseconds) > 1000) order by 1`)) as never,
  );
});

test("having tests the related rows of a group", async () => {
  const rows = await groupBy(store.sql, store.schema, "track", "genre_id", {
    aggregates: { tracks: "count" },
    having: and({ tracks: gt(3) }, some("genre", { name: ne("Rock") })),
    orderBy: "genre_id",
  });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toEqual(
    (await plain(`select genre_id, count(*)::int as tracks from track group by 1
      having count(*) > 3 and exists (select from genre g where g.genre_id = track.genre_id and name <> 'Rock')
      order by 1`)) as never,
  );
});

test("groups, filters and having see only the rows of the scope", async () => {
  const schema = scope(store.schema, { track: { media_type_id: 1 } });
  const rows = await groupBy(store.sql, schema, "track", "genre_id", {
    aggregates: { tracks: "count", long: { count: "*", filter: expr`milliseconds > ${240_000} or true` } },
    having: or({ tracks: gte(5) }, expr`false`),
    orderBy: "genre_id",
  });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toEqual(
    (await plain(`select genre_id, count(*)::int as tracks, count(*)::int as long from track where media_type_id = 1
      group by 1 having count(*) >= 5 order by 1`)) as never,
  );
});

test("invalid having and filter are rejected before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const rejected: [object, string][] = [
    [
      { having: { trakcs: 1 }, aggregates: AGGREGATES },
      'track has no column "trakcs"; did you mean "tracks"?',
    ],
    [{ having: { name: "x" } }, 'track has no column "name"'],
    [{ having: { count: "many" } }, "aggregate count: expected"],
    [
      { aggregates: { n: { count: "*", filter: {} } } },
      "track: aggregate n: filter is empty; leave it out to aggregate all rows",
    ],
    [{ aggregates: { n: { count: "*", filter: { nam: 1 } } } }, 'track has no column "nam"'],
    [{ aggregates: { n: { sum: "*" } } }, 'track has no column "*"'],
    [{ aggregates: { n: { filter: { name: "x" } } } }, 'track: aggregate n must be "count" or one of'],
  ];
  for (const [options, message] of rejected)
    await expect(
      groupBy(store.sql, store.schema, "track", "genre_id", { ...options, onStatement } as never),
    ).rejects.toThrow(message);
  expect(sent).toEqual([]);
});

test("include returns aggregates of the related rows in one statement", async () => {
  const { sent, onStatement } = recorder();
  const rows = await rowsWhere(store.sql, store.schema, "album", {
    select: ["album_id"],
    orderBy: "album_id",
    limit: 5,
    include: {
      track: {
        aggregates: {
          n: "count",
          total: { sum: "milliseconds" },
          long: { count: "*", filter: { milliseconds: gt(240_000) } },
        },
      },
    },
    onStatement,
  });
  expect(sent).toHaveLength(1);
  expect(rows.map(({ album_id, track }) => ({ album_id, ...(track as object) }))).toEqual(
    (await plain(`select a.album_id, count(track_id)::int as n, sum(milliseconds) as total,
      (count(track_id) filter (where milliseconds > 240000))::int as long
      from album a left join track t using (album_id) group by 1 order by 1 limit 5`)) as never,
  );
});

test("an include with different or no aggregate filters does not reuse the statement of an earlier call", async () => {
  const longer = async (than: number | undefined): Promise<unknown> => {
    const aggregates =
      than === undefined ? { long: "count" } : { long: { count: "*", filter: { milliseconds: gt(than) } } };
    const include = { tracks: { table: "track", aggregates } } as never;
    const { tracks } = (await get(store.sql, store.schema, "album", 1, { select: [], include })) as never;
    return (tracks as { long: number }).long;
  };
  const countWhere = async (condition: string): Promise<unknown> =>
    Object.values(
      (await plain(`select count(*)::int from track where album_id = 1 and ${condition}`))[0] as object,
    )[0];
  for (const than of [0, 200_000, 1e9])
    expect(await longer(than)).toBe((await countWhere(`milliseconds > ${than}`)) as never);
  expect(await longer(undefined)).toBe((await countWhere("true")) as never);
});

test("a row without related rows has 0 for counts and null for the other aggregates", async () => {
  await store.sql`insert into artist (artist_id, name) values (900, 'Nobody')`;
  const artist = await get(store.sql, store.schema, "artist", 900, {
    select: ["name"],
    include: {
      album: { aggregates: { n: "count", titles: { countDistinct: "title" }, last: { max: "released_on" } } },
    },
  });
  expect(artist).toEqual({ name: "Nobody", album: { n: 0, titles: 0, last: null } });
});

test("aggregates of a many-to-many relation, of nested relations and with a filter and a scope", async () => {
  const schema = scope(store.schema, { track: { media_type_id: 1 } });
  const [artist] = await rowsWhere(store.sql, schema, "artist", {
    where: { artist_id: 1 },
    select: ["artist_id"],
    include: {
      album: {
        select: ["album_id"],
        orderBy: "album_id",
        include: { track: { where: { milliseconds: gt(1) }, aggregates: { n: "count" } } },
      },
    },
  });
  expect(artist!["album"]).toEqual(
    await plain(`select album_id, json_build_object('n', (select count(*) from track t where t.album_id = a.album_id and media_type_id = 1 and milliseconds > 1)) as track
      from album a where artist_id = 1 order by 1`),
  );
  const playlist = await get(store.sql, store.schema, "playlist", 1, {
    select: ["playlist_id"],
    include: { track: { aggregates: { seconds: { sum: "seconds" } } } },
  });
  expect([playlist]).toEqual(
    (await plain(
      `select 1 as playlist_id, json_build_object('seconds', sum(seconds)::text) as track from playlist_track join track using (track_id) where playlist_id = 1`,
    )) as never,
  );
});

test("aggregates of an include cannot be combined with other options", async () => {
  const rejected: [object, string][] = [
    [
      { aggregates: { n: "count" }, select: ["title"] },
      "aggregates cannot be combined with select, orderBy, limit, offset or include",
    ],
    [{ aggregates: { n: "count" }, count: true }, "count: true cannot be combined with"],
    [{ aggregates: {} }, "aggregates must name at least one aggregate"],
    [{ aggregates: { n: { sum: "title" } } }, "album.title: sum requires a column of numbers"],
  ];
  for (const [album, message] of rejected)
    await expect(
      rowsWhere(store.sql, store.schema, "artist", { include: { album } as never }),
    ).rejects.toThrow(message);
});
