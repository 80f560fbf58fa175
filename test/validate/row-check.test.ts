// The validation before a write and the Valibot schema accept the same rows.
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { get, insertSchema, loadSchema, rowsWhere, tableNames, validateInsert } from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { newRowCheck } from "../../src/validate/row-check.ts";
import { tableRules } from "../../src/validate/rules.ts";
import { TYPES, TYPES_SQL } from "../support/differential-types.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

test("the validation before a write and the Valibot schema agree on every value of every type", async () => {
  const columns = TYPES.map(({ type }, index) => `c${index} ${type}`);
  const database = await testDatabase({
    template: `${TYPES_SQL}create table every (${columns.join(", ")});`,
  });
  const schema = await loadSchema(database.sql);
  const keepsRules = newRowCheck(tableRules(schema, "every", "insert"));
  for (const [index, { values }] of TYPES.entries()) {
    for (const value of fc.sample(fc.oneof(values, fc.constant(null)), { numRuns: 200, seed: 7 })) {
      const row = { [`c${index}`]: value };
      expect([row, v.is(insertSchema(schema, "every"), row)]).toEqual([row, keepsRules(row)]);
    }
  }
  await database.drop();
});

test("the validation before a write does not depend on earlier rows", () => {
  const rules = tableRules(store.schema, "track", "insert");
  const keepsRules = newRowCheck(rules);
  const values: Record<string, unknown[]> = {
    album_id: [1],
    track_id: [1, 1.5],
    name: ["Rock", null],
    media_type_id: [1, null],
    milliseconds: [1, 0],
    unit_price: ["0.99", undefined],
    composer: ["a", null, 7],
    nothing: [1],
  };
  const columns = fc.shuffledSubarray(Object.keys(values), { minLength: 6 });
  const row = columns.chain(names =>
    fc.record(Object.fromEntries(names.map(name => [name, fc.constantFrom(...values[name]!)]))),
  );
  const seen = new Set<boolean>();
  for (const one of fc.sample(row, { numRuns: 2000, seed: 7 })) {
    const answer = newRowCheck(rules)(one);
    seen.add(answer);
    expect([one, keepsRules(one)]).toEqual([one, answer]);
  }
  expect(seen.size).toBe(2);
});

test("a row that was read passes insertSchema, except for generated columns", async () => {
  const { sql, schema } = store;
  for (const table of tableNames(schema)) {
    const rejected = relationOf(schema, table).columns.filter(
      ({ generated, identity }) => generated !== null || identity === "always",
    );
    for (const row of await rowsWhere(sql, schema, table, { limit: 50 })) {
      for (const { name } of rejected) delete row[name];
      expect([table, validateInsert(schema, table, row).issues]).toEqual([table, []]);
    }
  }
  expect(await get(sql, schema, "genre", 1)).toEqual({ genre_id: 1, name: "Ambient" });
});

test("a getter that validates another row does not affect the validation of its own row", () => {
  const genre = (row: object): number => validateInsert(store.schema, "genre", row).issues.length;
  const nested = (name: unknown): object => ({
    genre_id: 1,
    get name() {
      genre({ name: "inner", genre_id: 2 });
      return name;
    },
  });
  expect(genre({ genre_id: 1, name: "plain" })).toBe(0);
  expect([genre(nested("a text")), genre(nested(7))]).toEqual([0, 1]);
});

test("a missing required column is reported, whichever columns the first rows of the process have", async () => {
  const database = await testDatabase({
    template: "create table pair (a int not null, b int not null, c int)",
  });
  const schema = await loadSchema(database.sql);
  const missing = (row: object): unknown =>
    validateInsert(schema, "pair", [row]).issues.map(issue => v.getDotPath(issue));
  expect([{ b: 1 }, { c: 1 }, { a: 1 }, { b: 1, c: 1 }, { c: 1, b: 1, a: 1 }].map(missing)).toEqual([
    ["0.a"],
    ["0.a", "0.b"],
    ["0.b"],
    ["0.a"],
    [],
  ]);
  await database.drop();
});
