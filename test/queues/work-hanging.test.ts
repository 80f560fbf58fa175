// Workers whose server hangs: connections remain open, but nothing arrives.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { loadSchema } from "../../src/index.ts";
import { work } from "../../src/queues/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { startSwitch } from "../support/switch-proxy.ts";

const database = await testDatabase({
  template: "create table job (id int primary key, status text not null default 'pending')",
});
afterAll(() => database.drop());
const schema = await loadSchema(database.sql);

/** A server that can hang, and a pool with an open connection. */
async function openPool() {
  const server = startSwitch(database.url);
  const sql = new SQL(server.url, { max: 1, prepare: process.env["ROWFN_PREPARE"] !== "false" });
  await sql`select 1`;
  const stop = new AbortController();
  const close = async (): Promise<void> => {
    await sql.close({ timeout: 0 });
    server.stop();
  };
  return { server, sql, stop, close };
}

test("a signal ends workers that wait for LISTEN", async () => {
  const { server, sql, stop, close } = await openPool();
  server.hang();
  const running = work(sql, schema, "job", () => {}, { signal: stop.signal });
  setImmediate(() => stop.abort());
  expect(await running).toBe(0);
  await close();
}, 15_000);

test("a signal ends workers whose claim is not answered", async () => {
  const { server, sql, stop, close } = await openPool();
  const onStatement = (): void => {
    server.hang();
    stop.abort();
  };
  const running = work(sql, schema, "job", () => expect.unreachable(), { signal: stop.signal, onStatement });
  expect(await running).toBe(0);
  await close();
}, 25_000);
