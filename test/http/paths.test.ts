// Paths as the client sends them, before any URL normalization.
import { afterAll, expect, test } from "bun:test";
import { crud, openApi } from "../../src/http/index.ts";
import { lintErrors } from "../support/open-api-check.ts";
import { rawResponse } from "../support/raw-request.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table page (path text primary key, note text)`,
  `truncate page; insert into page values ('', 'empty'), ('.', 'dot'), ('..', 'dots'), ('b', 'b'), ('a\\b', 'backslash'),
     ('a/b', 'slash'), ('a#b', 'hash'), ('a', 'a'), ('"q"', 'quotes'), ('ü%', 'percent')`,
);
const tables = { page: { write: ["path", "note"], delete: true } } as const;
const routes = crud(sql, schema, { tables, prefix: "/api" });
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: routes as never,
  fetch: () => new Response(null, { status: 404 }),
});
afterAll(() => server.stop(true));

const send = (method: string, path: string) =>
  rawResponse(server, `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n`);

test("a path that URL normalization would change is not the key of a different row", async () => {
  for (const segment of [
    ".",
    "..",
    "%2e",
    "%2E%2e",
    "",
    "a\\b",
    "a\\..\\b",
    "x\\b",
    "a#b",
    "%ff",
    "%",
    "a/b",
  ]) {
    const { status } = await send("DELETE", `/api/page/${segment}`);
    expect([segment, status]).toEqual([segment, segment === "" || segment === "a/b" ? 404 : 400]);
  }
  expect(await plain("select count(*)::int from page")).toEqual([[10]]);
});

test("every key has a path", async () => {
  const paths = {
    ...{
      "%22%22": "empty",
      '"."': "dot",
      "%22..%22": "dots",
      b: "b",
      "a%5Cb": "backslash",
      "a%2fb": "slash",
    },
    ...{ "a%23b": "hash", a: "a", "%22%5C%22q%5C%22%22": "quotes", "%C3%BC%25": "percent" },
  };
  for (const [segment, note] of Object.entries(paths)) {
    const { status, body } = await send("GET", `/api/page/${segment}`);
    expect([segment, status, JSON.parse(body).note]).toEqual([segment, 200, note]);
  }
});

test("Location is the path of the inserted row", async () => {
  await sql.unsafe("truncate page");
  for (const path of ["", ".", "..", '"', "\\", "#", "?", "/", "ü", "%2e"]) {
    const body = JSON.stringify({ path, note: path });
    const created = await fetch(new URL("/api/page", server.url), {
      method: "POST",
      body,
      headers: JSON_TYPE,
    });
    const read = await fetch(new URL(created.headers.get("location")!, server.url));
    expect(await read.json()).toEqual({ path, note: path });
  }
});

test("Location, the next page and the document have the parameters of a prefix", async () => {
  await sql.unsafe("truncate page");
  const options = { tables: { page: { write: ["path", "note"] } }, prefix: "/wiki/:wiki" } as const;
  const wikis = Bun.serve({ hostname: "127.0.0.1", port: 0, routes: crud(sql, schema, options as never) });
  try {
    const at = (path: string, method: string, body: string): Promise<Response> =>
      fetch(new URL(path, wikis.url), { method, body, headers: JSON_TYPE });
    const created = await at("/wiki/7/page", "POST", '{"path":"a/b","note":"x"}');
    const put = await at("/wiki/7/page/c", "PUT", '{"note":"y"}');
    expect([created, put].map(({ headers }) => headers.get("location"))).toEqual([
      "/wiki/7/page/a%2Fb",
      "/wiki/7/page/c",
    ]);
    const { headers } = await fetch(new URL("/wiki/7/page?limit=1", wikis.url));
    expect(headers.get("link")).toStartWith("</wiki/7/page?");
  } finally {
    await wikis.stop(true);
  }
  const document = openApi(schema, { title: "Wikis", version: "1", ...(options as object) } as never);
  const named = Object.entries(document.paths).map(([path, { parameters = [] }]) => [
    path,
    (parameters as { name: string }[]).map(({ name }) => name),
  ]);
  expect(named).toEqual([
    ["/wiki/{wiki}/page", ["wiki"]],
    ["/wiki/{wiki}/page/{key}", ["wiki", "key"]],
    ["/wiki/{wiki}/batch", ["wiki"]],
  ]);
  expect(await lintErrors(document)).toBe("");
});

test.each(["api", "/api/", "/", "//api", "/a b", "/é", "/a?b", "/a#b", "/*", "/:key", "/:key/x"])(
  "no request could reach a route with the prefix %s, so it is rejected",
  prefix => {
    const options = { tables: { page: {} }, prefix } as never;
    const info = { title: "T", version: "1", ...(options as object) } as never;
    const message = `prefix must be empty, or a path such as "/api" without a slash at the end`;
    expect(() => crud(sql, schema, options)).toThrow(message);
    expect(() => openApi(schema, info)).toThrow(message);
  },
);

const JSON_TYPE = { "content-type": "application/json" };

test("an HTTP/1.0 client that sends no Host header receives rows and links", async () => {
  const { status, headers } = await rawResponse(server, "GET /api/page?limit=1 HTTP/1.0\r\n");
  expect([status, headers.get("link")]).toEqual([
    200,
    expect.stringMatching(/^<\/api\/page\?limit=1&after=/),
  ]);
  const row = await rawResponse(server, "GET /api/page/b HTTP/1.0\r\n");
  expect([row.status, JSON.parse(row.body)]).toEqual([200, { path: "b", note: "b" }]);
});

test("an HTTP/1.0 client whose path is not encoded receives the path of the row that it has inserted", async () => {
  const options = { prefix: "/wiki/:wiki", tables: { page: { write: ["path", "note"] } } } as const;
  const wikis = Bun.serve({ hostname: "127.0.0.1", port: 0, routes: crud(sql, schema, options) as never });
  const body = '{"path":"raw"}';
  const head = `POST /wiki/Āé/page HTTP/1.0\r\ncontent-length: ${body.length}\r\n`;
  const { status, headers } = await rawResponse(wikis, head, body);
  expect([status, headers.get("location")]).toEqual([201, "/wiki/%C4%80%C3%A9/page/raw"]);
  await wikis.stop(true);
});

test("a table named * has a path of its own, not every path", async () => {
  const tables = await testTables(`create table "*" (id int primary key); insert into "*" values (1)`);
  const starred = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: crud(tables.sql, tables.schema, { tables: { "*": {} } }) as never,
    fetch: () => new Response(null, { status: 404 }),
  });
  const statuses = ["/%2A", "/%2A/1", "/other", "/other/1"].map(
    async path => (await fetch(new URL(path, starred.url))).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 200, 404, 404]);
  await starred.stop(true);
});
