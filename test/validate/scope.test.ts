// Validation inside a scope, and immutable schemas.
import { expect, test } from "bun:test";
import * as v from "valibot";
import {
  insert,
  insertMany,
  insertSchema,
  refine,
  rowSchema,
  scope,
  updateSchema,
  upsert,
  validateInsert,
  validateUpdate,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table doc (id int primary key, tenant int not null, parent int, title text)`,
);
const mine = scope(schema, { doc: { tenant: 1, parent: null } });
const messages = ({ issues }: { readonly issues: readonly v.BaseIssue<unknown>[] }): string[] =>
  issues.map(issue => `${v.getDotPath(issue)}: ${issue.message}`);

test("a value outside the scope is an issue, just as insert and update reject it", () => {
  expect(messages(validateInsert(mine, "doc", { id: 9 }))).toEqual([]);
  expect(messages(validateInsert(mine, "doc", { id: 9, tenant: 1, parent: null }))).toEqual([]);
  expect(messages(validateInsert(mine, "doc", { id: 9, tenant: 2, parent: 3 }))).toEqual([
    "tenant: Expected the value of the scope, received 2",
    "parent: Expected the value of the scope, received 3",
  ]);
  expect(messages(validateInsert(mine, "doc", [{ id: 9 }, { id: 9, tenant: null }]))).toEqual([
    "1.tenant: Expected an integer from -2147483648 to 2147483647, received null (the column is NOT NULL)",
  ]);
  expect(messages(validateUpdate(mine, "doc", { tenant: 2 }))).toHaveLength(1);
  expect(v.is(insertSchema(mine, "doc"), { id: 9, tenant: 2 })).toBe(false);
  expect(v.is(updateSchema(mine, "doc"), { tenant: 2 })).toBe(false);
  expect(messages(validateInsert(schema, "doc", { id: 9, tenant: 2 }))).toEqual([]);
  const other = scope(schema, { doc: { tenant: 2, parent: null } });
  expect(messages(validateInsert(other, "doc", { id: 9, tenant: 2 }))).toEqual([]);
});

for (const [name, schemaOf] of Object.entries({ rowSchema, insertSchema, updateSchema }))
  test(`the schema of ${name} is frozen with its entries`, () => {
    const frozen = (schemaOf as typeof rowSchema)(schema, "doc") as unknown as Record<string, unknown>;
    const entries = frozen["entries"] as Record<string, Record<string, unknown>>;
    expect(() => delete entries["tenant"]).toThrow(TypeError);
    expect(() => Object.assign(frozen, { entries: {} })).toThrow(TypeError);
    expect(() => Object.assign(frozen, { "~run": () => ({ typed: true }) })).toThrow(TypeError);
    expect(() => Object.assign(entries["title"]!, { "~run": () => ({ typed: true }) })).toThrow(TypeError);
    expect(() => Object.assign(frozen["~standard"] as object, { validate: () => {} })).toThrow(TypeError);
    for (const entry of Object.values(entries)) {
      expect(Object.isFrozen(entry)).toBe(true);
      if (entry["wrapped"] !== undefined) expect(Object.isFrozen(entry["wrapped"])).toBe(true);
    }
    expect(validateInsert(schema, "doc", { id: 5 }).issues).toHaveLength(1);
  });

test("a rule that somebody tried to delete still rejects a row of insert", async () => {
  for (const schemaOf of [rowSchema, insertSchema, updateSchema] as readonly (typeof insertSchema)[]) {
    const { entries } = schemaOf(schema, "doc") as unknown as { entries: Record<string, unknown> };
    for (const change of [
      () => delete entries["tenant"],
      () => Object.assign(entries, { tenant: v.any() }),
      () => Object.defineProperty(entries, "tenant", { value: v.any() }),
      () => Object.setPrototypeOf(entries, { other: v.any() }),
    ])
      expect(change).toThrow(TypeError);
  }
  for (const write of [
    () => insert(sql, schema, "doc", { id: 5 } as never),
    () => insertMany(sql, schema, "doc", [{ id: 5 }] as never),
    () => upsert(sql, schema, "doc", { id: 5 } as never),
  ])
    expect((await failure(write())).message).toContain("doc.tenant");
  expect(await plain("select * from doc")).toEqual([]);
});

test("pick, omit and partial of a frozen schema are copies", () => {
  const whole = insertSchema(schema, "doc") as unknown as v.StrictObjectSchema<v.ObjectEntries, undefined>;
  expect(v.is(v.pick(whole, ["id"]), { id: 1 })).toBe(true);
  expect(v.is(v.omit(whole, ["tenant"]), { id: 1 })).toBe(true);
  expect(v.is(v.partial(whole), {})).toBe(true);
  expect(v.is(whole, { id: 1 })).toBe(false);
});

test("refinements are preserved by a spread of the snapshot", () => {
  const strict = refine(schema, { doc: { title: v.pipe(v.string(), v.minLength(3)) } });
  const row = { id: 1, tenant: 1, title: "x" };
  for (const copy of [
    strict,
    { ...strict },
    Object.assign({}, strict),
    scope({ ...strict }, { doc: { tenant: 1 } }),
  ])
    expect(messages(validateInsert(copy, "doc", row))).toEqual([
      "title: Invalid length: Expected >=3 but received 1",
    ]);
  expect(JSON.stringify(strict)).toBe(JSON.stringify(schema));
});
