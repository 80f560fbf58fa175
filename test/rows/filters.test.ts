import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  and,
  between,
  col,
  containedBy,
  contains,
  count,
  distinctFrom,
  eq,
  expr,
  gt,
  gte,
  hasKey,
  ilike,
  isNull,
  like,
  lt,
  lte,
  matches,
  ne,
  noneOf,
  not,
  notNull,
  oneOf,
  or,
  overlaps,
  some,
  type Where,
} from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

/** Filter → the SQL of its condition, its parameters, and the same filter written by hand. */
const FILTERS: readonly [
  name: string,
  table: string,
  where: Where,
  text: string,
  params: readonly (string | null)[],
  byHand: string,
][] = [
  ["a value", "track", { track_id: 5 }, `"track_id" = $1::text::int4`, ["5"], "track_id = 5"],
  ["null", "track", { composer: null }, `"composer" IS NULL`, [], "composer is null"],
  [
    "two columns",
    "track",
    { genre_id: 1, album_id: 2 },
    `"genre_id" = $1::text::int4 AND "album_id" = $2::text::int4`,
    ["1", "2"],
    "genre_id = 1 and album_id = 2",
  ],
  ["no column", "track", {}, "", [], "true"],
  ["eq", "track", { name: eq("x") }, `"name" = $1::text::varchar`, ["x"], "name = 'x'"],
  ["eq(null)", "track", { composer: eq<string>(null) }, `"composer" IS NULL`, [], "composer is null"],
  ["ne", "track", { genre_id: ne(1) }, `"genre_id" <> $1::text::int4`, ["1"], "genre_id <> 1"],
  ["ne(null)", "track", { composer: ne<string>(null) }, `"composer" IS NOT NULL`, [], "composer is not null"],
  ["gt", "track", { bytes: gt("9000000") }, `"bytes" > $1::text::int8`, ["9000000"], "bytes > 9000000"],
  [
    "gte",
    "track",
    { unit_price: gte("0.99") },
    `"unit_price" >= $1::text::numeric`,
    ["0.99"],
    "unit_price >= 0.99",
  ],
  [
    "lt",
    "track",
    { milliseconds: lt(200_000) },
    `"milliseconds" < $1::text::int4`,
    ["200000"],
    "milliseconds < 200000",
  ],
  [
    "lte",
    "album",
    { released_on: lte("1990-01-01") },
    `"released_on" <= $1::text::date`,
    ["1990-01-01"],
    "released_on <= '1990-01-01'",
  ],
  [
    "between",
    "track",
    { milliseconds: between(200_000, 300_000) },
    `"milliseconds" BETWEEN $1::text::int4 AND $2::text::int4`,
    ["200000", "300000"],
    "milliseconds between 200000 and 300000",
  ],
  [
    "oneOf",
    "track",
    { genre_id: oneOf([1, 2]) },
    `"genre_id" = ANY ($1::int4[])`,
    ["{1,2}"],
    "genre_id in (1, 2)",
  ],
  [
    "oneOf with null",
    "track",
    { genre_id: oneOf([1, null]) },
    `("genre_id" = ANY ($1::int4[]) OR "genre_id" IS NULL)`,
    ["{1}"],
    "genre_id = 1 or genre_id is null",
  ],
  ["oneOf of nothing", "track", { genre_id: oneOf([]) }, `"genre_id" = ANY ($1::int4[])`, ["{}"], "false"],
  [
    "noneOf",
    "track",
    { genre_id: noneOf([1, 2]) },
    `"genre_id" <> ALL ($1::int4[])`,
    ["{1,2}"],
    "genre_id not in (1, 2)",
  ],
  [
    "noneOf with null",
    "track",
    { composer: noneOf(["a", null]) },
    `("composer" <> ALL ($1::varchar[]) AND "composer" IS NOT NULL)`,
    [`{"a"}`],
    "composer <> 'a'",
  ],
  [
    "noneOf of nothing",
    "track",
    { composer: noneOf([]) },
    `"composer" <> ALL ($1::varchar[])`,
    ["{}"],
    "true",
  ],
  [
    "an enum",
    "customer",
    { tier: oneOf(["pro", "plus"]) },
    `"tier" = ANY ($1::text::"public"."customer_tier"[])`,
    [`{"pro","plus"}`],
    "tier in ('pro', 'plus')",
  ],
  ["like", "artist", { name: like("The %") }, `"name" LIKE $1::text`, ["The %"], "name like 'The %'"],
  ["ilike", "artist", { name: ilike("the %") }, `"name" ILIKE $1::text`, ["the %"], "name ilike 'the %'"],
  ["matches", "artist", { name: matches("^T.e") }, `"name" ~ $1::text`, ["^T.e"], "name ~ '^T.e'"],
  ["isNull", "track", { composer: isNull() }, `"composer" IS NULL`, [], "composer is null"],
  ["notNull", "track", { composer: notNull() }, `"composer" IS NOT NULL`, [], "composer is not null"],
  [
    "contains, array",
    "track",
    { tags: contains(["live"]) },
    `"tags" @> $1::text::text[]`,
    [`{"live"}`],
    "tags @> '{live}'",
  ],
  [
    "containedBy, array",
    "track",
    { tags: containedBy(["live"]) },
    `"tags" <@ $1::text::text[]`,
    [`{"live"}`],
    "tags <@ '{live}'",
  ],
  [
    "overlaps, array",
    "track",
    { tags: overlaps(["live", "x"]) },
    `"tags" && $1::text::text[]`,
    [`{"live","x"}`],
    "tags && '{live,x}'",
  ],
  [
    "contains, jsonb",
    "customer",
    { settings: contains({ theme: "dark" }) },
    `"settings" @> $1::text::jsonb`,
    [`{"theme":"dark"}`],
    `settings @> '{"theme":"dark"}'`,
  ],
  [
    "hasKey",
    "customer",
    { settings: hasKey("theme") },
    `"settings" ? $1::text`,
    ["theme"],
    "settings ? 'theme'",
  ],
  ["a jsonb value", "customer", { settings: {} }, `"settings" = $1::text::jsonb`, ["{}"], "settings = '{}'"],
  [
    "distinctFrom",
    "track",
    { composer: distinctFrom("x") },
    `"composer" IS DISTINCT FROM $1::text::varchar`,
    ["x"],
    "composer is distinct from 'x'",
  ],
  [
    "distinctFrom(null)",
    "track",
    { composer: distinctFrom<string>(null) },
    `"composer" IS NOT NULL`,
    [],
    "composer is not null",
  ],
  [
    "and on a column",
    "track",
    { milliseconds: and(gt(200_000), lt(250_000)) },
    `("milliseconds" > $1::text::int4 AND "milliseconds" < $2::text::int4)`,
    ["200000", "250000"],
    "milliseconds > 200000 and milliseconds < 250000",
  ],
  [
    "or on a column",
    "track",
    { genre_id: or(eq(1), isNull()) },
    `("genre_id" = $1::text::int4 OR "genre_id" IS NULL)`,
    ["1"],
    "genre_id = 1 or genre_id is null",
  ],
  [
    "not on a column",
    "track",
    { name: not(like("A%")) },
    `NOT ("name" LIKE $1::text)`,
    ["A%"],
    "not (name like 'A%')",
  ],
  [
    "or",
    "track",
    or({ genre_id: 1 }, { album_id: 2 }),
    `("genre_id" = $1::text::int4 OR "album_id" = $2::text::int4)`,
    ["1", "2"],
    "genre_id = 1 or album_id = 2",
  ],
  [
    "or of columns",
    "track",
    or({ genre_id: 1, album_id: 2 }, { track_id: 3 }),
    `("genre_id" = $1::text::int4 AND "album_id" = $2::text::int4 OR "track_id" = $3::text::int4)`,
    ["1", "2", "3"],
    "genre_id = 1 and album_id = 2 or track_id = 3",
  ],
  [
    "and of or",
    "track",
    and(or({ genre_id: 1 }, { genre_id: 2 }), { album_id: 2 }),
    `(("genre_id" = $1::text::int4 OR "genre_id" = $2::text::int4) AND "album_id" = $3::text::int4)`,
    ["1", "2", "2"],
    "genre_id in (1, 2) and album_id = 2",
  ],
  [
    "not",
    "track",
    not({ genre_id: 1, album_id: 2 }),
    `NOT ("genre_id" = $1::text::int4 AND "album_id" = $2::text::int4)`,
    ["1", "2"],
    "not (genre_id = 1 and album_id = 2)",
  ],
  ["or of nothing", "track", or(), "false", [], "false"],
  ["and of nothing", "track", and(), "true", [], "true"],
  [
    "or with an empty filter",
    "track",
    or({}, { genre_id: 1 }),
    `(true OR "genre_id" = $1::text::int4)`,
    ["1"],
    "true",
  ],
  ["not of nothing", "track", not({}), "NOT (true)", [], "false"],
  [
    "expr",
    "track",
    expr`lower(${col("track", "name")}) < ${"m"}`,
    `(lower("track"."name") < $1)`,
    ["m"],
    "lower(name) < 'm'",
  ],
  [
    "expr with or",
    "track",
    and(expr`genre_id = 1 or genre_id = 2`, { album_id: 2 }),
    `((genre_id = 1 or genre_id = 2) AND "album_id" = $1::text::int4)`,
    ["2"],
    "genre_id in (1, 2) and album_id = 2",
  ],
  [
    "a condition on a view",
    "album_overview",
    { artist: like("T%"), tracks: gt("2") },
    `"artist" LIKE $1::text AND "tracks" > $2::text::int8`,
    ["T%", "2"],
    "artist like 'T%' and tracks > 2",
  ],
];

