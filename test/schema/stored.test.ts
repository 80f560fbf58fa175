import { afterAll, beforeAll, expect, test } from "bun:test";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { migrationSql, schemaSql } from "../../src/ddl/index.ts";
import {
  assertFresh,
  fingerprint,
  get,
  loadSchema,
  parseSchema,
  type SchemaSnapshot,
  SnapshotError,
  schemaDiff,
  scope,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { ODD_CASES } from "../support/odd-cases.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: MUSIC_STORE_SQL });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

test("a snapshot is frozen at every level and contains no functions or oids", () => {
  const visit = (value: unknown): void => {
    expect(typeof value).not.toBe("function");
    if (typeof value !== "object" || value === null) return;
    expect(Object.isFrozen(value)).toBe(true);
    for (const [key, part] of Object.entries(value)) {
      expect(key).not.toMatch(/oid$/i);
      visit(part);
    }
  };
  visit(schema);
});

test("a snapshot that is parsed from JSON is equal and usable", async () => {
  const stored = JSON.stringify(schema);
  expect(parseSchema(stored)).toEqual(schema);
  expect(parseSchema(JSON.parse(stored))).toEqual(schema);
  expect(Object.isFrozen(parseSchema(stored).relations[0])).toBe(true);
  expect(await get(database.sql, parseSchema(stored), "genre", 1)).toEqual(
    await get(database.sql, schema, "genre", 1),
  );
});

test("the snapshot of the odd cases is equal after JSON too", async () => {
  const odd = await testDatabase({ template: ODD_CASES });
  const loaded = await loadSchema(odd.sql);
  expect(parseSchema(JSON.stringify(loaded))).toEqual(loaded);
  await odd.drop();
});

test.each(["genre.nope", "nope.name", "genre", 'genre."name"'])(
  "a stored JavaScript form for %j, which is not the path of a column, is an error",
  path => {
    const stored = { ...schema, jsTypes: { ...schema.jsTypes, columns: { [path]: "bigint" } } };
    expect(() => parseSchema(JSON.stringify(stored))).toThrow(
      new SnapshotError(
        `the stored snapshot has a JavaScript form for ${path}, which is not the path of a column; load the snapshot again`,
      ),
    );
  },
);

/** The snapshot with a different value at a path, or without the path if no value is given. */
function damagedSnapshot(path: string, value?: unknown): unknown {
  const steps = path.split(".");
  const last = steps.pop()!;
  const copy: unknown = structuredClone(schema);
  const parent = steps.reduce((thing, step) => (thing as Record<string, unknown>)[step], copy);
  if (value === undefined) Reflect.deleteProperty(parent as object, last);
  else Reflect.set(parent as object, last, value);
  return copy;
}

test("a damaged or newer snapshot is rejected with the position of the problem", () => {
  const rejected: [unknown, string][] = [
    [
      "{",
      'the stored snapshot is not valid JSON (character 2: expected a property name in double quotes or "}", received the end of the text)',
    ],
    ["null", "the value is not a rowfn snapshot; load one with loadSchema"],
    [{}, "the value is not a rowfn snapshot; load one with loadSchema"],
    [
      damagedSnapshot("formatVersion", 3),
      "the snapshot has format 3, but this version of rowfn reads format 2; update rowfn",
    ],
    [damagedSnapshot("relations"), "snapshot.relations"],
    [damagedSnapshot("relations.0.columns.0.notNull", "yes"), "relations[0].columns[0].notNull"],
    [damagedSnapshot("relations.0.kind", "graph"), "relations[0].kind"],
    [damagedSnapshot("relations.1.primaryKey", 1), "relations[1].primaryKey"],
    [damagedSnapshot("types.int4"), "album.album_id has type int4, which is missing"],
    [damagedSnapshot("jsTypes.int8", "float"), "jsTypes.int8"],
    [damagedSnapshot("relations.0.columns.0.position", 1.5), "relations[0].columns[0].position"],
    [damagedSnapshot("relations.0.nonsense", 1), "relations[0].nonsense"],
    [
      damagedSnapshot("scope", { album: { artist_id: "1", nope: "1" } }),
      "a rule for album (artist_id, nope)",
    ],
    [damagedSnapshot("formatVersion", 0), "the value is not a rowfn snapshot; load one with loadSchema"],
  ];
  for (const [json, message] of rejected) expect(() => parseSchema(json)).toThrow(message);
});

// It lacks later additions to the format, such as policies, which would seem not to exist.
test("a snapshot of an earlier version is rejected where it is parsed and where it is compared", async () => {
  const old = damagedSnapshot("formatVersion", 1) as SchemaSnapshot;
  const message =
    "the snapshot has format 1 of an earlier version of rowfn, which read less of the database; make it again with loadSchema or rowfn generate";
  const calls: readonly (() => unknown)[] = [
    () => parseSchema(JSON.stringify(old)),
    () => migrationSql(old, schema),
    () => migrationSql(schema, old),
    () => schemaDiff(schema, old),
    () => fingerprint(old),
    () => schemaSql(old),
    () => assertFresh(database.sql, old),
  ];
  for (const call of calls) {
    const error = await failure(Promise.try(call));
    expect(error).toBeInstanceOf(SnapshotError);
    expect(error.message).toBe(message);
  }
});

test("two snapshots of the same database are equal, whatever the database's name", async () => {
  const other = await testDatabase({ template: MUSIC_STORE_SQL });
  const copy = await loadSchema(other.sql);
  expect(fingerprint(copy)).toBe(fingerprint(schema));
  expect(schemaDiff(schema, copy)).toEqual([]);
  expect(copy.database).not.toBe(schema.database);
  await other.drop();
});

test("schemaDiff returns one line per change, and assertFresh throws them", async () => {
  const other = await testDatabase({ template: MUSIC_STORE_SQL });
  await assertFresh(other.sql, schema);
  await other.sql.unsafe(`
    drop view album_overview;
    drop materialized view genre_sales;
    alter table album alter column title type text;
    alter table album add column label text not null default 'x';
    alter table artist drop column country;
    alter table genre rename to style;
    alter table employee alter column title drop not null;
    alter table invoice_line drop constraint invoice_line_quantity_check;
    alter type customer_tier add value 'staff' before 'pro';
    drop index customer_email_key;
    alter table track drop constraint track_album_id_fkey;
    comment on table artist is null;
    create table extra (id uuid primary key, at timestamptz);`);
  const now = await loadSchema(other.sql);
  const lines = schemaDiff(schema, now);
  expect(lines).toEqual(EXPECTED);
  await expect(assertFresh(other.sql, schema)).rejects.toThrow(
    `the database differs from the snapshot; load or generate the snapshot again:\n  ${lines[0]}`,
  );
  expect(fingerprint(now)).not.toBe(fingerprint(schema));
  expect(schemaDiff(now, schema)).toHaveLength(lines.length);
  await other.drop();
});

const EXPECTED: string[] = [
  "column public.album.label: added",
  "column public.album.title: type character varying(160) → text",
  "view public.album_overview: removed",
  "table public.artist: comment Who made the music: a person or a band → none",
  "column public.artist.country: removed",
  "unique key public.customer.customer_email_key: removed",
  "column public.employee.title: not null true → false",
  "column public.employee.title: null on read never → possible",
  "table public.extra: added",
  "table public.genre: removed",
  "view public.genre_sales: removed",
  "check public.invoice_line.invoice_line_quantity_check: removed",
  "table public.style: added",
  "foreign key public.track.track_album_id_fkey: removed",
  'foreign key public.track.track_genre_id_fkey: references {"schema":"public","name":"genre","columns":["genre_id"]} → {"schema":"public","name":"style","columns":["genre_id"]}',
  'type public.customer_tier: labels ["free","plus","pro"] → ["free","plus","staff","pro"]',
];

test("schemaDiff ignores the scope and the JavaScript forms", async () => {
  expect(fingerprint(scope(schema, { album: { artist_id: 1 } }))).toBe(fingerprint(schema));
  expect(fingerprint(await loadSchema(database.sql, { types: { int8: "bigint" } }))).toBe(
    fingerprint(schema),
  );
});

test("loadSchema reads only the given PostgreSQL schemas and rejects one that does not exist", async () => {
  await database.sql.unsafe("create schema other; create table other.only (id int)");
  const only = await loadSchema(database.sql, { schemas: ["other"] });
  expect(only.relations.map(({ key }) => key)).toEqual(["other.only"]);
  await expect(loadSchema(database.sql, { schemas: ["othr"] })).rejects.toThrow(
    'schema "othr" does not exist',
  );
  await expect(loadSchema(database.sql, { schemas: [] })).rejects.toThrow("at least one name");
  await expect(loadSchema(database.sql, { types: { int9: "bigint" } as never })).rejects.toThrow(
    /"int9".*int8/,
  );
  await expect(loadSchema(database.sql, { types: { int8: "float" } as never })).rejects.toThrow(
    "types: int8 must be",
  );
  await database.sql.unsafe("drop schema other cascade");
});

test("loadSchema inside a transaction sees its tables and leaves its settings unchanged", async () => {
  await database.sql.begin(async tx => {
    await tx.unsafe("set local jit = on");
    await tx.unsafe("create table only_here (id int)");
    expect((await loadSchema(tx)).relations.some(({ key }) => key === "only_here")).toBe(true);
    expect((await tx.unsafe("show jit").values())[0]).toEqual(["on"]);
    await tx.unsafe("drop table only_here");
  });
});

test("an error that a stale snapshot causes says so", async () => {
  const other = await testDatabase({ template: MUSIC_STORE_SQL });
  await other.sql.unsafe("alter table genre drop column name cascade");
  await expect(get(other.sql, schema, "genre", 1)).rejects.toThrow(
    "the database no longer matches the snapshot: public.genre.name does not exist",
  );
  await other.drop();
});
