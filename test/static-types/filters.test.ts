import { expect, expectTypeOf, test } from "bun:test";
import {
  and,
  between,
  containedBy,
  contains,
  distinctFrom,
  eq,
  every,
  expr,
  filterSchema,
  gt,
  hasKey,
  isNull,
  like,
  lt,
  ne,
  none,
  noneOf,
  not,
  notNull,
  oneOf,
  or,
  overlaps,
  rowsWhere,
  scope,
  search,
  some,
  type Where,
} from "../../src/index.ts";
import { type AlbumRow, sql, store, type TrackFilter, wide } from "../support/typed-music-store.ts";

async function values(): Promise<void> {
  await rowsWhere(sql, store, "track", { where: { name: "a", composer: null, milliseconds: 1 } });
  await rowsWhere(sql, store, "track", { where: { bytes: 5n, unit_price: 0.99, tags: ["live"] as const } });
  await rowsWhere(sql, store, "invoice", { where: { invoiced_at: gt("2026-01-01T00:00:00Z") } });
  await rowsWhere(sql, store, "invoice", {
    where: { invoiced_at: between(new Date(), "2026-01-01T00:00:00Z") },
  });
  await rowsWhere(sql, store, "customer", { where: { tier: "pro" } });
  await rowsWhere(sql, store, "customer", { where: { tier: oneOf(["pro", "plus"]) } });
  // @ts-expect-error no such column
  await rowsWhere(sql, store, "track", { where: { nmae: "a" } });
  // @ts-expect-error a value of the wrong type
  await rowsWhere(sql, store, "track", { where: { name: 1 } });
  // @ts-expect-error undefined is not a value
  await rowsWhere(sql, store, "track", { where: { name: undefined } });
  // @ts-expect-error no such label
  await rowsWhere(sql, store, "customer", { where: { tier: "gold" } });
  // @ts-expect-error no such label in a list
  await rowsWhere(sql, store, "customer", { where: { tier: oneOf(["pro", "gold"]) } });
}

async function operators(): Promise<void> {
  await rowsWhere(sql, store, "track", {
    where: { name: like("A%"), milliseconds: gt(1), composer: isNull() },
  });
  await rowsWhere(sql, store, "track", { where: { name: search("love"), composer: notNull() } });
  await rowsWhere(sql, store, "track", { where: { genre_id: noneOf([1, null]), composer: ne("Bach") } });
  await rowsWhere(sql, store, "track", { where: { composer: distinctFrom(null), name: eq("a") } });
  await rowsWhere(sql, store, "track", { where: { tags: contains(["live"]) } });
  await rowsWhere(sql, store, "track", {
    where: { tags: or(overlaps(["live"]), containedBy([]), isNull()) },
  });
  await rowsWhere(sql, store, "customer", { where: { settings: and(hasKey("theme"), not(contains({}))) } });
  // @ts-expect-error an operator on a value of the wrong type
  await rowsWhere(sql, store, "track", { where: { name: gt(1) } });
  // @ts-expect-error nothing is greater than NULL
  await rowsWhere(sql, store, "track", { where: { composer: gt(null) } });
  // @ts-expect-error a value that can be null
  await rowsWhere(sql, store, "track", { where: { composer: lt(null as string | null) } });
  await rowsWhere(sql, store, "track", { where: { composer: and(eq(null as string | null), ne(null)) } });
  await rowsWhere(sql, store, "track", { where: { composer: not(oneOf([null])), genre_id: noneOf([null]) } });
  // @ts-expect-error a bound that can be null
  await rowsWhere(sql, store, "track", { where: { milliseconds: between(1, null as number | null) } });
  await rowsWhere(sql, wide, "track", {
    where: { milliseconds: gt(1 as unknown), composer: between("a", "b") },
  });
  // @ts-expect-error a list of the wrong type
  await rowsWhere(sql, store, "track", { where: { milliseconds: oneOf(["1"]) } });
  // @ts-expect-error a pattern for a number
  await rowsWhere(sql, store, "track", { where: { milliseconds: like("1%") } });
  // @ts-expect-error words in a number
  await rowsWhere(sql, store, "track", { where: { milliseconds: search("love") } });
  // @ts-expect-error text contains nothing
  await rowsWhere(sql, store, "track", { where: { name: contains("a") } });
  // @ts-expect-error a date has no keys
  await rowsWhere(sql, store, "invoice", { where: { invoiced_at: hasKey("a") } });
  // @ts-expect-error numbers have nothing in common
  await rowsWhere(sql, store, "track", { where: { milliseconds: overlaps([1]) } });
  // @ts-expect-error the opposite of an operator that does not fit
  await rowsWhere(sql, store, "track", { where: { name: not(contains("a")) } });
}

