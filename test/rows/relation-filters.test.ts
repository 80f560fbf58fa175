import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  and,
  col,
  count,
  every,
  expr,
  gt,
  like,
  none,
  not,
  rowsWhere,
  scope,
  some,
} from "../../src/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";
import { RELATED_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(RELATED_TABLES);
const named = await testTables(
  `create table junction (id int primary key); create table tag (id int primary key);
  create table junction_tag (junction_id int references junction, tag_id int references tag, primary key (junction_id, tag_id));
  insert into junction values (1), (2); insert into tag values (7), (8); insert into junction_tag values (2, 7)`,
);

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const plain = async (sql: Bun.SQL, text: string): Promise<unknown[][]> => [
  ...(await sql.unsafe(text).values()),
];

test("relation filters become EXISTS", async () => {
  const { sent, onStatement } = recorder();
  const names = async (where: never): Promise<unknown[]> =>
    (
      await rowsWhere(database.sql, schema, "node", { where, select: ["id"], orderBy: "id", onStatement })
    ).map(({ id }) => id);
  const children = { many: true } as const;
  expect(await names(some("node", { name: "leaf" }, children) as never)).toEqual([2]);
  expect(sent[0]).toEqual({
    text:
      'SELECT "id" FROM "public"."node" WHERE EXISTS (SELECT FROM "public"."node" AS "node_2" WHERE "node_2"."parent_id" = "node"."id" ' +
      'AND "node_2"."name" = $1::text) ORDER BY "node"."id"',
    params: ["leaf"],
  });
  expect(await names(none("node", undefined, children) as never)).toEqual([3, 4]);
  expect(await names(every("node", { name: like("l%") }, children) as never)).toEqual([2, 3, 4]);
  expect(await names(and(not(some("node", {}, { many: false })), { tenant: 1 }) as never)).toEqual([1]);
  expect(await names(some("node", some("node", { id: 4 }, children) as never, children) as never)).toEqual([
    1,
  ]);
  expect(await names(some("node", { id: 3 }, { through: "edge", by: "edge_from_id_fkey" }) as never)).toEqual(
    [1],
  );
  const mine = scope(schema, { node: { tenant: 1 } });
  expect(await count(database.sql, mine, "node", { where: some("node", { id: 3 }, children) })).toBe(0);
});

test("relation filters on the music store agree with plain SQL", async () => {
  const where = some("album", some("track", { genre_id: 1 }));
  const [[expected]] = (await plain(
    store.sql,
    "select count(*)::int from artist where exists (select from album join track using (album_id) where album.artist_id = artist.artist_id and genre_id = 1)",
  )) as [[number]];
  expect(await count(store.sql, store.schema, "artist", { where })).toBe(expected);
  const [[lists]] = (await plain(
    store.sql,
    "select count(*)::int from playlist p where not exists (select from playlist_track join track using (track_id) where playlist_id = p.playlist_id and not milliseconds > 200000)",
  )) as [[number]];
  expect(
    await count(store.sql, store.schema, "playlist", {
      where: every("track", { milliseconds: gt(200_000) }),
    }),
  ).toBe(lists);
});

test("raw SQL in a path that leads back to its table can name the row at either end", async () => {
  const shorter = expr`${col("track", "milliseconds")} < ${col("track", "milliseconds", "track_2")}`;
  const where = some("album", some("track", shorter)) as never;
  const [[expected]] = (await plain(
    store.sql,
    "select count(*)::int from track a where exists (select from track b where a.album_id = b.album_id and a.milliseconds < b.milliseconds)",
  )) as [[number]];
  expect(await count(store.sql, store.schema, "track", { where })).toBe(expected);
});

test("a table named like the alias of a junction table is not hidden by it", async () => {
  expect(await rowsWhere(named.sql, named.schema, "junction", { where: some("tag", { id: 7 }) })).toEqual([
    { id: 2 },
  ]);
});
