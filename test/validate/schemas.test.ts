import { afterAll, beforeAll, expect, test } from "bun:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import fc from "fast-check";
import * as v from "valibot";
import {
  get,
  insertSchema,
  jsonNull,
  loadSchema,
  parseSchema,
  refine,
  rowSchema,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  tableNames,
  updateSchema,
  validateInsert,
  viewNames,
} from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { rowCheck } from "../../src/validate/row-check.ts";
import { tableRules } from "../../src/validate/rules.ts";
import { TYPES, TYPES_SQL } from "../support/differential-types.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { ODD_CASES } from "../support/odd-cases.ts";

let store: MusicStore;
let odd: TestDatabase;
let oddSchema: SchemaSnapshot;

beforeAll(async () => {
  store = await musicStore();
  odd = await testDatabase({ template: ODD_CASES });
  oddSchema = await loadSchema(odd.sql);
});
afterAll(() => Promise.all([store.database.drop(), odd.drop()]));

const CUSTOMER = { first_name: "A", last_name: "B", email: "a@b.c", country: "X" };

test("insertSchema takes a whole row and one without the columns that have defaults", () => {
  const { schema } = store;
  expect(v.parse(insertSchema(schema, "customer"), CUSTOMER)).toEqual(CUSTOMER);
  const whole = {
    ...CUSTOMER,
    tier: "pro",
    settings: { a: [1, null] },
    support_rep_id: null,
    deleted_at: new Date(),
  };
  expect(v.parse(insertSchema(schema, "customer"), whole)).toEqual(whole);
  expect(v.parse(insertSchema(schema, "customer"), { ...CUSTOMER, settings: jsonNull })["settings"]).toBe(
    jsonNull,
  );
});

test("updateSchema requires no column, but at least one", () => {
  const { schema } = store;
  expect(v.parse(updateSchema(schema, "track"), { milliseconds: 5 })).toEqual({ milliseconds: 5 });
  expect(v.safeParse(updateSchema(schema, "track"), {}).issues?.[0].message).toBe(
    "Expected at least one column to change, received none",
  );
  expect(rowCheck(tableRules(schema, "track", "update"))({})).toBe(false);
  expect(v.safeParse(updateSchema(schema, "track"), { seconds: 1 }).success).toBe(false);
});

test("rowSchema accepts every row of every table and view that was read", async () => {
  const { sql, schema } = store;
  for (const table of [...tableNames(schema), ...viewNames(schema)]) {
    const rows = await rowsWhere(sql, schema, table, { limit: 200 });
    const result = v.safeParse(v.array(rowSchema(schema, table)), rows);
    expect([table, result.issues?.[0]]).toEqual([table, undefined]);
  }
});

test("rowSchema demands every column and knows which can be null", () => {
  const { schema } = store;
  expect(v.flatten(v.safeParse(rowSchema(schema, "genre"), { name: null }).issues!).nested).toEqual({
    genre_id: ["Expected a value, received nothing (the column is NOT NULL without a default)"],
    name: ["Expected a string, received null (the column is NOT NULL)"],
  });
});

test("all problems of a row are reported at once", () => {
  const { issues } = validateInsert(store.schema, "customer", {
    emial: "x",
    first_name: 1,
    tier: "gold",
    settings: { a: 1n },
  });
  expect(issues.map(issue => v.getDotPath(issue))).toEqual([
    "emial",
    "first_name",
    "last_name",
    "email",
    "country",
    "tier",
    "settings.a",
  ]);
});

test("abortEarly stops at the first problem", () => {
  expect(v.safeParse(insertSchema(store.schema, "customer"), {}, { abortEarly: true }).issues).toHaveLength(
    1,
  );
});

test("only plain objects are rows", () => {
  for (const row of [null, undefined, 1, "x", [], new Date(), new Map(), Object.create({ name: "x" })])
    expect(validateInsert(store.schema, "genre", [row]).issues).toHaveLength(1);
  expect(
    validateInsert(store.schema, "genre", Object.assign(Object.create(null), { genre_id: 1, name: "x" }))
      .issues,
  ).toEqual([]);
});

