import { afterAll, beforeAll, expect, test } from "bun:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import {
  insertSchema,
  jsonNull,
  loadSchema,
  parseSchema,
  rowSchema,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  tableNames,
  updateSchema,
  validateInsert,
  viewNames,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { newRowCheck } from "../../src/validate/row-check.ts";
import { tableRules } from "../../src/validate/rules.ts";
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

test("insertSchema accepts a row with all columns and one without the columns that have defaults", () => {
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

test("the input of an issue is the value at its path", () => {
  const inputs = (given: object): unknown => {
    const { issues = [] } = v.safeParse(insertSchema(store.schema, "customer"), { ...CUSTOMER, ...given });
    return issues.map(issue => [v.getDotPath(issue), issue.input]);
  };
  expect(inputs({ tier: "none" })).toEqual([["tier", "none"]]);
  expect(inputs({ first_name: 7 })).toEqual([["first_name", 7]]);
  expect(inputs({ settings: { a: [1, 2n] } })).toEqual([["settings.a.1", 2n]]);
});

test("updateSchema requires no particular column, but at least one", () => {
  const { schema } = store;
  expect(v.parse(updateSchema(schema, "track"), { milliseconds: 5 })).toEqual({ milliseconds: 5 });
  expect(v.safeParse(updateSchema(schema, "track"), {}).issues?.[0].message).toBe(
    "Expected at least one column to change, received none",
  );
  expect(newRowCheck(tableRules(schema, "track", "update"))({})).toBe(false);
  expect(v.safeParse(updateSchema(schema, "track"), { seconds: 1 }).success).toBe(false);
});

test("rowSchema accepts every row that is read from every table and view", async () => {
  const { sql, schema } = store;
  for (const table of [...tableNames(schema), ...viewNames(schema)]) {
    const rows = await rowsWhere(sql, schema, table, { limit: 200 });
    const result = v.safeParse(v.array(rowSchema(schema, table)), rows);
    expect([table, result.issues?.[0]]).toEqual([table, undefined]);
  }
});

test("rowSchema accepts a row that is older than a CHECK of its domain that is NOT VALID; writes obey the CHECK", async () => {
  await odd.sql.unsafe(`create domain age as int check (value < 200); create table elder (a age, list age[]);
    insert into elder values (-1, '{-2}'); alter domain age add constraint positive check (value > 0) not valid`);
  const schema = await loadSchema(odd.sql);
  const [row] = await rowsWhere(odd.sql, schema, "elder");
  expect(row).toEqual({ a: -1, list: [-2] });
  expect(v.is(rowSchema(schema, "elder"), row)).toBe(true);
  expect(v.is(rowSchema(schema, "elder"), { a: 200, list: [] })).toBe(false);
  expect(validateInsert(schema, "elder", row!).issues).toHaveLength(2);
  await odd.sql.unsafe("drop table elder; drop domain age");
});

test("rowSchema requires every column and distinguishes nullable ones", () => {
  const { schema } = store;
  expect(v.flatten(v.safeParse(rowSchema(schema, "genre"), { name: null }).issues!).nested).toEqual({
    genre_id: ["Expected a value, received nothing (the column is NOT NULL without a default)"],
    name: ["Expected a string, received null (the column is NOT NULL)"],
  });
});

test("all problems of a row are reported together", () => {
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

test("for many rows the valid ones are returned, and issues start with the row's index", () => {
  const good = { genre_id: 1, name: "x" };
  const { rows, issues } = validateInsert(store.schema, "genre", [good, { genre_id: "1", name: "y" }, good]);
  expect(rows).toEqual([good, good]);
  expect(issues.map(issue => v.getDotPath(issue))).toEqual(["1.genre_id"]);
  expect(v.flatten(issues as never).nested).toEqual({ "1.genre_id": [issues[0]!.message] } as never);
});

test("columns with any name are validated as own properties", () => {
  const row = JSON.parse('{"__proto__": 1, "constructor": "c", "toString": "t", "hasOwnProperty": 2}');
  expect(Object.entries(v.parse(insertSchema(oddSchema, "__proto__"), row) as object)).toEqual(
    Object.entries(row),
  );
  expect(
    validateInsert(oddSchema, "__proto__", { constructor: 5 }).issues.map(issue => v.getDotPath(issue)),
  ).toEqual(["__proto__", "constructor"]);
});

test("v.pick, v.omit and v.partial work with the entries", () => {
  const whole = insertSchema(store.schema, "customer");
  expect(v.parse(v.pick(whole as never, ["email"] as never), { email: "a@b" }) as unknown).toEqual({
    email: "a@b",
  });
  expect(v.safeParse(v.omit(whole as never, ["email"] as never), { ...CUSTOMER }).success).toBe(false);
  expect(v.parse(v.partial(whole as never), {}) as unknown).toEqual({});
});

test("a check after the schema of a column sees only values of the column", () => {
  const { entries } = insertSchema(store.schema, "customer") as unknown as {
    entries: { email: v.GenericSchema };
  };
  const seen: unknown[] = [];
  const email = v.pipe(
    entries.email,
    v.check(value => seen.push(value) > 0),
  );
  expect(v.safeParse(email, 5)).toMatchObject({ success: false, typed: false });
  expect(v.parse(email, "a@b")).toBe("a@b");
  expect(seen).toEqual(["a@b"]);
});

test("a consumer of Standard Schema can validate rows", async () => {
  const result = await insertSchema(store.schema, "genre")["~standard"].validate({
    genre_id: "x",
    name: "n",
  });
  expect(
    result.issues?.map(({ message, path }) => [message, path?.map(part => (part as { key: unknown }).key)]),
  ).toEqual([['Expected an integer from -2147483648 to 2147483647, received "x"', ["genre_id"]]]);
});

test("the schemas of every kind of table can be converted to JSON Schema", () => {
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
      tier: { type: "string", enum: ["free", "plus", "pro"], default: "free" },
      settings: {},
      support_rep_id: { anyOf: [{ type: "integer", minimum: -2_147_483_648 }, { type: "null" }] },
    },
  });
});

test("Valibot schemas are created once per snapshot, and once per scope with a rule for the table", () => {
  const { schema } = store;
  expect(insertSchema(schema, "track")).toBe(insertSchema(schema, "track"));
  expect(insertSchema(scope(schema, { album: { artist_id: 1 } }), "track")).toBe(
    insertSchema(schema, "track"),
  );
  const mine = scope(schema, { album: { artist_id: 1 } });
  expect(insertSchema(mine, "album")).toBe(insertSchema(mine, "album"));
});

test("a scoped column may be omitted: the scope adds its value", () => {
  const { schema } = store;
  expect(validateInsert(schema, "album", { title: "x" }).issues).toHaveLength(1);
  expect(validateInsert(scope(schema, { album: { artist_id: 1 } }), "album", { title: "x" }).issues).toEqual(
    [],
  );
});

test("a stored snapshot validates like the loaded one", () => {
  const stored = parseSchema(JSON.stringify(store.schema));
  const row = { genre_id: 1.5, name: null };
  const messages = (schema: SchemaSnapshot): string[] =>
    validateInsert(schema, "genre", row).issues.map(issue => issue.message);
  expect(messages(stored)).toEqual(messages(store.schema));
});

test("the dialect is the one of the target, and an unknown target is rejected", () => {
  const { input, output } = rowSchema(store.schema, "customer")["~standard"].jsonSchema;
  const dialectOf = (target: string): unknown => {
    const [taken, given] = [input({ target } as never), output({ target } as never)];
    expect(taken).toEqual(given);
    return (taken as Record<string, unknown>)["$schema"];
  };
  expect(dialectOf("draft-2020-12")).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(dialectOf("draft-07")).toBe("http://json-schema.org/draft-07/schema#");
  expect(dialectOf("openapi-3.0")).toBeUndefined();
  expect(() => dialectOf("draft-04")).toThrow(
    "target must be draft-2020-12, draft-07 or openapi-3.0, received draft-04",
  );
});
