// What a write reads first is read on the primary, while the replica has not replayed it.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { until } from "../support/eventually.ts";
import { crud, get, link, loadSchema, replicas, traced } from "../support/every-entry.ts";
import { startReplication } from "../support/standby.ts";

const servers = await startReplication(
  "create table event (at timestamptz primary key, name text); create table person (id int primary key); insert into person values (1); create table guest (event timestamptz references event, person int references person, primary key (event, person));",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: 2, prepare });
const standby = new SQL(servers.standby, { max: 2, prepare });
const schema = await loadSchema(primary);
let standbyReads = 0;
const counted = traced(standby, ({ text }) => {
  if (text.startsWith('SELECT "id"')) standbyReads++;
});
const newSession = (): SQL => replicas(primary, [counted]);

afterAll(async () => {
  await standby`select pg_wal_replay_resume()`;
  await Promise.all([primary.close({ timeout: 0 }), standby.close({ timeout: 0 })]);
  await servers.stop();
});

/** A handle that reads from the replica, which lacks the event of the millisecond. */
async function openBehind(): Promise<SQL> {
  await standby`select pg_wal_replay_resume()`;
  const sql = newSession();
  standbyReads = 0;
  await until(async () => {
    await get(sql, schema, "person", 1);
    return standbyReads > 0;
  });
  await standby`select pg_wal_replay_pause()`;
  await primary`insert into event values ('2020-01-01 00:00:00.123456Z') on conflict do nothing`;
  return sql;
}

const AT = new Date("2020-01-01T00:00:00.123Z");

test("link finds the stored key of the millisecond of a Date", async () => {
  const sql = await openBehind();
  expect(await link(sql, schema, "event", AT, "person", [1])).toBe(1);
});

test("PUT with If-None-Match of a key whose millisecond is stored is a 412", async () => {
  await primary`delete from guest`;
  await primary`delete from event`;
  const sql = await openBehind();
  const routes = crud(sql, schema, { tables: { event: { write: ["at", "name"] } } });
  const request = new Request(`http://localhost/event/${AT.toISOString()}`, {
    method: "PUT",
    headers: { "if-none-match": "*", "content-type": "application/json" },
    body: JSON.stringify({ name: "twice" }),
  });
  const route = Object.entries(routes).find(([path]) => path.startsWith("/event/:"))![1];
  const response = await (route as (request: Request) => Promise<Response>)(
    Object.assign(request, { params: { at: AT.toISOString() } }),
  );
  expect([response.status, await primary`select at::text from event`.values()]).toEqual([
    412,
    [["2020-01-01 00:00:00.123456+00"]],
  ] as never);
});
