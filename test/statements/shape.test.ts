import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { parameterColumns } from "../../src/driver/statement.ts";
import {
  and,
  asc,
  between,
  byRelevance,
  desc,
  distinctFrom,
  eq,
  expr,
  gt,
  lte,
  ne,
  oneOf,
  parseSchema,
  type SchemaSnapshot,
  scope,
} from "../../src/index.ts";
import { formerRowSql } from "../../src/queues/former-row.ts";
import { includeNodes } from "../../src/statements/include-nodes.ts";
import { nestedSql, placeNodes } from "../../src/statements/include-sql.ts";
import {
  countSql,
  deleteRowSql,
  existsSql,
  getSql,
  insertSql,
  pageSql,
  rowsWhereSql,
  updateSql,
  upsertSql,
} from "../../src/statements/index.ts";
import { relationPlan } from "../../src/statements/relation-plan.ts";
import type { RowStatement, Statement } from "../../src/statements/statement.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;
let stored: string;

beforeAll(async () => {
  store = await musicStore();
  stored = JSON.stringify(store.schema);
});
afterAll(() => store.database.drop());

const value = <Value>(made: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: made }, fc.constant(null), fc.constant(expr`default`));

const row = fc.record(
  {
    album_id: fc.integer({ min: 1, max: 3 }),
    title: value(fc.constantFrom("a", "b")),
    artist_id: fc.constant(7),
    released_on: value(fc.constantFrom("2026-01-01", "2026-01-02")),
  },
  { requiredKeys: ["album_id"] },
);
const columns = fc.option(fc.subarray(["album_id", "title", "artist_id"] as const), { nil: undefined });
const options = fc.record(
  {
    returning: fc.oneof(columns, fc.constant(false as const)),
    update: fc.constantFrom(undefined, "nothing" as const, "changed" as const),
    inserted: fc.boolean(),
  },
  { requiredKeys: [] },
);
const lock = fc.constantFrom({}, { lock: "update" as const }, { lock: "share" as const, noWait: true });

const compared = fc.constantFrom(
  1,
  2,
  null,
  undefined,
  "x",
  eq(3),
  eq(null),
  ne(3),
  ne(null),
  distinctFrom(3),
  distinctFrom(null),
  gt(null),
  between(1, 2),
  gt(1),
  lte(2),
  oneOf([1, 2]),
  expr`1`,
);
const where = fc.oneof(
  fc.record(
    { album_id: compared, artist_id: compared, title: fc.constant("a"), wrong: compared },
    { requiredKeys: [] },
  ),
  fc.constantFrom(undefined, null, and({ title: "a" }, { album_id: 1 }), expr`true`, []),
);
const reading = fc.record(
  {
    where,
    orderBy: fc.constantFrom(
      undefined,
      "title",
      "wrong",
      ["title", "album_id"],
      asc("title"),
      [desc("title", { nulls: "last" }), "album_id"],
      expr`1`,
      [asc("title"), desc("wrong")],
      byRelevance("title", "x"),
    ),
    limit: fc.constantFrom(undefined, 0, 1, -1),
    offset: fc.constantFrom(undefined, 0, 1.5),
  },
  { requiredKeys: [] },
);

const text = fc.constantFrom("a", "1", null);
const start = fc.option(
  fc.record({
    direction: fc.constantFrom("after" as const, "before" as const),
    position: fc.record({ texts: fc.array(text, { minLength: 3, maxLength: 3 }), isInclusive: fc.boolean() }),
  }),
  { nil: undefined },
);

type Build = (schema: SchemaSnapshot) => Statement & Partial<RowStatement>;

