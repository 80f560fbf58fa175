// A primary and a standby, each through its own PgBouncer in transaction mode, with handles that `connect` opens.
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { until } from "../support/eventually.ts";
import { connect, get, insert, replicas, traced } from "../support/every-entry.ts";
import { PGBOUNCER, startPgBouncer } from "../support/pgbouncer.ts";
import { startReplication } from "../support/standby.ts";

if (PGBOUNCER !== undefined) {
  const program = PGBOUNCER;

  test("through poolers none of 200 reads is stale, and the standby is used", async () => {
    const servers = await startReplication("create table t (id int primary key);");
    const direct = new SQL(servers.standby, { max: 1 });
    const mode = { connections: 4, ignored: "" };
    await using first = await startPgBouncer(program, servers.primary, mode);
    await using second = await startPgBouncer(program, servers.standby, mode);
    const { sql: primary, schema } = await connect(first.url, { max: 4 });
    const { sql: standby } = await connect(second.url, { max: 4 });
    let standbyReads = 0;
    const counted = traced(standby, ({ text }) => {
      if (text.startsWith('SELECT "id"')) standbyReads++;
    });
    const sql = replicas(primary, [counted]);
    try {
      await direct.unsafe("alter system set recovery_min_apply_delay = '10ms'");
      await direct`select pg_reload_conf()`;
      const stale: number[] = [];
      for (let id = 0; id < 200; id++) {
        await insert(sql, schema, "t", { id });
        if ((await get(sql, schema, "t", id)) === undefined) stale.push(id);
      }
      expect(stale).toEqual([]);
      await until(async () => {
        await get(sql, schema, "t", 0);
        return standbyReads > 0;
      });
    } finally {
      await sql.close({ timeout: 0 });
      await direct.close({ timeout: 0 });
      await servers.stop();
    }
  });
}
