import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type ExampleServer, startExample } from "../support/run-server.ts";

let database: TestDatabase;
let server: ExampleServer;

beforeAll(async () => {
  database = await testDatabase();
  server = await startExample("live/server.ts", database);
});
afterAll(async () => {
  expect(await server.stop()).toEqual([0, ""]);
  await database.drop();
});

test("the page listens for changes and reads the rows", async () => {
  const response = await fetch(server.url);
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(await response.text()).toContain('new EventSource("/changes")');
});

test("changes by requests and by SQL arrive as events", async () => {
  const stream = (await fetch(new URL("/changes", server.url))).body!;
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let events = "";
  const waitForText = async (text: string): Promise<void> => {
    while (!events.includes(text)) events += (await reader.read()).value;
  };
  await waitForText("event: resync");
  const headers = { "content-type": "application/json" };
  const send = (body: string): Promise<Response> =>
    fetch(new URL("/message", server.url), { method: "POST", headers, body: JSON.stringify({ body }) });
  expect(await (await send("Hello")).json()).toEqual({ id: "1", body: "Hello" });
  await waitForText('{"type":"insert","key":{"id":"1"},"row":{"id":"1","body":"Hello"}');
  expect((await send("x".repeat(201))).status).toBe(422);
  await database.sql`delete from message`;
  await waitForText('{"type":"delete","key":{"id":"1"}');
  await reader.cancel();
});
