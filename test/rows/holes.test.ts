// An array such as `["a", , "b"]`, whose hole most array methods skip.

import { expect, test } from "bun:test";
import {
  ArgumentError,
  deleteMany,
  getMany,
  groupBy,
  link,
  page,
  rowsWhere,
  truncate,
  updateMany,
  upsert,
  ValidationError,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema, sql } = await testTables(
  `create table item (id int primary key, a int, b int);
   create table tag (id int primary key);
   create table item_tag (item_id int references item, tag_id int references tag, primary key (item_id, tag_id));
   insert into item values (1, 1, 1), (2, 2, 2);`,
);

/** An array that has no element at index 1. */
function holed<Value>(first: Value, last: Value): Value[] {
  const array = [first];
  array[2] = last;
  return array;
}

const named = (name: string): string =>
  `ArgumentError: ${name}: the array has a hole at index 1; fill or remove it`;

test.each<[string, () => Promise<unknown>]>([
  ["the keys of item", () => getMany(sql, schema, "item", holed(1, 2))],
  ["the keys of item", () => deleteMany(sql, schema, "item", holed(1, 2))],
  ["keys", () => link(sql, schema, "item", 1, "tag", holed(1, 2))],
  ["orderBy", () => rowsWhere(sql, schema, "item", { orderBy: holed("a", "b") })],
  [
    "orderBy",
    () => rowsWhere(sql, schema, "item", { include: { item_tag: { orderBy: holed("item_id", "tag_id") } } }),
  ],
  ["orderBy", () => page(sql, schema, "item", { orderBy: holed("a", "b"), limit: 1 })],
  ["orderBy", () => groupBy(sql, schema, "item", ["a", "b"], { orderBy: holed("a", "b") })],
  ["by", () => groupBy(sql, schema, "item", holed("a", "b"))],
  ["update", () => upsert(sql, schema, "item", { id: 1, a: 2, b: 3 }, { update: holed("a", "b") })],
  ["tables", () => truncate(sql, schema, holed("item_tag", "tag"))],
])("%s: a hole is rejected with its index", async (name, call) => {
  const error = await call().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ArgumentError);
  expect(String(error)).toBe(named(name));
});

test("updateMany names the row that is a hole", async () => {
  const rows = holed({ id: 1, a: 9 }, { id: 2, a: 9 });
  const error = await updateMany(sql, schema, "item", rows).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ValidationError);
  expect(String(error)).toContain("item, rows[1]: Expected a row as a plain object { column: value }");
});
