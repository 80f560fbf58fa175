// The relations of an include are resolved once per shape.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { asc, desc, expr, gt, type SchemaSnapshot, UnknownNameError } from "../../src/index.ts";
import type { Include } from "../../src/statements/include.ts";
import { includeNodes } from "../../src/statements/include-nodes.ts";
import { nestedSql, placeNodes } from "../../src/statements/include-sql.ts";
import { getSql } from "../../src/statements/index.ts";
import { relationPlan } from "../../src/statements/relation-plan.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;
let schema: SchemaSnapshot;

beforeAll(async () => {
  store = await musicStore();
  schema = store.schema;
});
afterAll(() => store.database.drop());

const nodes = (include: unknown) => includeNodes(schema, "artist", include);

function nested(include: unknown, key = 1): { readonly text: string; readonly params: unknown } {
  const statement = getSql(schema, "artist", key);
  const root = { plan: relationPlan(schema, "artist"), statement, hidden: [] };
  const { text, params } = nestedSql(schema, root, placeNodes(nodes(include)));
  return { text, params };
}

test("equal includes are resolved once", () => {
  const include = (): Include => ({
    album: { orderBy: ["title", desc("album_id")], limit: 2, include: { track: { select: ["name"] } } },
  });
  expect(nodes(include())).toBe(nodes(include()));
});

test("the filters of an include are read in each call", () => {
  const include = (title: string, length: number): Include => ({
    album: { where: { title }, include: { track: { where: { milliseconds: gt(length) } } } },
  });
  expect(nested(include("a", 1)).params).toEqual(["1", "a", "1"]);
  expect(nested(include("b", 2)).params).toEqual(["1", "b", "2"]);
  expect(nested({ album: { include: { track: true } } }).params).toEqual(["1"]);
});

test("includes with a different order, limit, column list or option have different statements", () => {
  const includes: readonly Include[] = [
    ...[
      { album: true },
      { album: {} },
      { album: { orderBy: "title" } },
      { album: { orderBy: desc("title") } },
    ],
    ...[
      { album: { orderBy: asc("title", { nulls: "first" }) } },
      { album: { orderBy: ["title", "album_id"] } },
    ],
    ...[
      { album: { limit: 1 } },
      { album: { limit: 2 } },
      { album: { offset: 1 } },
      { album: { count: true } },
    ],
    ...[{ album: { select: ["title"] } }, { album: { select: ["title", "album_id"] } }],
    ...[{ albums: { table: "album" } }, { album: { on: { artist_id: "artist_id" } } }],
    ...[{ album: { on: { artist_id: "album_id" } } }, { album: { orderBy: expr`1` } }],
  ] as never;
  const texts = includes.map(include => nested(include).text);
  expect(includes.map(include => nested(include).text)).toEqual(texts);
  // `true` equals no options, and neither the relation's name nor the foreign key in `on` is part of the SQL.
  expect(new Set(texts).size).toBe(texts.length - 3);
});

test("changing an include object after a call leaves the resolved relations unchanged", () => {
  const orderBy = ["title"];
  const select = ["title"];
  const include = { album: { orderBy, select, on: { artist_id: "artist_id" } } };
  const [before] = [nested(include).text];
  orderBy.push("album_id");
  select.push("released_on");
  include.album.on.artist_id = "album_id";
  const same = { album: { orderBy: ["title"], select: ["title"], on: { artist_id: "artist_id" } } };
  const statement = getSql(schema, "artist", 1, { select: ["artist_id"] });
  const root = { plan: relationPlan(schema, "artist"), statement, hidden: [] };
  expect(nestedSql(schema, root, placeNodes(nodes(same))).text).toContain(
    'SELECT "album"."title", "album"."artist_id" FROM "public"."album" WHERE "album"."artist_id" IN (SELECT "level0"."c1" FROM "level0") ORDER BY "album"."title")',
  );
  expect(nested(same).text).toBe(before!);
});

test("an unknown option with the value undefined is rejected even after the same include without it", () => {
  nodes({ album: { limit: 3 } });
  expect(() => nodes({ album: { limit: 3, limits: undefined } })).toThrow(UnknownNameError);
});
