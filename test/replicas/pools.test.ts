// The pools that a handle of replicas accepts, and how it closes them.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { eventually, until } from "../support/eventually.ts";
import {
  ArgumentError,
  get,
  insert,
  loadSchema,
  replicas,
  SettingsError,
  testDatabase,
  traced,
} from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { startReplication } from "../support/standby.ts";

const servers = await startReplication("create table t (id int primary key, name text);");
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: 2, prepare });
const schema = await loadSchema(primary);

afterAll(async () => {
  await primary.close({ timeout: 0 });
  await servers.stop();
});

test("a server of a different cluster is rejected", async () => {
  const other = await testDatabase();
  const sql = replicas(primary, [other.sql]);
  await eventually(async () => {
    const error = await failure(get(sql, schema, "t", 1));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("is not a streaming replica of postgres://");
  });
  await other.drop();
});

test("a standby's pool of a different database is rejected", async () => {
  const url = new URL(servers.standby);
  url.pathname = "/template1";
  const other = new SQL(url.href, { max: 1, prepare });
  const sql = replicas(primary, [other]);
  await eventually(async () => {
    const error = await failure(get(sql, schema, "t", 1));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(
      `replicas: ${url.href} is not a streaming replica of ${servers.primary}; pass a standby of the same cluster, with the same database`,
    );
  });
  await other.close({ timeout: 0 });
});

test("a standby's pool whose sessions change values is rejected, unless those of the primary do too", async () => {
  const settings = { IntervalStyle: "iso_8601" };
  const open = (url: string): SQL => new SQL(url, { max: 1, prepare, connection: settings });
  const [own, other] = [open(servers.primary), open(servers.standby)];
  const sql = replicas(primary, [other]);
  await eventually(async () => {
    const error = await failure(get(sql, schema, "t", 1));
    expect(error).toBeInstanceOf(SettingsError);
    expect(error.message).toBe(
      `replicas: the sessions of ${servers.standby} do not keep values exact: IntervalStyle = iso_8601 (intervals change their text and the meaning of their signs); open its pool with connect(url) or new SQL(url, { connection: EXACT_SETTINGS })`,
    );
  });
  let standbyReads = 0;
  const counted = traced(other, ({ text }) => {
    if (text.startsWith('SELECT "id"')) standbyReads++;
  });
  const alike = replicas(own, [counted]);
  await until(async () => {
    await get(alike, schema, "t", 1);
    return standbyReads > 0;
  });
  await alike.close({ timeout: 0 });
});

test("a file of statements counts as a write of the session", async () => {
  const pools = [servers.primary, servers.standby].map(url => new SQL(url, { max: 1, prepare }));
  const [own, other] = pools as [SQL, SQL];
  await insert(own, schema, "t", { id: 1, name: "before" });
  let standbyReads = 0;
  const counted = traced(other, ({ text, rows }) => {
    if (text.startsWith('SELECT "id"') && rows === 1) standbyReads++;
  });
  const sql = replicas(own, [counted]);
  await until(async () => {
    await get(sql, schema, "t", 1);
    return standbyReads > 0;
  });
  await other`select pg_wal_replay_pause()`;
  await sql.file(`${import.meta.dir}/../support/rename-row.sql`);
  expect(await get(sql, schema, "t", 1)).toEqual({ id: 1, name: "by a file" });
  await other`select pg_wal_replay_resume()`;
  await sql.close({ timeout: 0 });
});

test("`await using` closes all pools", async () => {
  const pools = [servers.primary, servers.standby].map(url => new SQL(url, { max: 1, prepare }));
  await Promise.all(pools.map(pool => pool`select 1`));
  {
    await using sql = replicas(pools[0]!, [pools[1]!]);
    expect(sql.options.max).toBe(1);
  }
  for (const pool of pools)
    expect(await failure(pool`select 1`)).toMatchObject({ code: "ERR_POSTGRES_CONNECTION_CLOSED" });
});
