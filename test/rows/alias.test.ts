import { afterAll, beforeAll, expect, test } from "bun:test";
import { alias, col, count, expr, get, rowsWhere, selectOne } from "../../src/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;
beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const plain = async (text: string): Promise<unknown[]> => [...(await store.sql.unsafe(text))];
const minutes = alias("minutes", expr`seconds / ${60}`);

test("a computed column is beside the selected ones, with its own parameters", async () => {
  const options = {
    select: ["name", minutes],
    where: { album_id: 1 },
    orderBy: "track_id",
    limit: 3,
  } as const;
  expect(rowsWhereSql<Record<string, unknown>>(store.schema, "track", options)).toMatchObject({
    text: 'SELECT "name", (seconds / $2) AS "minutes" FROM "public"."track" WHERE "album_id" = $1::text::int4 ORDER BY "track"."track_id" LIMIT 3',
    params: ["1", "60"],
  });
  expect(await rowsWhere(store.sql, store.schema, "track", options)).toEqual(
    (await plain(
      "select name, seconds / 60 as minutes from track where album_id = 1 order by track_id limit 3",
    )) as never,
  );
});

test("selectOne and an include work with computed columns", async () => {
  const upper = alias("upper", expr`upper(${col("artist", "name")})`);
  const found = await selectOne(store.sql, store.schema, "artist", {
    where: { artist_id: 1 },
    select: ["artist_id", upper, alias("two", expr`2`)],
    include: { album: { select: ["album_id"], orderBy: "album_id", limit: 1 } },
  });
  expect([found]).toEqual(
    (await plain(
      "select artist_id, upper(name) as upper, 2 as two, (select json_agg(json_build_object('album_id', album_id)) from (select album_id from album where artist_id = 1 order by 1 limit 1) as shown) as album from artist where artist_id = 1",
    )) as never,
  );
});

test("only computed columns can be selected", async () => {
  const [row] = await rowsWhere(store.sql, store.schema, "artist", {
    select: [alias("n", expr`count(*) over ()`)],
    limit: 1,
  });
  expect(row).toEqual({ n: String(await count(store.sql, store.schema, "artist")) } as never);
});

test("mistakes are rejected before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const refused: [readonly unknown[], string][] = [
    [["name", alias("name", expr`1`)], "track: two result columns are named name; choose a different alias"],
    [[alias("n", expr`1`), alias("n", expr`2`)], "track: two result columns are named n"],
    [[alias("n", expr`${col("track", "nam")}`)], 'track has no column "nam"'],
    [[expr`1`], "track has no column"],
  ];
  for (const [select, message] of refused)
    await expect(
      rowsWhere(store.sql, store.schema, "track", { select: select as never, onStatement }),
    ).rejects.toThrow(message);
  await expect(
    get(store.sql, store.schema, "track", 1, { select: [minutes] as never, onStatement }),
  ).rejects.toThrow("track has no column");
  expect(() => alias("", expr`1`)).toThrow('alias requires a name, received ""');
  expect(() => alias("n", "1" as never)).toThrow('alias "n" requires expr, received "1"');
  expect(sent).toEqual([]);
});
