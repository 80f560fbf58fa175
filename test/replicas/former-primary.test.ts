// A primary that was lost before its standby had received everything, and is started again after the promotion.
import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { until } from "../support/eventually.ts";
import { get, insert, loadSchema, replicas, traced, transaction } from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { startReplication } from "../support/standby.ts";

const servers = await startReplication("create table t (id int primary key, name text);");
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const first = new SQL(servers.primary, { max: 2, prepare });
const second = new SQL(servers.standby, { max: 2, prepare });
const schema = await loadSchema(first);
let answers = 0;
const counted = traced(first, ({ text, error }) => {
  if (text.startsWith("SELECT pg_is_in_recovery()") && error === undefined) answers++;
});
const sql = replicas(counted, [second]);

afterAll(async () => {
  await sql.close({ timeout: 0 });
  await servers.stop();
});

const isTrue = async (handle: SQL, query: string): Promise<boolean> =>
  (
    await handle
      .unsafe(query)
      .values()
      .catch(() => [])
  )[0]?.[0] === true;

/** Restarts the first server, which has rows that the second one has not received, after the promotion of the second one. */
async function failOver(): Promise<void> {
  await insert(sql, schema, "t", { id: 1, name: "replicated" });
  const [[position]] = await first`select pg_current_wal_lsn()::text`.values();
  await until(() => isTrue(second, `select pg_last_wal_replay_lsn() >= '${position}'`));
  await servers.standbyServer.stop();
  // So many rows that the new primary does not reach their position soon.
  await first`insert into t select id, 'lost' from generate_series(100, 2000) id`;
  await servers.primaryServer.stop();
  servers.standbyServer.start();
  await until(() => isTrue(second, "select pg_promote()"));
}

test("a former primary that is started again stores nothing while the promoted server is restarted", async () => {
  await failOver();
  await until(async () => {
    await insert(sql, schema, "t", { id: 2, name: "new" }).catch(() => {});
    return await isTrue(second, "select true from t where id = 2");
  });
  servers.primaryServer.start();
  await until(() => isTrue(first, "select not pg_is_in_recovery()"));
  await servers.standbyServer.stop();
  // Each failure looks for the primary, and the next transaction waits for that.
  for (let n = 0; n < 3; n++)
    await failure(transaction(sql, tx => insert(tx, schema, "t", { id: 3, name: "misplaced" })));
  expect(await first`select * from t where id = 3`).toEqual([] as never);
  servers.standbyServer.start();
  await until(async () => {
    await insert(sql, schema, "t", { id: 3, name: "stored" }).catch(() => {});
    return await isTrue(second, "select true from t where id = 3");
  });
  await servers.primaryServer.stop();
});

test("a former primary that cannot follow its successor gets no reads, although its position is higher", async () => {
  writeFileSync(join(servers.primaryServer.data, "standby.signal"), "");
  const source = `host=127.0.0.1 port=${servers.standbyServer.port} user=postgres`;
  servers.primaryServer.start([`primary_conninfo=${source}`]);
  await until(() => isTrue(first, "select pg_is_in_recovery()"));
  answers = 0;
  await until(async () => {
    await get(sql, schema, "t", 3);
    return answers > 0;
  });
  for (let n = 0; n < 4; n++) {
    expect(await get(sql, schema, "t", 100)).toBeUndefined();
    expect(await get(sql, schema, "t", 3)).toEqual({ id: 3, name: "stored" });
  }
  expect(await isTrue(first, "select true from t where id = 100")).toBe(true);
});