function outcomeOf(build: Build, schema: SchemaSnapshot): unknown {
  try {
    const { text, params, output, ...rest } = build(schema);
    return {
      text,
      params,
      labels: parameterColumns(params),
      columns: output?.map(({ name }) => name),
      ...rest,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

const builds = fc
  .record({
    row,
    options,
    columns,
    lock,
    reading,
    start,
    isCounted: fc.boolean(),
    key: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ row, options, columns, lock, reading, start, isCounted, key }): readonly Build[] => [
    schema => insertSql(schema, "album", row, options as never),
    schema => upsertSql(schema, "album", row, options as never),
    schema => updateSql(schema, "album", row, options as never),
    schema => deleteRowSql(schema, "album", key, options as never),
    schema => getSql(schema, "album", key, { select: columns, ...lock }),
    schema => rowsWhereSql(schema, "album", { select: columns, ...lock, ...reading } as never),
    schema => countSql(schema, "album", reading as never),
    schema => existsSql(schema, "album", reading as never),
    schema =>
      pageSql(schema, "album", { ...reading, limit: 2, select: columns } as never, start && (() => start)),
    schema => nestedAlbums(schema, { select: columns, ...reading, ...(isCounted && { count: true }) }),
  ]);

/** The statement of an artist with albums and their tracks. */
function nestedAlbums(schema: SchemaSnapshot, options: object): Statement {
  const nodes = includeNodes(schema, "artist", { album: { ...options, include: { track: true } } });
  const root = { plan: relationPlan(schema, "artist"), statement: getSql(schema, "artist", 1), hidden: [] };
  const { levels, ...statement } = nestedSql(schema, root, placeNodes(nodes));
  const cells = levels.map(({ output, ...level }) => ({ ...level, names: output.map(({ name }) => name) }));
  return { ...statement, cells } as Statement;
}

test("a cached statement equals one that is built again, also in a scope", () => {
  const scopes = fc.constantFrom(undefined, { artist_id: 7 }, { artist_id: null, title: "a" });
  fc.assert(
    fc.property(builds, scopes, (all, rules) => {
      const scoped = (schema: SchemaSnapshot): SchemaSnapshot =>
        rules === undefined ? schema : scope(schema, { album: rules });
      const fresh = scoped(parseSchema(stored));
      const warm = scoped(store.schema);
      for (const build of all) expect(outcomeOf(build, warm)).toEqual(outcomeOf(build, fresh));
    }),
    { numRuns: 400 },
  );
});

test("the text of each shape is built once, also of shapes that take turns", () => {
  const builds: readonly ((id: number) => Statement & Partial<RowStatement>)[] = [
    id => rowsWhereSql(store.schema, "album", { where: { album_id: id }, select: ["title"] }),
    id => rowsWhereSql(store.schema, "album", { where: { album_id: id }, select: ["artist_id"], limit: 1 }),
    id => getSql(store.schema, "album", id, { select: ["title", "artist_id"] }),
  ];
  const first = builds.map(build => build(1).output);
  expect(builds.map(build => build(2).output === first[builds.indexOf(build)])).toEqual(
    builds.map(() => true),
  );
  expect(new Set(first).size).toBe(builds.length);
});

test("a text that has not been used for more shapes than the cache can store is built again", () => {
  const schema = parseSchema(stored);
  const built = (length: number) =>
    getSql(schema, "album", 1, { select: Array.from({ length }, () => "title") }).output;
  const first = built(1);
  expect(built(1)).toBe(first);
  for (let length = 2; length < 1_002; length++) built(length);
  expect(built(1)).not.toBe(first);
});

test("statements with more shapes than the cache can store are correct", () => {
  const columns = ["album_id", "title", "artist_id"];
  const selections = Array.from({ length: 1500 }, (_, index) =>
    Array.from(index.toString(3), digit => columns[Number(digit)]!),
  );
  for (const [index, select] of selections.entries()) {
    const { text, params } = getSql(store.schema, "album", index, { select });
    const list = [...new Set(select)].map(name => `"${name}"`).join(", ");
    expect([text, params]).toEqual([
      `SELECT ${list} FROM "public"."album" WHERE "album_id" = $1::text::int4`,
      [String(index)],
    ]);
  }
});

test("a filter whose getter returns different values is used as it was validated", () => {
  const schema = parseSchema(stored);
  let reads = 0;
  const where = {
    get album_id() {
      return reads++ === 0 ? 1 : gt(1);
    },
  };
  const text = 'SELECT "title" FROM "public"."album" WHERE "album_id" = $1::text::int4';
  for (const filter of [where, { album_id: 2 }])
    expect(rowsWhereSql(schema, "album", { where: filter as never, select: ["title"] }).text).toBe(text);
});

test("parameters of raw SQL and the first parameters of a statement are not assigned the columns of later parameters", () => {
  const columnsOf = ({ params }: Statement): unknown[] => params.map((_, at) => parameterColumns(params)[at]);
  expect(columnsOf(formerRowSql(store.schema, "album", "{}", { title: "a" }))).toEqual([
    undefined,
    "album.title",
  ]);
  const where = and(expr`length(title) > ${3}`, { title: "a" }, expr`album_id > ${1}`, { artist_id: 7 });
  expect(columnsOf(rowsWhereSql(store.schema, "album", { where: where as never }))).toEqual([
    undefined,
    "album.title",
    undefined,
    "album.artist_id",
  ]);
});