test("many rows: the good ones, and issues that start with the row's index", () => {
  const good = { genre_id: 1, name: "x" };
  const { rows, issues } = validateInsert(store.schema, "genre", [good, { genre_id: "1", name: "y" }, good]);
  expect(rows).toEqual([good, good]);
  expect(issues.map(issue => v.getDotPath(issue))).toEqual(["1.genre_id"]);
  expect(v.flatten(issues as never).nested).toEqual({ "1.genre_id": [issues[0]!.message] } as never);
});

test("columns of any name are validated as own properties", () => {
  const row = JSON.parse('{"__proto__": 1, "constructor": "c", "toString": "t", "hasOwnProperty": 2}');
  expect(Object.entries(v.parse(insertSchema(oddSchema, "__proto__"), row) as object)).toEqual(
    Object.entries(row),
  );
  expect(
    validateInsert(oddSchema, "__proto__", { constructor: 5 }).issues.map(issue => v.getDotPath(issue)),
  ).toEqual(["__proto__", "constructor"]);
});

test("entries make v.pick, v.omit and v.partial work", () => {
  const whole = insertSchema(store.schema, "customer");
  expect(v.parse(v.pick(whole as never, ["email"] as never), { email: "a@b" }) as unknown).toEqual({
    email: "a@b",
  });
  expect(v.safeParse(v.omit(whole as never, ["email"] as never), { ...CUSTOMER }).success).toBe(false);
  expect(v.parse(v.partial(whole as never), {}) as unknown).toEqual({});
});

test("Standard Schema consumers can validate", async () => {
  const result = await insertSchema(store.schema, "genre")["~standard"].validate({
    genre_id: "x",
    name: "n",
  });
  expect(
    result.issues?.map(({ message, path }) => [message, path?.map(part => (part as { key: unknown }).key)]),
  ).toEqual([['Expected an integer from -2147483648 to 2147483647, received "x"', ["genre_id"]]]);
});

test("every table of every kind becomes a JSON Schema without an error", () => {
  for (const schema of [store.schema, oddSchema]) {
    for (const table of [...tableNames(schema), ...viewNames(schema)]) {
      for (const made of [rowSchema(schema, table), insertSchema(schema, table), updateSchema(schema, table)])
        expect(toJsonSchema(made).type).toBe("object");
    }
  }
  expect(toJsonSchema(insertSchema(store.schema, "customer"))).toMatchObject({
    type: "object",
    required: ["first_name", "last_name", "email", "country"],
    additionalProperties: false,
    properties: {
      first_name: { type: "string" },
      tier: { enum: ["free", "plus", "pro"] },
      settings: {},
      support_rep_id: { anyOf: [{ type: "number" }, { type: "null" }] },
    },
  });
});

test("schemas are made once a snapshot, and shared by its scopes", () => {
  const { schema } = store;
  expect(insertSchema(schema, "track")).toBe(insertSchema(schema, "track"));
  expect(insertSchema(scope(schema, { album: { artist_id: 1 } }), "track")).toBe(
    insertSchema(schema, "track"),
  );
  const [one, two] = [1, 2].map(artist_id => insertSchema(scope(schema, { album: { artist_id } }), "album"));
  expect(one).toBe(two!);
});

test("a scoped column need not be given: it is stamped", () => {
  const { schema } = store;
  expect(validateInsert(schema, "album", { title: "x" }).issues).toHaveLength(1);
  expect(validateInsert(scope(schema, { album: { artist_id: 1 } }), "album", { title: "x" }).issues).toEqual(
    [],
  );
});

const email = v.pipe(v.string(), v.trim(), v.email());
const Settings = v.strictObject({ theme: v.picklist(["dark", "light"]) });

test("an override is asked first, and what it returns is judged by the column and written", () => {
  const { schema } = store;
  const strict = insertSchema(schema, "customer", { columns: { email, settings: Settings } });
  expect(v.parse(strict, { ...CUSTOMER, email: " a@b.cc ", settings: { theme: "dark" } })).toMatchObject({
    email: "a@b.cc",
  });
  const wrong = v.safeParse(strict, { ...CUSTOMER, email: "nope", settings: { theme: "blue" } });
  expect(wrong.issues?.map(issue => v.getDotPath(issue))).toEqual(["email", "settings.theme"]);
  expect(
    v.safeParse(insertSchema(schema, "customer"), { ...CUSTOMER, settings: { theme: "blue" } }).success,
  ).toBe(true);
  const short = insertSchema(schema, "artist", { columns: { country: v.string() } });
  expect(v.safeParse(short, { name: "x", country: "too long" }).issues?.[0].message).toContain(
    "at most 2 characters",
  );
});

