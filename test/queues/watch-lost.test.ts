// Changes that are read while the connections of the pool are lost.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expr, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { watchSql } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { watching } from "../support/watching.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({
    template: "create table plain (id int primary key); create table logged (id int primary key)",
    handle: { max: 2 },
  });
  schema = await loadSchema(database.sql);
  for (const text of [...watchSql(schema, "plain"), ...watchSql(schema, "logged", { log: true })])
    await database.sql.unsafe(text);
});
afterAll(() => database.drop());

/** Terminates the other connections to the database that run a statement like a pattern, and returns their number. */
async function terminate(sql: TestDatabase["sql"], pattern: string): Promise<number> {
  const [[count]] = await sql`select count(pg_terminate_backend(pid))::int from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and query like ${pattern}`.values();
  return count;
}

test("a change whose row was being read when the connection was lost is read again", async () => {
  const admin = database.connect({ max: 1 });
  const where = expr`(select pg_sleep(0.5)) is not null` as never;
  const { got, stop } = await watching(database.sql, schema, "plain", where);
  await admin`insert into plain values (1)`;
  await until(async () => (await terminate(admin, "%pg_sleep(0.5)%")) > 0);
  await until(() => got.length > 0);
  expect(got).toEqual([{ type: "insert", key: { id: 1 }, row: { id: 1 } }]);
  await stop();
});

test("with a log every change is reported, also if all connections are lost again and again", async () => {
  const admin = database.connect({ max: 1 });
  const { got, gaps, stop } = await watching(database.sql, schema, "logged");
  const ids: number[] = [];
  for (let id = 1; id <= 8; id += 2) {
    ids.push(id, id + 1);
    await admin`insert into logged values (${id}::int)`;
    await terminate(admin, "%");
    await admin`insert into logged values (${id + 1}::int)`;
    await until(() => got.some(({ key }) => key["id"] === id + 1));
  }
  expect([...new Set(got.map(({ key }) => key["id"]))]).toEqual(ids);
  expect(gaps).toEqual([]);
  await stop();
});
