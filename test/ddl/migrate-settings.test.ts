// A migration may be the output of pg_dump, which changes settings of the session.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { type Migration, migrate } from "../../src/ddl/index.ts";
import { MigrationError } from "../../src/errors.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let sql: SQL;
const list: Migration[] = [];

beforeAll(async () => {
  database = await testDatabase();
  // One connection runs the migrations, the other holds the lock.
  sql = new SQL(database.url, { max: 2, prepare: database.sql.options.prepare });
  await database.sql.unsafe(
    "do $$ begin create role rowfn_settings nologin; exception when duplicate_object then end $$",
  );
});
afterAll(async () => {
  await sql.close();
  await database.drop();
});

async function run(up: Migration["up"], transaction = true): Promise<void> {
  list.push({ name: `migration-é-${list.length}`, up, transaction });
  await migrate(sql, list);
}

const STATE = `select current_setting('search_path'), current_setting('client_encoding'), current_user::text, session_user::text,
  current_setting('work_mem'), current_setting('standard_conforming_strings'), nullif(current_setting('app.tenant', true), '')`;

/** The settings of both connections. */
async function states(): Promise<unknown> {
  const connections = await Promise.all([sql.reserve(), sql.reserve()]);
  try {
    return await Promise.all(connections.map(async one => [...(await one.unsafe(STATE).values())][0]));
  } finally {
    for (const one of connections) one.release();
  }
}

test.each<[string, boolean]>([
  ["select pg_catalog.set_config('search_path', '', false)", true],
  ["set search_path = pg_temp; set client_encoding = 'LATIN1'", true],
  ["set role rowfn_settings", true],
  ["set session authorization rowfn_settings", true],
  ["set work_mem = '7MB'; set standard_conforming_strings = off", true],
  ["set local work_mem = '7MB'", true],
  ["set app.tenant = '7'", true],
  ["set app.tenant = '7'", false],
  ["set work_mem = '7MB'; set role rowfn_settings; set client_encoding = 'LATIN1'", false],
])(
  "after the migration %j, the connections have their settings (in a transaction: %p)",
  async (up, transaction) => {
    const before = await states();
    await run(up, transaction);
    expect(await states()).toEqual(before);
    expect([
      ...(await database.sql.unsafe("select name from public.rowfn_migration order by position").values()),
    ]).toEqual(list.map(({ name }) => [name]));
  },
);

test("after a migration that fails without a transaction, the connections have their settings", async () => {
  const before = await states();
  const failing = { name: "z", up: "set search_path = ''; select 1 / 0", transaction: false };
  await expect(migrate(sql, [...list, failing])).rejects.toThrow("division by zero");
  expect(await states()).toEqual(before);
});

test("after a migration that commits its own transaction and fails, the connections have their settings", async () => {
  const before = await states();
  const failing = {
    name: "z",
    up: (tx: SQL): Promise<unknown> => tx.unsafe("set search_path = ''; commit; select 1 / 0"),
  };
  await expect(migrate(sql, [...list, failing])).rejects.toThrow("division by zero");
  expect(await states()).toEqual(before);
});

test("a lost connection without a transaction is a MigrationError", async () => {
  const failing = {
    name: "z",
    up: "begin; select pg_terminate_backend(pg_backend_pid())",
    transaction: false,
  };
  await expect(migrate(sql, [...list, failing])).rejects.toThrow(MigrationError);
});

test("settings of a reserved connection with quotes, backslashes and non-ASCII letters are preserved", async () => {
  const own = await sql.reserve();
  try {
    await own.unsafe("set application_name = E'it''s \\\\ '; set search_path = public, \"é\\\"");
    const names = "select current_setting('application_name'), current_setting('search_path')";
    const before = [...(await own.unsafe(names).values())];
    const up = "set standard_conforming_strings = off; set client_encoding = 'LATIN1'; set search_path = ''";
    list.push({ name: "odd settings", up }, { name: "odd settings, again", up, transaction: false });
    await migrate(own, list);
    expect([...(await own.unsafe(names).values())]).toEqual(before);
    await own.unsafe("reset all");
  } finally {
    own.release();
  }
});

test("a setting that only a superuser can set is preserved on a reserved connection with another role", async () => {
  const own = await sql.reserve();
  try {
    await own.unsafe(
      "grant all on schema public to rowfn_settings; grant all on all tables in schema public to rowfn_settings",
    );
    await own.unsafe("set log_statement = 'ddl'; set role rowfn_settings");
    list.push({ name: "superuser's setting", up: "set work_mem = '7MB'" });
    await migrate(own, list);
    const state = "select current_setting('log_statement'), current_user::text, current_setting('work_mem')";
    expect([...(await own.unsafe(state).values())]).toEqual([["ddl", "rowfn_settings", "4MB"]]);
  } finally {
    await own.unsafe("set role none; reset all");
    own.release();
  }
});

test("a setting of a reserved connection is preserved", async () => {
  const own = await sql.reserve();
  try {
    await own.unsafe("set work_mem = '9MB'");
    list.push({ name: "own", up: "set work_mem = '7MB'" });
    await migrate(own, list);
    expect([...(await own.unsafe("show work_mem").values())]).toEqual([["9MB"]]);
    await own.unsafe("reset work_mem");
  } finally {
    own.release();
  }
});

test.each([
  ["\\restrict abc\ncreate table t (a int);", "\\restrict, a command of psql; remove the line\n  z:1:1"],
  [
    "create table t (a int);\n-- end\n\\unrestrict abc",
    "\\unrestrict, a command of psql; remove the line\n  z:3:1",
  ],
  [
    "create table t (a int);\nCOPY public.t (a) FROM STDIN;\n1\n\\.\n",
    "COPY ... FROM stdin, whose rows only psql sends; write INSERT, or call importRows in a function\n  z:2:1",
  ],
  [
    "create table t (a int);\nCOPY t TO STDOUT",
    "COPY ... TO stdout, whose rows only psql prints; remove it, or call exportRows in a function\n  z:2:1",
  ],
])("%j is rejected before it runs", async (up, message) => {
  await expect(migrate(sql, [...list, { name: "z", up }])).rejects.toThrow(`migration z contains ${message}`);
  expect(await database.sql.unsafe("select to_regclass('public.t') as t").values()).toEqual([[null]]);
});

test("COPY from a file is not COPY from psql", async () => {
  await run("create table t (a int); copy t from program 'echo 1'");
  expect(await database.sql.unsafe("select a from t").values()).toEqual([[1]]);
});
