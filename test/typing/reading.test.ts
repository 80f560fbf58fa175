// Checked by the compiler; the functions are never called.
import { expect, expectTypeOf, test } from "bun:test";
import {
  and,
  get,
  getMany,
  groupBy,
  gt,
  like,
  not,
  or,
  pksAndRowsWhere,
  rowsWhere,
  type SchemaSnapshot,
  type SqlHandle,
  selectOne,
} from "../../src/index.ts";

interface Tables {
  readonly track: {
    readonly row: { track_id: number; name: string; composer: string | null };
    readonly insert: object;
    readonly update: object;
    readonly key: number;
  };
  readonly playlist_track: {
    readonly row: { playlist_id: number; track_id: number };
    readonly insert: object;
    readonly update: object;
    readonly key: { playlist_id: number; track_id: number };
  };
}

type Track = Tables["track"]["row"];

async function typed(sql: SqlHandle, schema: SchemaSnapshot<Tables>): Promise<void> {
  expectTypeOf(await rowsWhere(sql, schema, "track")).toEqualTypeOf<Track[]>();
  expectTypeOf(await rowsWhere(sql, schema, "track", { select: ["name"] })).toEqualTypeOf<
    Pick<Track, "name">[]
  >();
  expectTypeOf(await get(sql, schema, "track", 1)).toEqualTypeOf<Track | undefined>();
  expectTypeOf(await selectOne(sql, schema, "track", { select: ["composer"] })).toEqualTypeOf<
    Pick<Track, "composer">
  >();
  expectTypeOf(await getMany(sql, schema, "track", [1])).toEqualTypeOf<(Track | undefined)[]>();
  expectTypeOf(await pksAndRowsWhere(sql, schema, "track")).toEqualTypeOf<[number, Track][]>();
  const groups = await groupBy(sql, schema, "track", "name", { aggregates: { n: "count" }, orderBy: "n" });
  expectTypeOf(groups[0]!.name).toEqualTypeOf<string>();
  await rowsWhere(sql, schema, "track", { where: or({ name: "a" }, { composer: null, track_id: gt(1) }) });
  await rowsWhere(sql, schema, "track", { where: and(or({ name: like("a") }), not({ track_id: 1 })) });
  await rowsWhere(sql, schema, "track", { where: { track_id: and(gt(1), gt(2)) } });
  await get(sql, schema, "playlist_track", { playlist_id: 1, track_id: 2 });
  const later = or({ name: "a" });
  await rowsWhere(sql, schema, "track", { where: later });

  // @ts-expect-error no such table
  await rowsWhere(sql, schema, "tracks");
  // @ts-expect-error no such column
  await rowsWhere(sql, schema, "track", { select: ["nmae"] });
  // @ts-expect-error no such column
  await rowsWhere(sql, schema, "track", { where: { nmae: "a" } });
  // @ts-expect-error no such column in a combination
  await rowsWhere(sql, schema, "track", { where: or({ nmae: "a" }) });
  // @ts-expect-error a value of the wrong type
  await rowsWhere(sql, schema, "track", { where: { name: 1 } });
  // @ts-expect-error an operator on a value of the wrong type
  await rowsWhere(sql, schema, "track", { where: { name: gt(1) } });
  // @ts-expect-error no such column
  await rowsWhere(sql, schema, "track", { orderBy: "nmae" });
  // @ts-expect-error a key of the wrong type
  await get(sql, schema, "track", "1");
  // @ts-expect-error half a key
  await get(sql, schema, "playlist_track", { playlist_id: 1 });
}

async function untyped(sql: SqlHandle, schema: SchemaSnapshot): Promise<void> {
  expectTypeOf(await rowsWhere(sql, schema, "any")).toEqualTypeOf<Record<string, unknown>[]>();
  await rowsWhere(sql, schema, "any", { where: or({ a: 1 }, { b: gt(2) }), orderBy: ["c"] });
}

test("the types of reading functions hold for typed and untyped snapshots", () => {
  expect([typed, untyped]).toHaveLength(2);
});
