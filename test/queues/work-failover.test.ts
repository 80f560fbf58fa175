// Workers whose server becomes a standby, as after a failover.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { loadSchema } from "../../src/index.ts";
import { claimOne, work } from "../../src/queues/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { startReplication } from "../support/standby.ts";
import { startSwitch } from "../support/switch-proxy.ts";

const servers = await startReplication(
  "create table job (id int primary key, status text not null default 'pending'); insert into job values (1);",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: 1, prepare });
const standby = new SQL(servers.standby, { max: 1, prepare });
const schema = await loadSchema(primary);

afterAll(async () => {
  await Promise.all([primary.close({ timeout: 0 }), standby.close({ timeout: 0 })]);
  await servers.stop();
});

const isDone = async (id: number): Promise<boolean> =>
  (await primary`select from job where id = ${id} and status = 'done'`).length === 1;

test("a worker continues when its connections reached a standby", async () => {
  const address = startSwitch(servers.primary);
  const sql = new SQL(address.url, { max: 1, prepare });
  const [lost, stop] = [[] as Error[], new AbortController()];
  const running = work(sql, schema, "job", () => {}, {
    poll: 20,
    signal: stop.signal,
    onLost: error => void lost.push(error as Error),
  });
  await until(() => isDone(1));
  address.switchTo(servers.standby);
  await primary`select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await until(() => lost.some(({ message }) => message.includes("the server is a standby")));
  address.switchTo(servers.primary);
  await primary`insert into job values (2)`;
  await until(() => isDone(2));
  stop.abort();
  expect(await running).toBe(2);
  expect(await primary`select id, status from job order by id`.values()).toEqual([
    [1, "done"],
    [2, "done"],
  ] as never);
  await sql.close({ timeout: 0 });
  address.stop();
});

test("claimOne in a transaction of the caller leaves its connection open", async () => {
  const values = await standby.begin(async tx => {
    const { message } = await failure(claimOne(tx, schema, "job", () => {}));
    expect(message).toContain("the server is a standby");
    return await tx`select pg_is_in_recovery()`.values();
  });
  expect(values).toEqual([[true]] as never);
});
