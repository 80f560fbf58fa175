import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { count, filterSchema } from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

/** A filter as JSON → its condition and parameters. */
const ACCEPTED: readonly [json: string, condition: string, ...params: string[]][] = [
  ['{"genre_id": 1}', '"genre_id" = $1::text::int4', "1"],
  ['{"composer": null}', '"composer" IS NULL'],
  ['{"milliseconds": {"gt": 300000}}', '"milliseconds" > $1::text::int4', "300000"],
  [
    '{"milliseconds": {"gte": 1, "lt": 9}}',
    '("milliseconds" >= $1::text::int4 AND "milliseconds" < $2::text::int4)',
    "1",
    "9",
  ],
  [
    '{"milliseconds": {"between": [1, 9]}}',
    '"milliseconds" BETWEEN $1::text::int4 AND $2::text::int4',
    "1",
    "9",
  ],
  ['{"genre_id": {"oneOf": [1, 2]}}', '"genre_id" = ANY ($1::int4[])', "{1,2}"],
  ['{"name": {"like": "A%"}}', '"name" LIKE $1::text', "A%"],
  ['{"composer": {"isNull": true}}', '"composer" IS NULL'],
  ['{"composer": {"isNull": false}}', '"composer" IS NOT NULL'],
  ['{"tags": {"contains": ["live"]}}', '"tags" @> $1::text::text[]', '{"live"}'],
  [
    '{"genre_id": 1, "album_id": 2}',
    '("genre_id" = $1::text::int4 AND "album_id" = $2::text::int4)',
    "1",
    "2",
  ],
  [
    '{"or": [{"genre_id": 1}, {"not": {"album_id": 2}}]}',
    '("genre_id" = $1::text::int4 OR NOT ("album_id" = $2::text::int4))',
    "1",
    "2",
  ],
  ['{"and": []}', ""],
];

for (const [json, condition, ...params] of ACCEPTED) {
  test(`${json} becomes ${condition || "no condition"}`, async () => {
    const where = v.parse(filterSchema(store.schema, "track"), JSON.parse(json));
    expect(countSql(store.schema, "track", { where })).toEqual({
      text: `SELECT count(*) AS "count" FROM "public"."track"${condition && ` WHERE ${condition}`}`,
      params,
    });
    expect(await count(store.sql, store.schema, "track", { where })).toBeNumber();
  });
}

const REJECTED: readonly [json: string, message: string][] = [
  ["5", "Expected a filter as an object { column: value }, received 5"],
  ["[]", "Expected a filter as an object { column: value }, received an array of length 0"],
  ['{"password": 1}', 'Expected one of the columns name, milliseconds, tags, received "password"'],
  ['{"genre_id": 1}', 'Expected one of the columns name, milliseconds, tags, received "genre_id"'],
  ['{"__proto__": 1}', 'received "__proto__"'],
  [
    '{"name": {"matches": "("}}',
    'Expected operators: eq, gt, like, oneOf, between, isNull, received "matches"',
  ],
  ['{"name": {}}', "Expected operators"],
  ['{"name": {"constructor": 1}}', 'received "constructor"'],
  ['{"name": 5}', "Expected a string, received 5"],
  ['{"milliseconds": {"gt": null}}', "track.milliseconds: null cannot be compared here"],
  ['{"milliseconds": {"gt": {"gt": 1}}}', "Expected an integer"],
  ['{"milliseconds": {"oneOf": 5}}', "oneOf requires an array of values, received 5"],
  [
    '{"milliseconds": {"oneOf": [1, 2, 3, 4]}}',
    "Expected a list of at most 3, received an array of length 4",
  ],
  ['{"milliseconds": {"between": 5}}', "between requires [low, high], received 5"],
  ['{"milliseconds": {"between": [1]}}', "between requires [low, high], received an array of length 1"],
  ['{"milliseconds": {"between": [1, 2, 3]}}', "between requires [low, high], received an array of length 3"],
  ['{"name": {"isNull": 1}}', "isNull requires true or false, received 1"],
  ['{"or": {"name": "x"}}', "Expected a list, received an object"],
  ['{"not": {"not": {"not": {"name": "x"}}}}', "Expected a filter nested at most 2 levels deep"],
  ['{"and": [{}, {}, {}, {}]}', "Expected a list of at most 3"],
];

for (const [json, message] of REJECTED) {
  test(`${json} is rejected`, () => {
    const schema = filterSchema(store.schema, "track", {
      columns: ["name", "milliseconds", "tags"],
      operators: ["eq", "gt", "like", "oneOf", "between", "isNull"],
      maxDepth: 2,
      maxList: 3,
    });
    const { issues } = v.safeParse(schema, JSON.parse(json));
    expect(issues?.[0].message).toContain(message);
  });
}

test("columns and operators that do not exist are rejected when the schema is created", () => {
  expect(() => filterSchema(store.schema, "track", { columns: ["nmae"] })).toThrow('did you mean "name"?');
  expect(() => filterSchema(store.schema, "track", { operators: ["lik" as never] })).toThrow(
    'did you mean "like"',
  );
  expect(() => filterSchema(store.schema, "tracks")).toThrow('did you mean "track"');
});

const isAccepted = (filter: unknown, options: object): boolean =>
  v.safeParse(filterSchema(store.schema, "track", options), filter).success;

/** A condition inside `depth` combinations. */
function nested(depth: number): object {
  return depth === 0 ? { name: "x" } : { not: nested(depth - 1) };
}

const LISTS: Readonly<Record<string, (length: number) => unknown>> = {
  "a list of values": length => ({ milliseconds: { oneOf: Array.from({ length }, (_, at) => at) } }),
  "a list of filters in and": length => ({ and: Array.from({ length }, () => ({ name: "x" })) }),
  "a list of filters in or": length => ({ or: Array.from({ length }, () => ({ name: "x" })) }),
};

describe.each(Object.entries(LISTS))("%s", (_name, list) => {
  test.each([
    ["the default limit", 100, {}],
    ["a limit of 1", 1, { maxList: 1 }],
    ["a limit of 3", 3, { maxList: 3 }],
  ])("is accepted at %s, and rejected with one more", (_limit, length, options) => {
    expect([isAccepted(list(length), options), isAccepted(list(length + 1), options)]).toEqual([true, false]);
  });
});

test.each([
  ["the default depth", 5, {}],
  ["a depth of 1", 1, { maxDepth: 1 }],
  ["no depth", 0, { maxDepth: 0 }],
])("combinations are accepted at %s, and rejected one level deeper", (_limit, depth, options) => {
  expect([isAccepted(nested(depth), options), isAccepted(nested(depth + 1), options)]).toEqual([true, false]);
});

test.each([
  ["the default number", 200, {}],
  ["a number of 2", 2, { maxConditions: 2 }],
])("conditions are accepted at %s, and rejected with one more", (_limit, count, options) => {
  const conditions = (all: number): object => ({
    and: Array.from({ length: all - 1 }, () => ({ name: "x" })),
  });
  const long = { ...options, maxList: 1_000 };
  const results = [count, count + 1].map(one => isAccepted(conditions(one), long));
  expect(results).toEqual([true, false]);
});

test("the schema is converted to a JSON Schema without an error", () => {
  expect(toJsonSchema(filterSchema(store.schema, "track") as never)).toMatchObject({ type: "object" });
});
