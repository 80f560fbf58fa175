import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  col,
  count,
  exists,
  expr,
  get,
  getMany,
  groupBy,
  item,
  loadSchema,
  or,
  pksAndRowsWhere,
  q,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  selectOne,
  table,
  unscoped,
} from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;
let tenant: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table note (id int primary key, tenant_id int not null, body text, deleted_at timestamptz);
      insert into note values (1, 1, 'mine', null), (2, 2, 'theirs', null), (3, 1, 'old', now());
      create table log (at date not null, tenant_id int) partition by range (at);
      create table log_all partition of log default;
      insert into log values ('2020-01-01', 1), ('2020-01-01', 2);
      create view tenants as select distinct tenant_id from note;`,
  });
  schema = await loadSchema(database.sql);
  tenant = scope(schema, { note: { tenant_id: 1 }, log: { tenant_id: 1 }, tenants: { tenant_id: 1 } });
});
afterAll(() => database.drop());

test("every read with a scoped snapshot sees only the rows inside, also with or", async () => {
  const { sql } = database;
  expect((await rowsWhere(sql, tenant, "note", { orderBy: "id" })).map(({ id }) => id)).toEqual([1, 3]);
  expect(await rowsWhere(sql, tenant, "note", { where: or({ id: 2 }, { tenant_id: 2 }) })).toEqual([]);
  expect(await count(sql, tenant, "note")).toBe(2);
  expect(await exists(sql, tenant, "note", { where: { id: 2 } })).toBe(false);
  expect(await get(sql, tenant, "note", 2)).toBeUndefined();
  expect((await getMany(sql, tenant, "note", [2, 1])).map(row => row?.["id"])).toEqual([undefined, 1]);
  expect((await pksAndRowsWhere(sql, tenant, "note", { orderBy: "id" })).map(([key]) => key)).toEqual([1, 3]);
  expect(await groupBy(sql, tenant, "note", "tenant_id")).toEqual([{ tenant_id: 1, count: 2 }]);
  expect(await selectOne(sql, tenant, "tenants")).toEqual({ tenant_id: 1 });
});

test("table(...) in raw SQL reads only the table's rows inside the scope, under any alias", async () => {
  const { sql } = database;
  expect(await item(sql, tenant, expr`select count(*)::int from ${table("note")}`)).toBe(2);
  const query = expr`select ${col("note", "id", "n")} from ${table("note", "n")} where ${col("note", "id", "n")} > ${1}`;
  expect(await q(sql, tenant, query)).toEqual([{ id: 3 }]);
  expect(await item(sql, schema, expr`select count(*)::int from ${table("note")}`)).toBe(3);
});

test("a raw condition cannot read rows outside the scope", async () => {
  const where = expr`true or true`;
  expect(await count(database.sql, tenant, "note", { where })).toBe(2);
  expect(countSql(tenant, "note", { where })).toEqual({
    text: 'SELECT count(*) AS "count" FROM "public"."note" WHERE (true or true) AND "tenant_id" = $1::text::int4',
    params: ["1"],
  });
});

test("a partition has the scope of its parent", async () => {
  expect(await count(database.sql, tenant, "log")).toBe(1);
  expect(await count(database.sql, tenant, "log_all")).toBe(1);
  expect(await count(database.sql, schema, "log_all")).toBe(2);
});

test("null in a scope matches rows in which the column is NULL", async () => {
  const living = scope(schema, { note: { deleted_at: null } });
  expect((await rowsWhere(database.sql, living, "note", { orderBy: "id" })).map(({ id }) => id)).toEqual([
    1, 2,
  ]);
});

test("a scope of a scope has both rules, a contradiction is rejected, and unscoped removes all rules", async () => {
  const both = scope(tenant, { note: { deleted_at: null } });
  expect((await rowsWhere(database.sql, both, "note")).map(({ id }) => id)).toEqual([1]);
  expect(scope(tenant, { note: { tenant_id: 1 } }).scope).toEqual(tenant.scope);
  expect(() => scope(tenant, { note: { tenant_id: 2 } })).toThrow(
    "scope: note.tenant_id already has a different value in the scope",
  );
  expect(await count(database.sql, unscoped(both), "note")).toBe(3);
  expect(() => unscoped({} as never)).toThrow("schema must be a snapshot");
  expect(schema.scope).toEqual({});
});

test("an invalid scope is rejected", () => {
  expect(() => scope(schema, { notes: { tenant_id: 1 } })).toThrow(/"notes".*note/);
  expect(() => scope(schema, { note: { tenant: 1 } })).toThrow(/"tenant".*tenant_id/);
  expect(() => scope(schema, { note: { tenant_id: undefined } })).toThrow(
    "scope: note.tenant_id requires a value or null, received undefined",
  );
  expect(() => scope(schema, { note: { tenant_id: "1" } })).toThrow(
    "scope: note.tenant_id: expected an integer",
  );
});