test("refine keeps overrides for every function, also through scope; the snapshot's JSON stays the same", () => {
  const { schema } = store;
  const refined = refine(schema, { customer: { email } });
  expect(validateInsert(refined, "customer", { ...CUSTOMER, email: "nope" }).issues).toHaveLength(1);
  expect(validateInsert(refined, "customer", { ...CUSTOMER, email: " a@b.cc" }).rows).toEqual([
    { ...CUSTOMER, email: "a@b.cc" },
  ]);
  const scoped = scope(refined, { customer: { country: "X" } });
  expect(validateInsert(scoped, "customer", { ...CUSTOMER, email: "nope" }).issues).toHaveLength(1);
  const more = refine(refined, { customer: { settings: Settings } });
  expect(validateInsert(more, "customer", { ...CUSTOMER, email: "nope", settings: {} }).issues).toHaveLength(
    2,
  );
  expect(JSON.stringify(refined)).toBe(JSON.stringify(schema));
  expect(validateInsert(schema, "customer", { ...CUSTOMER, email: "nope@" }).issues).toEqual([]);
  expect(() => refine(schema, { customer: { emial: email } })).toThrow('did you mean "email"?');
  expect(() => refine(schema, { customers: {} })).toThrow('did you mean "customer"?');
});

test("a copy of a refined snapshot keeps the refinements: by spread, by parseSchema", () => {
  const refined = refine(store.schema, { customer: { email } });
  for (const copy of [{ ...refined }, { ...refined, role: "x" }, parseSchema(refined)]) {
    expect(validateInsert(copy, "customer", { ...CUSTOMER, email: "nope" }).issues).toHaveLength(1);
    expect(Object.keys(copy)).toEqual(Object.keys(store.schema));
  }
  const stored = parseSchema(JSON.stringify(refined));
  expect(validateInsert(stored, "customer", { ...CUSTOMER, email: "nope" }).issues).toEqual([]);
});

test("a stored snapshot validates as the loaded one does", () => {
  const stored = parseSchema(JSON.stringify(store.schema));
  const row = { genre_id: 1.5, name: null };
  const messages = (schema: SchemaSnapshot): string[] =>
    validateInsert(schema, "genre", row).issues.map(issue => issue.message);
  expect(messages(stored)).toEqual(messages(store.schema));
});

test("the check on the hot path and the valibot schema agree on every value of every type", async () => {
  const columns = TYPES.map(({ type }, index) => `c${index} ${type}`);
  const database = await testDatabase({
    template: `${TYPES_SQL}create table every (${columns.join(", ")});`,
  });
  const schema = await loadSchema(database.sql);
  const keepsRules = rowCheck(tableRules(schema, "every", "insert"));
  for (const [index, { values }] of TYPES.entries()) {
    for (const value of fc.sample(fc.oneof(values, fc.constant(null)), { numRuns: 200, seed: 7 })) {
      const row = { [`c${index}`]: value };
      expect([row, v.is(insertSchema(schema, "every"), row)]).toEqual([row, keepsRules(row)]);
    }
  }
  await database.drop();
});

test("the check on the hot path judges a row alike whatever rows it has seen before", () => {
  const rules = tableRules(store.schema, "track", "insert");
  const keepsRules = rowCheck(rules);
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
    const answer = rowCheck(rules)(one);
    seen.add(answer);
    expect([one, keepsRules(one)]).toEqual([one, answer]);
  }
  expect(seen.size).toBe(2);
});

test("a row that was read passes insertSchema again, but for what the database makes", async () => {
  const { sql, schema } = store;
  for (const table of tableNames(schema)) {
    const refused = relationOf(schema, table).columns.filter(
      ({ generated, identity }) => generated !== null || identity === "always",
    );
    for (const row of await rowsWhere(sql, schema, table, { limit: 50 })) {
      for (const { name } of refused) delete row[name];
      expect([table, validateInsert(schema, table, row).issues]).toEqual([table, []]);
    }
  }
  expect(await get(sql, schema, "genre", 1)).toBeDefined();
});

test("a value that is computed by judging another row of the table is judged by its own column", () => {
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
