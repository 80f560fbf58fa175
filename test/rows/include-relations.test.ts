// The relation that `include` follows, and names that `include` rejects.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ArgumentError, expr, get, loadSchema, rowsWhere, UnknownNameError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";
import { RELATED_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(RELATED_TABLES);

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

test("with several foreign keys the error lists the choices, and a name chooses one", async () => {
  const ambiguous = await failure(rowsWhere(database.sql, schema, "trip", { include: { place: true } }));
  expect(ambiguous).toEqual(
    new ArgumentError(
      'trip and place are related in several ways; choose one of by: "trip_goal", many: false (the row that goal_id refers to); ' +
        'by: "trip_start", many: false (the row that start_id refers to)',
    ),
  );
  const include = {
    start: { table: "place", by: "trip_start", select: ["name"] },
    goal: { table: "place", by: "trip_goal", select: ["name"] },
  } as const;
  expect(await rowsWhere(database.sql, schema, "trip", { select: ["id"], orderBy: "id", include })).toEqual([
    { id: 10, start: { name: "A" }, goal: { name: "B" } },
    { id: 11, start: { name: "B" }, goal: { name: "C" } },
    { id: 12, start: { name: "A" }, goal: null },
  ] as never);
});

test("a self-reference works in both directions and through a junction table", async () => {
  const include = {
    parent: { table: "node", many: false, select: ["name"] },
    children: { table: "node", many: true, select: ["name"], orderBy: "id" },
    reached: { table: "node", through: "edge", by: "edge_from_id_fkey", select: ["name"], orderBy: "id" },
  } as const;
  expect(
    await rowsWhere(database.sql, schema, "node", { select: ["name"], orderBy: "id", limit: 2, include }),
  ).toEqual([
    {
      name: "root",
      parent: null,
      children: [{ name: "left" }, { name: "theirs" }],
      reached: [{ name: "theirs" }, { name: "leaf" }],
    },
    { name: "left", parent: { name: "root" }, children: [{ name: "leaf" }], reached: [{ name: "leaf" }] },
  ] as never);
});

test("tables and columns can have the names that the statement itself uses", async () => {
  const rows = await rowsWhere(database.sql, schema, "junction", {
    orderBy: "id",
    limit: 1,
    include: { keys: true },
  });
  expect(rows).toEqual([{ k: 1, id: 7, keys: { id: 1, n: 5, junction: "b" } }] as never);
  expect(
    await get(database.sql, schema, "keys", 1, {
      include: { rows: { table: "junction", limit: 1, select: ["id"] } },
    }),
  ).toEqual({
    id: 1,
    n: 5,
    junction: "b",
    rows: [{ id: 7 }],
  } as never);
});

test("a view can be related by explicit columns", async () => {
  const rows = await rowsWhere(database.sql, schema, "tall", {
    orderBy: "id",
    limit: 2,
    include: {
      node: { on: { id: "parent_id" }, select: ["id"], orderBy: "id" },
      self: { table: "node", on: { id: "id" }, many: false, select: ["name"] },
    },
  });
  expect(rows).toEqual([
    { id: 1, name: "root", node: [{ id: 2 }, { id: 3 }], self: { name: "root" } },
    { id: 2, name: "left", node: [{ id: 4 }], self: { name: "left" } },
  ] as never);
  expect((await failure(rowsWhere(database.sql, schema, "tall", { include: { node: true } }))).message).toBe(
    'no foreign key relates tall and node; specify the columns with on: { "column of tall": "column of node" }',
  );
});

test("invalid includes are rejected before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const cases: readonly [string, unknown, string][] = [
    ["artist", { albm: true }, 'artist has no relation "albm"; did you mean "album"?'],
    [
      "artist",
      { genre: true },
      'no foreign key relates artist and genre; specify the columns with on: { "column of artist": "column of genre" }',
    ],
    [
      "artist",
      { name: true },
      'artist: include "name": a column has that name; choose a different one with `table`',
    ],
    [
      "artist",
      { album: { selct: [] } },
      'artist: include "album" has no option "selct"; did you mean "select"?',
    ],
    ["artist", { album: { select: ["titel"] } }, 'album has no column "titel"; did you mean "title"?'],
    [
      "artist",
      { album: { include: { tracks: true } } },
      'album has no relation "tracks"; did you mean "track"?',
    ],
    [
      "artist",
      { album: { count: true, limit: 1 } },
      'artist: include "album": count: true cannot be combined with select, orderBy, limit, offset or include',
    ],
    [
      "album",
      { artist: { limit: 1 } },
      'album: include "artist" is one row; remove orderBy, limit and offset',
    ],
    ["artist", { album: "all" }, 'artist: include "album" must be true or options, received "all"'],
    [
      "artist",
      ["album"],
      "artist: include must be an object { relation: true or options }, received an array of length 1",
    ],
    [
      "artist",
      { album: { by: "nope" } },
      'no foreign key relates artist and album in this way; specify the columns with on: { "column of artist": "column of album" }',
    ],
    ["artist", { album: { on: {} } }, "artist: on must name at least one column"],
    ["artist", { albums: { table: "albm" } }, 'table or view "albm" does not exist; did you mean "album"?'],
  ];
  for (const [table, include, message] of cases)
    expect([
      include,
      (await failure(rowsWhere(store.sql, store.schema, table, { include: include as never, onStatement })))
        .message,
    ]).toEqual([include, message]);
  expect(sent).toEqual([]);
  expect(
    await failure(rowsWhere(store.sql, store.schema, "artist", { include: { albm: true } })),
  ).toBeInstanceOf(UnknownNameError);
});

test("several related rows are rejected if the options promise a single one", async () => {
  const one = { trip: { table: "trip", on: { id: "start_id" }, many: false } } as const;
  const several = rowsWhere(database.sql, schema, "place", { include: one, orderBy: "id" });
  await expect(several).rejects.toThrow("include trip: expected at most one row of trip, received several");
});

test("raw SQL names columns of related rows without their table, whatever their names", async () => {
  await database.sql.unsafe(`create table file (c1 numeric primary key);
    create table page (number numeric primary key, parent numeric references page, number_ int, file numeric references file);
    insert into file values (1), (2); insert into page values (1, null, 1, 1), (2, 1, 2, 1), (3, 1, 3, 1)`);
  const own = await loadSchema(database.sql);
  const pages = { table: "page", where: expr`number > ${1}::numeric and number_ < 9` };
  const nested = { table: "page", many: true, where: expr`parent = 1`, orderBy: expr`number desc`, limit: 1 };
  const include = {
    all: { ...pages, select: ["number"], orderBy: expr`number desc`, limit: 2 },
    total: { ...pages, aggregates: { count: { count: "*", filter: expr`parent = 1` } } },
    first: { table: "page", where: expr`number = 1`, select: ["number"], include: { nested } },
  } as const;
  expect(await rowsWhere(database.sql, own, "file", { where: expr`c1 = 1`, include } as never)).toEqual([
    {
      c1: "1",
      all: [{ number: "3" }, { number: "2" }],
      total: { count: 2 },
      first: [{ number: "1", nested: [{ number: "3", parent: "1", number_: 3, file: "1" }] }],
    },
  ] as never);
});
