import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type ExampleServer, startExample } from "../support/run-server.ts";

let database: TestDatabase;
let server: ExampleServer;

beforeAll(async () => {
  database = await testDatabase();
  server = await startExample("tenants/server.ts", database);
});
afterAll(async () => {
  expect(await server.stop()).toEqual([0, ""]);
  await database.drop();
});

const as =
  (token: string) =>
  async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
    const response = await fetch(new URL(path, server.url), {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  };
const lamps = as("lamps-token");
const boats = as("boats-token");

test("a request without a known token is rejected", async () => {
  expect(await as("wrong")("GET", "/project")).toMatchObject([401, { code: "unauthorized" }]);
});

test("each tenant has its own rows, and both may use the same name", async () => {
  expect(await lamps("POST", "/project", { name: "Hall" })).toMatchObject([201, { id: 1, name: "Hall" }]);
  expect(await boats("POST", "/project", { name: "Hall" })).toMatchObject([201, { id: 2, name: "Hall" }]);
  expect(await lamps("POST", "/project", { name: "Hall" })).toMatchObject([409, { code: "unique" }]);
  expect(await lamps("GET", "/project")).toMatchObject([200, [{ id: 1 }]]);
  expect(await database.sql`select tenant_id, id, name from project order by id`.values()).toEqual([
    [1, 1, "Hall"],
    [2, 2, "Hall"],
  ]);
});

test("a row of one tenant cannot refer to a row of the other", async () => {
  expect(await lamps("POST", "/task", { project_id: 1, text: "Lamp" })).toMatchObject([201, { done: false }]);
  const [status] = await lamps("POST", "/task", { project_id: 2, text: "Lamp" });
  expect(status).toBe(422);
  expect(await lamps("GET", "/project?include=task")).toMatchObject([200, [{ task: [{ text: "Lamp" }] }]]);
  expect(await boats("GET", "/task")).toEqual([200, []]);
});
