// A write inside a scope cannot refer to a row outside by a declared foreign key.
import { describe, expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  count,
  declare,
  deleteRow,
  insert,
  insertMany,
  rowsWhere,
  ScopeError,
  scope,
  some,
  update,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table o1 (id int primary key, tenant int);
   create table loose (id int, tenant int, o1_id int); create view loose_view as select * from loose;
   create table shard (id int, tenant int, o1_id int) partition by list (id);
   create table shard_1 partition of shard default;`,
  `truncate o1, loose, shard;
   insert into o1 values (1, 1), (2, 2);`,
);
const { sql } = database;
const many = (count: number, o1_id: number): { id: number; o1_id: number }[] =>
  Array.from({ length: count }, (_, at) => ({ id: 10 + at, o1_id: at === count - 1 ? o1_id : 1 }));
const csv = (rows: readonly { id: number; o1_id: number }[]): string =>
  `id,o1_id\n${rows.map(({ id, o1_id }) => `${id},${o1_id}\n`).join("")}`;

describe("a foreign key that is declared after the first writes to a table is guarded", () => {
  test.each(["loose", "loose_view", "shard", "shard_1"])("in %s", async table => {
    const before = scope(schema, { "*": { tenant: 1 } });
    const row = { id: 1, o1_id: 2 };
    for (const name of ["loose", "loose_view", "shard", "shard_1"]) await insert(sql, before, name, row);
    await plain("truncate loose, shard");
    const foreignKeys = { o1_id: "o1" };
    const after = declare(before, { loose: { foreignKeys }, shard_1: { foreignKeys } } as never);
    for (const write of [
      () => insert(sql, after, table as never, row as never),
      () => insertMany(sql, after, table as never, [row] as never),
      () => insertMany(sql, after, table as never, many(500, 2) as never),
      () => importRows(sql, after, table as never, csv(many(500, 2)), { format: "csv" }),
    ]) {
      const error = await failure(write());
      expect(error instanceof ScopeError ? error : error.cause).toBeInstanceOf(ScopeError);
    }
    expect(await plain("select * from loose union all select * from shard")).toEqual([]);
  });
});

test("another tenant's row that later gets the key of a declared foreign key is not read", async () => {
  const ofTenant = (tenant: number) =>
    declare(scope(schema, { o1: { tenant }, loose: { tenant } }), {
      loose: { primaryKey: ["id"], foreignKeys: { o1_id: "o1" } },
    } as never);
  await insert(sql, ofTenant(1), "o1", { id: 7 });
  await insert(sql, ofTenant(1), "loose", { id: 1, o1_id: 7 });
  await deleteRow(sql, ofTenant(1), "o1", 7);
  await insert(sql, ofTenant(2), "o1", { id: 7 });
  expect(await rowsWhere(sql, ofTenant(1), "loose", { include: { o1: true } as never })).toEqual([
    { id: 1, tenant: 1, o1_id: 7, o1: null } as never,
  ]);
  expect(await count(sql, ofTenant(1), "loose", { where: some("o1") })).toBe(0);
  expect(
    await rowsWhere(sql, ofTenant(2), "o1", { where: { id: 7 }, include: { loose: true } as never }),
  ).toEqual([{ id: 7, tenant: 2, loose: [] } as never]);
  expect(await failure(update(sql, ofTenant(1), "loose", { id: 1, o1_id: 7 }))).toBeInstanceOf(ScopeError);
});
