// Every function that returns rows returns a plain array, without the properties of the driver's results.
import { expect, test } from "bun:test";
import {
  deleteMany,
  deleteWhere,
  expr,
  getMany,
  groupBy,
  insertMany,
  page,
  pksAndRowsWhere,
  q,
  rowsAndCount,
  rowsWhere,
  updateMany,
  updateWhere,
  upsertMany,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  "create table t (id int primary key, v int)",
  "truncate t; insert into t values (1, 1), (2, 2)",
);
const row = { id: 1, v: 5 };

test.each<[string, () => Promise<readonly unknown[]>]>([
  ["rowsWhere", () => rowsWhere(sql, schema, "t")],
  ["rowsWhere without columns", () => rowsWhere(sql, schema, "t", { select: [] })],
  ["rowsAndCount", async () => (await rowsAndCount(sql, schema, "t")).rows],
  ["pksAndRowsWhere", () => pksAndRowsWhere(sql, schema, "t")],
  ["getMany", () => getMany(sql, schema, "t", [1])],
  ["groupBy", () => groupBy(sql, schema, "t", "v")],
  ["page", async () => (await page(sql, schema, "t", { limit: 1 })).rows],
  ["q", () => q(sql, schema, expr`select 1 as one`)],
  ["insertMany", () => insertMany(sql, schema, "t", [{ id: 3 }], { returning: true })],
  ["upsertMany", () => upsertMany(sql, schema, "t", [row], { returning: true })],
  ["updateMany", async () => (await updateMany(sql, schema, "t", [row], { returning: true })).updated],
  ["updateWhere", () => updateWhere(sql, schema, "t", { v: 1 }, { where: { id: 1 }, returning: true })],
  ["deleteMany", () => deleteMany(sql, schema, "t", [1], { returning: true })],
  ["deleteWhere", () => deleteWhere(sql, schema, "t", { where: { id: 1 }, returning: true })],
])("%s", async (_, read) => {
  const rows = await read();
  expect(rows.constructor).toBe(Array);
  expect(Reflect.ownKeys(rows)).toEqual([...rows.keys().map(String), "length"]);
  expect(rows.length).toBeGreaterThan(0);
});