for (const [name, table, where, text, params, byHand] of FILTERS) {
  test(`${name}: exact SQL, and as many rows as the same by hand`, async () => {
    expect(countSql(store.schema, table, { where })).toEqual({
      text: `SELECT count(*) AS "count" FROM "public"."${table}"${text === "" ? "" : ` WHERE ${text}`}`,
      params: [...params],
    });
    const [expected] = await store.sql.unsafe(`select count(*)::int from ${table} where ${byHand}`).values();
    expect(await count(store.sql, store.schema, table, { where })).toBe(expected[0]);
  });
}

/** Filter → the message it is refused with, before anything is sent. */
const REFUSED: readonly [name: string, where: unknown, message: string][] = [
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
  ["text where a number is", { genre_id: "one" }, "track.genre_id: expected an integer"],
  [
    "like on a number",
    { genre_id: like("1") },
    "track.genre_id: like requires a column of type text, this column is integer",
  ],
  ["like of a number", { name: like(1 as never) }, "track.name: like requires a string, received 1"],
  [
    "hasKey on text",
    { name: hasKey("a") },
    "track.name: hasKey requires a column of type jsonb, this column is character varying(200)",
  ],
  [
    "contains on text",
    { name: contains("a") },
    "track.name: contains requires a column of type array, range or jsonb",
  ],
  ["an operator without a column", gt(1), "track: gt(...) requires a column; write { column: gt(...) }"],
  [
    "a string",
    "genre_id = 1",
    'track: where must be an object of column → value, and(...), or(...), not(...) or expr, received "genre_id = 1"',
  ],
  ["an array", [{ genre_id: 1 }], "received an array of 1"],
  ["null", null, "received null"],
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
    "track.genre_id: some(...) is a filter of its own; write it outside the column",
  ],
];

for (const [name, where, message] of REFUSED) {
  test(`${name} in a filter is refused`, () => {
    expect(() => countSql(store.schema, "track", { where: where as Where })).toThrow(message);
  });
}

test("oneOf and noneOf take arrays only", () => {
  expect(() => oneOf("1" as never)).toThrow('oneOf requires an array of values, received "1"');
  expect(() => noneOf(undefined as never)).toThrow("noneOf requires an array of values, received undefined");
});
