import { expect, expectTypeOf, test } from "bun:test";
import type * as v from "valibot";
import { insert, insertMany, insertSchema, nest } from "../../src/index.ts";
import { type ArtistRow, sql, store, type TrackRow, wide } from "../support/typed-music-store.ts";

const include = nest({ album: { include: { track: true } } });
const track = { name: "t", media_type_id: 1, milliseconds: 5 };

async function nested(): Promise<void> {
  const row = { name: "a", album: [{ title: "x", track: [track] }] };
  const stored = await insert(sql, store, "artist", row, { include });
  expectTypeOf(stored!.country).toEqualTypeOf<ArtistRow["country"]>();
  expectTypeOf(stored!.album[0]!.title).toEqualTypeOf<string>();
  expectTypeOf(stored!.album[0]!.track[0]!.bytes).toEqualTypeOf<TrackRow["bytes"]>();
  const [album] = await insertMany(sql, store, "album", [{ title: "x", artist: { name: "a" } }], {
    include: nest({ artist: { select: ["name"] } }),
    returning: ["album_id"],
  });
  expectTypeOf(album!.album_id).toEqualTypeOf<number>();
  expectTypeOf(album!.artist).toEqualTypeOf<{ name: string } | undefined>();
  // @ts-expect-error a column that was not returned
  album!.title;
  expectTypeOf(await insertMany(sql, store, "artist", [row], { include })).toEqualTypeOf<number>();
  await insert(sql, store, "album", { title: "x", artist_id: 1 }, { include: nest({ artist: true }) });
  const manager = { table: "employee", many: false } as const;
  await insert(sql, store, "employee", { employee_id: 1, first_name: "a" }, { include: nest({ manager }) });
  await insert(
    sql,
    store,
    "employee",
    { employee_id: 1, first_name: "a", manager: null },
    { include: nest({ manager }) },
  );
  expectTypeOf(await insert(sql, wide, "artist", row, { include })).not.toBeAny();
}

async function mistakes(): Promise<void> {
  // @ts-expect-error no such column in the nested row
  await insert(sql, store, "artist", { name: "a", album: [{ titel: "x" }] }, { include });
  // @ts-expect-error a nested row without a required column
  await insert(sql, store, "artist", { name: "a", album: [{ released_on: null }] }, { include });
  // @ts-expect-error its value comes from the row around it
  await insert(sql, store, "artist", { name: "a", album: [{ title: "x", artist_id: 1 }] }, { include });
  // @ts-expect-error one row instead of an array
  await insert(sql, store, "artist", { name: "a", album: { title: "x" } }, { include });
  const artists = { title: "x", artist: [{ name: "a" }] };
  // @ts-expect-error an array instead of one row
  await insert(sql, store, "album", artists, { include: nest({ artist: true }) });
  // @ts-expect-error no such relation
  await insert(sql, store, "artist", { name: "a" }, { include: nest({ albums: true }) });
  // @ts-expect-error nested rows without an include
  await insert(sql, store, "artist", { name: "a", album: [{ title: "x" }] });
}

function validation(): void {
  const tree = insertSchema(store, "artist", { include });
  expectTypeOf<v.InferOutput<typeof tree>["name"]>().toEqualTypeOf<string>();
}

test("rows with nested rows have types", () => {
  expect([nested, mistakes, validation].every(one => typeof one === "function")).toBe(true);
});
