import { afterAll, beforeAll, expect, test } from "bun:test";
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

/** A filter as JSON → the condition it becomes, its parameters. */
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

const REFUSED: readonly [json: string, message: string][] = [
  ["5", "Expected a filter as an object of column → value, received 5"],
  ["[]", "Expected a filter as an object of column → value, received an array of 0"],
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
  ['{"milliseconds": {"oneOf": [1, 2, 3, 4]}}', "Expected a list of at most 3, received an array of 4"],
  ['{"milliseconds": {"between": 5}}', "between requires [low, high], received 5"],
  ['{"name": {"isNull": 1}}', "isNull requires true or false, received 1"],
  ['{"or": {"name": "x"}}', "Expected a list, received an object"],
  ['{"not": {"not": {"not": {"name": "x"}}}}', "Expected a filter nested at most 2 levels deep"],
  ['{"and": [{}, {}, {}, {}]}', "Expected a list of at most 3"],
];

for (const [json, message] of REFUSED) {
  test(`${json} is refused`, () => {
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

test("it becomes a JSON Schema without an error", () => {
  expect(toJsonSchema(filterSchema(store.schema, "track") as never)).toMatchObject({ type: "object" });
});
