// The log of an unlogged table, which a crash of the server empties without its triggers.
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { loadSchema } from "../../src/index.ts";
import { watch, watchSql } from "../../src/queues/index.ts";
import { startPostgres } from "../../src/testing/index.ts";
import { eventually, until } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create unlogged table draft (id int primary key);
   create table event (id int primary key) partition by range (id);
   create unlogged table event_1 partition of event for values from (1) to (9)`,
);

const persistence = (log: string) => plain(`select relpersistence from pg_class where relname = '${log}'`);

test.each(["draft", "event"])(
  "the log of %s is unlogged, also if it was created before the table became so",
  async table => {
    for (const text of watchSql(schema, table, { log: true })) await sql.unsafe(text);
    const log = `rowfn_log public.${table}`;
    expect(await persistence(log)).toEqual([["u"]]);
    await sql.unsafe(`alter table "${log}" set logged`);
    for (const text of watchSql(schema, table, { log: true })) await sql.unsafe(text);
    expect(await persistence(log)).toEqual([["u"]]);
  },
);

test("after a crash of the server the empty table is a gap", async () => {
  // Committed rows of the log must survive the crash, if it has any.
  const server = await startPostgres({ settings: { synchronous_commit: "on" } });
  const own = new SQL(server.url, { max: 3 });
  await own.unsafe("create unlogged table draft (id int primary key)");
  const current = await loadSchema(own);
  for (const text of watchSql(current, "draft", { log: true })) await own.unsafe(text);
  const end = new AbortController();
  const calls: unknown[] = [];
  const loop = (async () => {
    const options = {
      signal: end.signal,
      onListen: () => calls.push("listen"),
      onGap: (why: string) => calls.push(why),
    };
    for await (const { key } of watch(own, current, "draft", options)) calls.push(key);
  })();
  await until(() => calls.length === 1);
  await own`insert into draft values (1)`;
  await until(() => calls.length === 2);
  const [{ pid }] = await own`select pg_backend_pid() as pid`;
  process.kill(pid, "SIGKILL");
  await eventually(async () => expect(await own`select id from draft`.values()).toHaveLength(0));
  await eventually(() => expect(calls).toEqual(["listen", { id: 1 }, "connection lost", "listen"]));
  end.abort();
  await loop;
  await own.close({ timeout: 0 });
  await server.stop();
});
