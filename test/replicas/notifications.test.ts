// Reads that follow a notification, while the replica has not replayed what it is about.
import { afterAll, afterEach, expect, test } from "bun:test";
import { SQL } from "bun";
import { until } from "../support/eventually.ts";
import { get, loadSchema, replicas, traced } from "../support/every-entry.ts";
import { startReplication } from "../support/standby.ts";

const servers = await startReplication(
  "create table t (id int primary key, name text); insert into t values (1, 'old');",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: 2, prepare });
const standby = new SQL(servers.standby, { max: 2, prepare });
const schema = await loadSchema(primary);

afterEach(async () => void (await standby`select pg_wal_replay_resume()`));
afterAll(async () => {
  await Promise.all([primary.close({ timeout: 0 }), standby.close({ timeout: 0 })]);
  await servers.stop();
});

/** A handle that reads from the replica, whose replay is paused. */
async function openPaused(): Promise<SQL> {
  let standbyReads = 0;
  const counted = traced(standby, ({ text }) => {
    if (text.startsWith('SELECT "id"')) standbyReads++;
  });
  const sql = replicas(primary, [counted]);
  await until(async () => {
    await get(sql, schema, "t", 1);
    return standbyReads > 0;
  });
  await standby`select pg_wal_replay_pause()`;
  return sql;
}

test("a read after a notification returns what was committed with it", async () => {
  const sql = await openPaused();
  const read = Promise.withResolvers<unknown>();
  const news = await sql.listen("news", () => read.resolve(get(sql, schema, "t", 1)));
  await primary.begin(async tx => {
    await tx`update t set name = 'announced' where id = 1`;
    await tx`select pg_notify('news', '')`;
  });
  expect(await read.promise).toEqual({ id: 1, name: "announced" });
  await news.unlisten();
});

test("a read after listening has begun returns what was committed before", async () => {
  const sql = await openPaused();
  await primary`update t set name = 'before' where id = 1`;
  const read = Promise.withResolvers<unknown>();
  const news = await sql.listen(
    "news",
    () => {},
    () => read.resolve(get(sql, schema, "t", 1)),
  );
  expect(await read.promise).toEqual({ id: 1, name: "before" });
  await news.unlisten();
});
