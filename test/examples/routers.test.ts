import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type ExampleServer, startExample } from "../support/run-server.ts";

describe.each(["hono", "elysia"])("the example of %s", name => {
  let database: TestDatabase;
  let server: ExampleServer;

  beforeAll(async () => {
    database = await testDatabase();
    server = await startExample(`${name}/server.ts`, database);
  });
  afterAll(async () => {
    expect(await server.stop()).toEqual([0, ""]);
    await database.drop();
  });

  const send = async (method: string, path: string, body?: string): Promise<readonly unknown[]> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(new URL(path, server.url), { method, headers, ...(body && { body }) });
    return [response.status, await response.json()];
  };

  test("stores, finds and lists rows with all digits", async () => {
    const row = { id: "1", title: "The Cat", pages: 90 };
    expect(await send("POST", "/book", '{"title":"The Cat","pages":90}')).toEqual([201, row]);
    expect(await send("GET", "/book/1")).toEqual([200, row]);
    expect(await send("GET", "/book?pages[gt]=80&sort=-title")).toEqual([200, [row]]);
    expect(await database.sql`select title, pages from book`.values()).toEqual([["The Cat", 90]]);
  });

  test("explains errors as problems", async () => {
    expect(await send("POST", "/book", '{"pages":90.5}')).toMatchObject([
      422,
      { errors: [{ pointer: "/title" }, { pointer: "/pages" }] },
    ]);
    expect(await send("POST", "/book", "{")).toMatchObject([400, { status: 400 }]);
    expect(await send("GET", "/book?page=2")).toMatchObject([400, { errors: [{ parameter: "page" }] }]);
    expect(await send("GET", "/book/7")).toMatchObject([404, { status: 404 }]);
  });

  test("has the routes of crud", async () => {
    expect(await send("POST", "/reader", '{"name":"Ann"}')).toEqual([201, { id: "1", name: "Ann" }]);
    expect(await send("GET", "/reader/1")).toEqual([200, { id: "1", name: "Ann" }]);
  });
});
