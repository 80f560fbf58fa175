import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { insertSchema, parseSchema, refine, scope, validateInsert } from "../../src/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const CUSTOMER = { first_name: "A", last_name: "B", email: "a@b.c", country: "X" };

const email = v.pipe(v.string(), v.trim(), v.email());

const Settings = v.strictObject({ theme: v.picklist(["dark", "light"]) });

test("an override runs first, and its output is validated by the column and written", () => {
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

test("refine affects every function, also in a scope, and leaves the snapshot's JSON unchanged", () => {
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

test("a copy of a refined snapshot keeps the refinements, by spread and by parseSchema", () => {
  const refined = refine(store.schema, { customer: { email } });
  for (const copy of [{ ...refined }, { ...refined, role: "x" }, parseSchema(refined)]) {
    expect(validateInsert(copy, "customer", { ...CUSTOMER, email: "nope" }).issues).toHaveLength(1);
    expect(Object.keys(copy)).toEqual(Object.keys(store.schema));
  }
  const stored = parseSchema(JSON.stringify(refined));
  expect(validateInsert(stored, "customer", { ...CUSTOMER, email: "nope" }).issues).toEqual([]);
});

test("the schema of a column is its refinement, with all actions", () => {
  const refined = refine(store.schema, { customer: { email } });
  expect(insertSchema(refined, "customer").entries["email"]).toMatchObject({
    type: "string",
    pipe: email.pipe,
  });
});
