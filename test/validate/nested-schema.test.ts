import { expect, test } from "bun:test";
import * as v from "valibot";
import { schema } from "../../examples/music-store/database.ts";
import { insertSchema, nest, UnknownNameError } from "../../src/index.ts";

const include = nest({ album: { include: { track: true } } });
const artist = insertSchema(schema, "artist", { include });
const track = { name: "t", media_type_id: 1, milliseconds: 5 };

const paths = (input: unknown, of: v.GenericSchema = artist): string[] =>
  (v.safeParse(of, input).issues ?? []).map(issue => `${v.getDotPath(issue)}: ${issue.message}`);

test("valid rows with nested rows are accepted and returned unchanged", () => {
  const tree = { name: "a", album: [{ title: "x", track: [track] }, { title: "y" }] };
  expect(v.parse(artist, tree)).toEqual(tree);
  expect(v.parse(artist, { name: "a" })).toEqual({ name: "a" });
});

test("properties of a parsed tree can be changed as in any object", () => {
  const parsed = v.parse(artist, { name: "a", album: [] });
  expect(Object.getOwnPropertyDescriptor(parsed, "album")).toEqual({
    ...{ value: [], enumerable: true, writable: true, configurable: true },
  });
});

test("a result is typed if it has no issues", () => {
  expect(v.safeParse(artist, { name: "a", album: [] })).toMatchObject({ typed: true, success: true });
  for (const invalid of [{ name: "a", album: [{}] }, 5, null])
    expect(v.safeParse(artist, invalid)).toMatchObject({ typed: false, success: false });
  for (const invalid of [{ name: 5 }, 5, null])
    expect(v.safeParse(insertSchema(schema, "artist"), invalid)).toMatchObject({
      typed: false,
      success: false,
    });
});

test("abortEarly stops at the first issue on any level", () => {
  const first = (input: unknown): readonly unknown[] =>
    (v.safeParse(artist, input, { abortEarly: true }).issues ?? []).map(issue => v.getDotPath(issue));
  expect(first({ name: 1, album: [{ title: 1 }, { title: 2 }] })).toEqual(["name"]);
  expect(first({ name: "a", album: [{ title: 1 }, { title: 2 }] })).toEqual(["album.0.title"]);
});

test("a path has the kind of each container", () => {
  const { issues } = v.safeParse(artist, {
    name: "a",
    album: [{ title: "x", track: [{ ...track, name: 1 }] }],
  });
  expect(issues![0].path!.map(({ type }) => type)).toEqual(["object", "array", "object", "array", "object"]);
});

test("issues have the path from the outermost row", () => {
  expect(
    paths({
      name: 1,
      album: [
        { title: "x", track: [{ ...track, milliseconds: 0 }] },
        { artist_id: 1, title: "y", track: [{ ...track, seconds: 5 }] },
      ],
    }),
  ).toEqual([
    "name: Expected a string, received 1",
    "album.0.track.0.milliseconds: Expected a value that satisfies milliseconds > 0, received 0 (constraint track_milliseconds_check)",
    "album.1.artist_id: Expected no value for this column, received 1 (its value comes from the related row)",
    "album.1.track.0.seconds: Expected no value for this column, received 5 (the column is generated)",
  ]);
  expect(paths({ name: "a", album: {} })).toEqual([
    "album: Expected an array of rows of album, received an object",
  ]);
});

test("a row requires the columns that refer to another row, or that row itself", () => {
  const album = insertSchema(schema, "album", { include: nest({ artist: true }) });
  expect(paths({ title: "x" }, album)).toEqual([
    "artist_id: Expected a value, received nothing (the column is NOT NULL without a default)",
  ]);
  expect(paths({ title: "x", artist_id: 1 }, album)).toEqual([]);
  expect(paths({ title: "x", artist: { name: "a" } }, album)).toEqual([]);
  expect(paths({ title: "x", artist: { name: "a" }, artist_id: 1 }, album)).toHaveLength(1);
});

test("its entries support pick and omit", () => {
  expect(paths({ name: "a", album: [] }, v.omit(artist, ["album"]))).toEqual([
    'album: Expected a column of artist, received "album"',
  ]);
  expect(paths({ album: [{ title: 5 }] }, v.pick(artist, ["album"]))).toEqual([
    "album.0.title: Expected a string, received 5",
  ]);
});

test("custom schemas are applied to the outermost row", () => {
  const refined = insertSchema(schema, "artist", {
    include,
    columns: { name: v.pipe(v.string(), v.toUpperCase()) },
  });
  expect(v.parse(refined, { name: "a", album: [{ title: "x" }] })).toEqual({
    name: "A",
    album: [{ title: "x" }],
  });
});

test("JSON Schema has the relations as properties", () => {
  const json = artist["~standard"].jsonSchema.input({ target: "draft-2020-12" }) as {
    properties: Record<string, { type: string; items: { properties: object; required: string[] } }>;
  };
  expect(json.properties["album"]!.type).toBe("array");
  expect(Object.keys(json.properties["album"]!.items.properties)).toEqual([
    "album_id",
    "title",
    "released_on",
    "track",
  ]);
  expect(json.properties["album"]!.items.required).toEqual(["title"]);
});

test("the JSON Schema of a single related row is that of the row, which replaces the columns that refer to it", () => {
  const album = insertSchema(schema, "album", { include: nest({ artist: true }) });
  const json = album["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  expect(json["required"]).toEqual(["title"]);
  expect(json["properties"]).toMatchObject({ artist: { type: "object", required: ["name"] } });
});

test("null means no row if the foreign key may be NULL, also in JSON Schema", () => {
  const manager = { table: "employee", many: false } as const;
  const employee = insertSchema(schema, "employee", { include: nest({ manager }) });
  const row = { employee_id: 1, first_name: "a", last_name: "b", title: "c", hired_on: "2026-01-01" };
  expect(v.parse(employee, { ...row, manager: null })).toEqual(row);
  const json = employee["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  expect(json["properties"]).toMatchObject({ manager: { anyOf: [{ type: "object" }, { type: "null" }] } });
});

test("an unknown relation is rejected", () => {
  expect(() => insertSchema(schema, "artist", { include: nest({ albums: true }) as never })).toThrow(
    UnknownNameError,
  );
});