async function combinations(): Promise<void> {
  await rowsWhere(sql, store, "track", { where: or({ name: "a" }, { composer: null, track_id: gt(1) }) });
  await rowsWhere(sql, store, "track", { where: and(or({ name: like("a") }), not({ track_id: 1 })) });
  await rowsWhere(sql, store, "track", { where: and(expr`random() < 0.5`, { track_id: 1 }) });
  await rowsWhere(sql, store, "track", { where: { track_id: and(gt(1), lt(2)) } });
  await rowsWhere(sql, store, "track", { where: and({ name: "a" }, some("album", { title: "b" })) });
  await rowsWhere(sql, store, "artist", { where: or(none("album"), every("album", { title: like("A%") })) });
  await rowsWhere(sql, store, "track", {
    where: some("album", { title: like("A%") } satisfies Where<AlbumRow>),
  });
  // @ts-expect-error no such column of the related table
  some("album", { titel: "b" } satisfies Where<AlbumRow>);
  await rowsWhere(sql, store, "artist", {
    where: or(some("album", some("track", { milliseconds: and(gt(1), lt(2)), name: not(search("a")) }))),
    include: { album: { where: none("track", { name: like("A%") }) } },
  });
  // @ts-expect-error no such column of the related table
  await rowsWhere(sql, store, "artist", { where: some("album", { titel: "b" }) });
  // @ts-expect-error no such column of a table that is related to the related table
  await rowsWhere(sql, store, "artist", { where: not(none("album", every("track", { nmae: "a" }))) });
  // @ts-expect-error a value of the wrong type in the related table
  await rowsWhere(sql, store, "artist", { where: not(some("album", { title: 5 })) });
  // @ts-expect-error no such column in a combination in a combination
  await rowsWhere(sql, store, "track", { where: and(or({ nmae: "a" })) });
  const some1 = some("album", { title: "b" });
  await rowsWhere(sql, store, "artist", { where: or(some1, { name: "a" }) });
  await rowsWhere(sql, store, "track", { where: { name: and(search("a"), search("b")) } });
  await rowsWhere(sql, store, "track", { where: and(search("a"), not(search("b"))) });
  await rowsWhere(sql, store, "artist", { where: none("album", not(search("a"))) });
  const later = or({ name: "a" });
  await rowsWhere(sql, store, "track", { where: later });
  const kept: Where<TrackFilter> = { name: "a" };
  await rowsWhere(sql, store, "track", { where: kept });
  // @ts-expect-error no such column in a combination
  await rowsWhere(sql, store, "track", { where: or({ nmae: "a" }) });
  // @ts-expect-error no such column beside another filter
  await rowsWhere(sql, store, "track", { where: and({ name: "a" }, { nmae: "a" }) });
  // @ts-expect-error an object is not an operator
  await rowsWhere(sql, store, "track", { where: { name: { gt: "a" } } });
}

async function others(): Promise<void> {
  expectTypeOf(scope(store, { album: { artist_id: 1 } })).toExtend<typeof store>();
  // @ts-expect-error no such table
  scope(store, { albums: { artist_id: 1 } });
  // @ts-expect-error no such column
  scope(store, { album: { artist: 1 } });
  // @ts-expect-error a value of the wrong type
  scope(store, { album: { artist_id: "1" } });
  expectTypeOf(filterSchema(store, "track")["~types"]).toExtend<{ output: Where<TrackFilter> } | undefined>();
  // @ts-expect-error no such column
  filterSchema(store, "track", { columns: ["nmae"] });
}

async function untyped(): Promise<void> {
  await rowsWhere(sql, wide, "any", { where: { a: 1, b: gt(2), c: like("x"), d: contains([1]) } });
  await rowsWhere(sql, wide, "any", { where: and(some("other", { anything: 1 }), { constructor: "x" }) });
  const bound = gt(5);
  await rowsWhere(sql, wide, "any", { where: or({ a: bound }, { b: not(bound) }) });
}

test("filters and operators accept values of the column's type", () => {
  expect([values, operators, combinations, others, untyped]).toHaveLength(5);
});
