// `signal` and `timeout` of DDL and migrations: a lock makes their statement wait until it is canceled.
import { expect, test } from "bun:test";
import {
  addColumn,
  createIndex,
  createTable,
  dropColumn,
  duplicateTable,
  migrate,
  migrationStatus,
  refreshView,
  renameTable,
  transformTable,
} from "../../src/ddl/index.ts";
import { assertFresh, loadSchema, TimeoutError } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { type LimitedCall, lockedTables, testLimits } from "../support/limited-calls.ts";
import { testTables } from "../support/test-tables.ts";

const RESET = `drop schema public cascade; create schema public;
  create table box (id int primary key, name text);
  create materialized view boxes as select * from box;
  create table rowfn_migration (position int generated always as identity primary key, name text not null unique,
    checksum text, applied_at timestamptz not null default clock_timestamp())`;

const tables = await testTables(RESET, RESET);
const { database, schema, plain } = tables;
const sql = database.connect({ max: 3 });

const migrations = [{ name: "1", up: "alter table box add column size int" }];

const CALLS: Readonly<Record<string, LimitedCall>> = {
  addColumn: (sql, limits) => addColumn(sql, schema, "box", "size", "int", limits),
  createIndex: (sql, limits) => createIndex(sql, schema, "box", "name", limits),
  "createIndex concurrently": (sql, limits) =>
    createIndex(sql, schema, "box", "name", { concurrently: true, name: "box_name", ...limits }),
  "createTable with replace": (sql, limits) =>
    createTable(sql, schema, "box", { id: "int" }, { replace: true, cascade: true, ...limits }),
  dropColumn: (sql, limits) => dropColumn(sql, schema, "box", "name", { cascade: true, ...limits }),
  duplicateTable: (sql, limits) => duplicateTable(sql, schema, "box", "crate", limits),
  renameTable: (sql, limits) => renameTable(sql, schema, "box", "crate", limits),
  refreshView: (sql, limits) => refreshView(sql, schema, "boxes", limits),
  transformTable: (sql, limits) => transformTable(sql, schema, "box", { rename: { name: "title" } }, limits),
  migrate: (sql, limits) => migrate(sql, migrations, limits),
  migrationStatus: (sql, limits) => migrationStatus(sql, [], limits),
};

const NAMES = `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'm', 'i') order by 1`;

const LOCKS =
  "select from pg_locks l join pg_database d on d.oid = l.database where locktype = 'advisory' and datname = current_database()";

async function expectUnchanged(): Promise<void> {
  expect((await plain(NAMES)).flat()).toEqual([
    ...["box", "box_pkey", "boxes", "rowfn_migration", "rowfn_migration_name_key", "rowfn_migration_pkey"],
  ]);
  expect(
    await plain(
      "select count(*)::int from pg_attribute where attrelid = 'box'::regclass and attnum > 0 and not attisdropped",
    ),
  ).toEqual([[2]]);
  // The server releases a lock as soon as it notices that the connection is closed.
  await until(async () => (await plain(LOCKS)).length === 0);
}

testLimits({
  sql,
  locked: lockedTables(tables, "box, rowfn_migration"),
  calls: CALLS,
  outside: ["createIndex concurrently", "migrate"],
  expectUnchanged,
  text: /box|boxes|rowfn_migration/,
});

test("loadSchema and assertFresh are canceled while they read the catalog", async () => {
  const { whileLocked } = lockedTables(tables, "pg_catalog.pg_description");
  await whileLocked(async () => {
    expect(await failure(loadSchema(sql, { timeout: 100 }))).toBeInstanceOf(TimeoutError);
    expect(await failure(assertFresh(sql, schema, { timeout: 100 }))).toBeInstanceOf(TimeoutError);
  });
  await loadSchema(sql, { timeout: 60_000 });
});

test("a waiting migration is rolled back at the deadline, and its lock is released", async () => {
  const stuck = {
    name: "1",
    up: async (tx: Bun.SQL) => {
      await tx`alter table box add column size int`;
      await new Promise(() => {});
    },
  };
  expect(await failure(migrate(sql, [stuck], { timeout: 50 }))).toBeInstanceOf(TimeoutError);
  await expectUnchanged();
  expect(await migrate(sql, migrations, { wait: 5_000 })).toEqual({ applied: ["1"], pending: [] });
});
