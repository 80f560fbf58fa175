// Filters that are rejected.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { and, contains, every, gt, hasKey, like, noneOf, oneOf, some, type Where } from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

/** Filter → the message with which it is rejected before anything is sent. */
const REJECTED: readonly [name: string, where: unknown, message: string][] = [
  [
    "undefined",
    { genre_id: undefined },
    "track.genre_id: undefined is not a filter; leave out the column, or use null for IS NULL",
  ],
  ["an unknown column", { gerne_id: 1 }, 'track has no column "gerne_id"'],
  ["an unknown operator from JSON", { genre_id: { gt: 1 } }, "track.genre_id: expected an integer"],
  [
    "gt(null)",
    { genre_id: gt(null) },
    "track.genre_id: null cannot be compared here; use isNull() or notNull()",
  ],
  ["gt(undefined)", { genre_id: gt(undefined) }, "track.genre_id: undefined is not a filter"],
  [
    "an integer out of range",
    { genre_id: 2 ** 31 },
    "track.genre_id: expected an integer from -2147483648 to 2147483647",
  ],
  ["text instead of a number", { genre_id: "one" }, "track.genre_id: expected an integer"],
  [
    "like on a number",
    { genre_id: like("1") },
    "track.genre_id: like requires a column of type text; this column has type integer",
  ],
  ["like with a number", { name: like(1 as never) }, "track.name: like requires a string, received 1"],
  [
    "hasKey on text",
    { name: hasKey("a") },
    "track.name: hasKey requires a column of type jsonb; this column has type character varying(200)",
  ],
  [
    "contains on text",
    { name: contains("a") },
    "track.name: contains requires a column of type array, range or jsonb",
  ],
  [
    "contains with a value that is not an array",
    { tags: contains("a" as never) },
    'track.tags: expected an array, received "a"',
  ],
  ["an operator without a column", gt(1), "track: gt(...) requires a column; write { column: gt(...) }"],
  [
    "a string",
    "genre_id = 1",
    'track: where must be an object { column: value }, and(...), or(...), not(...) or expr, received "genre_id = 1"',
  ],
  ["an array", [{ genre_id: 1 }], "received an array of length 1"],
  ["null", null, "received null"],
  ["a promise", Promise.resolve({ genre_id: 1 }), "received a value of class Promise"],
  ["a map", new Map([["genre_id", 9]]), "received a value of class Map"],
  ["a set", new Set(), "received a value of class Set"],
  ["search parameters", new URLSearchParams("genre_id=9"), "received a value of class URLSearchParams"],
  ["a class instance", new (class Filter {})(), "received a value of class Filter"],
  ["a Date", new Date(0), "received the Date 1970-01-01T00:00:00.000Z"],
  ["a regular expression", /a/, "received a value of class RegExp"],
  ["a function", () => ({}), "received a function"],
  ["every without a filter", every("genre", undefined as never), "track: every requires a filter"],
  [
    "undefined inside and",
    and(undefined as never),
    "track: and, or and not require filters, received undefined",
  ],
  [
    "a value inside and on a column",
    { genre_id: and(1 as never) },
    "track.genre_id: and requires operators, received 1",
  ],
  [
    "some on a column",
    { genre_id: some("genre") },
    "track.genre_id: some(...) is a separate filter; write it outside the column",
  ],
];

for (const [name, where, message] of REJECTED) {
  test(`${name} in a filter is rejected`, () => {
    expect(() => countSql(store.schema, "track", { where: where as Where })).toThrow(message);
  });
}

test("oneOf and noneOf accept only arrays", () => {
  expect(() => oneOf("1" as never)).toThrow('oneOf requires an array of values, received "1"');
  expect(() => noneOf(undefined as never)).toThrow("noneOf requires an array of values, received undefined");
});
