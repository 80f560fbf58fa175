import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  get,
  loadSchema,
  QueryError,
  rowsWhere,
  type SchemaSnapshot,
  selectOne,
  transaction,
} from "../../src/index.ts";
import { getSql, rowsWhereSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: "create table job (id int primary key); insert into job values (1), (2), (3)",
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

test("a lock is at the end of the statement", () => {
  expect(rowsWhereSql(schema, "job", { limit: 1, lock: "no key update", skipLocked: true }).text).toBe(
    'SELECT "id" FROM "public"."job" LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED',
  );
  expect(getSql(schema, "job", 1, { lock: "share", noWait: true }).text).toBe(
    'SELECT "id" FROM "public"."job" WHERE "id" = $1::text::int4 FOR SHARE NOWAIT',
  );
});

test("rows that another transaction has locked are skipped or reported as an error", async () => {
  await transaction(database.sql, async tx => {
    await get(tx, schema, "job", 1, { lock: "update" });
    const free = rowsWhere(database.sql, schema, "job", { orderBy: "id", lock: "update", skipLocked: true });
    expect(await free).toEqual([{ id: 2 }, { id: 3 }]);
    const busy = await selectOne(database.sql, schema, "job", {
      where: { id: 1 },
      lock: "key share",
      noWait: true,
    }).then(
      () => undefined,
      error => error,
    );
    expect([busy.constructor, busy.sqlstate]).toEqual([QueryError, "55P03"]);
    expect(await rowsWhere(tx, schema, "job", { where: { id: 1 }, lock: "update", include: {} })).toEqual([
      { id: 1 },
    ]);
  });
});

test("invalid options are rejected", () => {
  expect(() => rowsWhereSql(schema, "job", { skipLocked: true })).toThrow(
    new ArgumentError('job: skipLocked and noWait require lock; add lock: "update"'),
  );
  expect(() => rowsWhereSql(schema, "job", { lock: "update", skipLocked: true, noWait: true })).toThrow(
    ArgumentError,
  );
  expect(() => rowsWhereSql(schema, "job", { lock: "update; drop table job" as never })).toThrow(
    ArgumentError,
  );
});
