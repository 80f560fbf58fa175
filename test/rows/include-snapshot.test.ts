// All rows of an `include` come from one state of the data.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expr, getMany, insert, rowsWhere, selectOne, transaction } from "../../src/index.ts";
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

test("all levels see one state of the data while other sessions write", async () => {
  let isWriting = true;
  const writer = (async () => {
    for (let id = 100; isWriting && id < 5000; id++)
      await database.sql.begin(async tx => {
        await tx`insert into place values (${id}, 'new')`;
        await tx`insert into trip values (${id}, ${id}, ${id})`;
      });
  })();
  const other = database.connect();
  for (let round = 0; round < 50; round++) {
    const places = await rowsWhere(other, schema, "place", {
      where: { name: "new" },
      include: { starts: { table: "trip", by: "trip_start" } },
    });
    expect(places.filter(place => (place["starts"] as unknown[]).length !== 1)).toEqual([]);
    const trips = await rowsWhere(other, schema, "trip", {
      include: { start: { table: "place", by: "trip_start" } },
    });
    expect(trips.filter(trip => trip["start"] === null)).toEqual([]);
  }
  isWriting = false;
  await writer;
  await database.sql.unsafe("delete from trip where id >= 100; delete from place where id >= 100");
});

test("in a transaction include sees its writes, also in getMany and selectOne", async () => {
  await transaction(database.sql, async tx => {
    await insert(tx, schema, "node", { id: 50, parent_id: 4, name: "new" });
    const include = { children: { table: "node", many: true, select: ["name"] } } as const;
    expect(await getMany(tx, schema, "node", [4, 999, 50], { select: ["name"], include })).toEqual([
      { name: "leaf", children: [{ name: "new" }] },
      undefined,
      { name: "new", children: [] },
    ] as never);
    expect(await selectOne(tx, schema, "node", { where: { id: 50 }, select: ["id"], include })).toEqual({
      id: 50,
      children: [],
    } as never);
    await tx`delete from node where id = 50`;
  });
});

test("locked rows are read before their related rows", async () => {
  const { sent, onStatement } = recorder();
  const [row] = await database.sql.begin(tx =>
    rowsWhere(tx, schema, "node", {
      where: { id: 1 },
      select: ["name"],
      lock: "update",
      include: { children: { table: "node", many: true, select: ["id"], orderBy: "id" } },
      onStatement,
    }),
  );
  expect(sent.map(({ text }) => text.slice(0, 20))).toEqual(['SELECT "name", "id" ', 'WITH "level0" ("c1")']);
  const children = await database.sql`select id from node where parent_id = 1 order by id`;
  expect(row).toEqual({ name: "root", children: [...children] } as never);
});

test("a volatile condition selects the rows once for all levels", async () => {
  for (let round = 0; round < 20; round++)
    for (const row of await rowsWhere(database.sql, schema, "node", {
      where: expr`random() < 0.5`,
      include: { self: { table: "node", on: { id: "id" } } },
    }))
      expect(row["self"]).toHaveLength(1);
});
