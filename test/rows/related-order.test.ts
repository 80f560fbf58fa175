import { afterAll, beforeAll, expect, test } from "bun:test";
import { asc, desc, loadSchema, page, rowsWhere, scope } from "../../src/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;
beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const plain = async (text: string): Promise<unknown[]> => [...(await store.sql.unsafe(text))];

test("rows are ordered by a column of the row that they refer to", async () => {
  const orderBy = [desc("artist.name"), "title"] as const;
  expect(
    rowsWhereSql<Record<string, unknown>>(store.schema, "album", { select: ["title"], orderBy }).text,
  ).toBe(
    'SELECT "title" FROM "public"."album" ORDER BY (SELECT "order1"."name" FROM "public"."artist" AS "order1" ' +
      'WHERE "order1"."artist_id" = "album"."artist_id") DESC, "album"."title"',
  );
  expect(await rowsWhere(store.sql, store.schema, "album", { select: ["title"], orderBy })).toEqual(
    (await plain("select title from album join artist using (artist_id) order by name desc, title")) as never,
  );
});

test("the path can have any length, also through a self-reference, and rows without a referenced row are last", async () => {
  const tracks = await rowsWhere(store.sql, store.schema, "track", {
    select: ["track_id"],
    orderBy: ["album.artist.name", "track_id"],
    limit: 30,
  });
  expect(tracks).toEqual(
    (await plain(
      "select track_id from track join album using (album_id) join artist using (artist_id) order by artist.name, track_id limit 30",
    )) as never,
  );
  const withGenre = await rowsWhere(store.sql, store.schema, "track", {
    select: ["track_id"],
    orderBy: [asc("genre.name", { nulls: "first" }), "track_id"],
    include: { genre: { select: ["name"] } },
  });
  expect(withGenre.map(({ track_id }) => track_id)).toEqual(
    (
      await plain(
        "select track_id from track left join genre using (genre_id) order by genre.name nulls first, track_id",
      )
    ).map(row => (row as { track_id: number }).track_id),
  );
});

test("related rows of an include can be ordered by their own related rows", async () => {
  const [artist] = await rowsWhere(store.sql, store.schema, "playlist", {
    where: { playlist_id: 1 },
    select: ["playlist_id"],
    include: { track: { select: ["track_id"], orderBy: ["album.title", "track_id"] as never } },
  });
  expect((artist!["track"] as { track_id: number }[]).map(({ track_id }) => track_id)).toEqual(
    (
      await plain(
        "select track_id from playlist_track join track using (track_id) join album using (album_id) where playlist_id = 1 order by title, track_id",
      )
    ).map(row => (row as { track_id: number }).track_id),
  );
});

test("the path through a self-reference leads to the referenced row", async () => {
  const options = { select: ["employee_id"], orderBy: ["employee.last_name", "employee_id"] } as const;
  const wanted = await plain(
    "select e.employee_id from employee e left join employee o on o.employee_id = e.reports_to order by o.last_name, e.employee_id",
  );
  expect(await rowsWhere(store.sql, store.schema, "employee", options as never)).toEqual(wanted as never);
  const { rows } = await page(store.sql, store.schema, "employee", { ...options, limit: 100 } as never);
  expect(rows).toEqual(wanted as never);
});

test("with several foreign keys to a table the path contains the name of one of them", async () => {
  await store.sql.unsafe(`
    create table place (id int primary key, name text);
    create table trip (id int primary key, start_id int constraint trip_start references place, goal_id int constraint trip_goal references place);
    insert into place values (1, 'A'), (2, 'B');
    insert into trip values (1, 1, 2), (2, 2, 1), (3, null, 2)`);
  const schema = await loadSchema(store.sql);
  const ids = async (orderBy: unknown): Promise<unknown> =>
    (await rowsWhere(store.sql, schema, "trip", { orderBy, select: ["id"] } as never)).map(row => row["id"]);
  expect(await ids(["trip_goal.name", "id"])).toEqual([2, 1, 3]);
  expect(await ids(["trip_start.name"])).toEqual([1, 2, 3]);
  await expect(ids("place.name")).rejects.toThrow(
    'trip: orderBy "place.name": several foreign keys refer to place; write the name of one instead: trip_goal or trip_start',
  );
  await store.sql.unsafe("drop table trip, place");
});

test("in a scope a referenced row outside it has no value", async () => {
  const mine = scope(store.schema, { artist: { artist_id: 2 } });
  const [first] = await rowsWhere(store.sql, mine, "album", {
    select: ["artist_id"],
    orderBy: "artist.name",
    limit: 1,
  });
  expect(first).toEqual({ artist_id: 2 });
  const { text, params } = rowsWhereSql<Record<string, unknown>>(mine, "album", { orderBy: "artist.name" });
  expect(text).toContain(
    '"order1"."artist_id" = "album"."artist_id" AND "order1"."artist_id" = $1::text::int4)',
  );
  expect(params).toEqual(["2"]);
});

test("a path that does not lead to a single row is rejected before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const rejected: [string, string][] = [
    [
      "track.name",
      'album: orderBy "track.name": there are many rows of track; order by a column of one related row, or by expr',
    ],
    ["artist.nam", 'artist has no column "nam"'],
    ["artis.name", 'album has no relation "artis"; did you mean "artist"?'],
  ];
  for (const [orderBy, message] of rejected)
    await expect(rowsWhere(store.sql, store.schema, "album", { orderBy, onStatement })).rejects.toThrow(
      message,
    );
  for (const [orderBy, message] of rejected)
    await expect(
      page(store.sql, store.schema, "album", { orderBy: orderBy as never, limit: 1, onStatement }),
    ).rejects.toThrow(message);
  expect(sent).toEqual([]);
});
