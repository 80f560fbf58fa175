// Loops that listen on a server that hangs: connections remain open, but nothing arrives.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import * as v from "valibot";
import { channel } from "../../src/queues/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { startSwitch } from "../support/switch-proxy.ts";

const database = await testDatabase({});
afterAll(() => database.drop());

/** A server that can hang, and a pool with an open connection. */
async function openPool() {
  const server = startSwitch(database.url);
  const sql = new SQL(server.url, { max: 1, prepare: process.env["ROWFN_PREPARE"] !== "false" });
  await sql`select 1`;
  return { server, sql };
}

test("a signal ends a loop whose server hangs", async () => {
  const { server, sql } = await openPool();
  const controller = new AbortController();
  const listening = Promise.withResolvers<void>();
  const news = channel(sql, "news", v.string(), {
    signal: controller.signal,
    onListen: listening.resolve,
  });
  const payloads = Array.fromAsync(news);
  await listening.promise;
  // The connection remains open, so the server has to answer UNLISTEN.
  await sql.listen("other", () => {});
  server.hang();
  controller.abort();
  expect(await payloads).toEqual([]);
  await sql.close({ timeout: 0 });
  server.stop();
});

test("a signal ends a loop that waits for LISTEN", async () => {
  const { server, sql } = await openPool();
  const controller = new AbortController();
  server.hang();
  const payloads = Array.fromAsync(channel(sql, "news", v.string(), { signal: controller.signal }));
  setImmediate(() => controller.abort());
  expect(await payloads).toEqual([]);
  await sql.close({ timeout: 0 });
  server.stop();
});
