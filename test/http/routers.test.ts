import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { Hono } from "hono";
import { type CrudHandler, crud } from "../../src/http/index.ts";
import { type InvoiceService, invoiceService } from "../support/invoice-service.ts";

let service: InvoiceService;
let routes: Readonly<Record<string, CrudHandler>>;
beforeAll(async () => {
  service = await invoiceService();
  routes = crud(service.sql, service.schema, service.options);
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

type Fetch = (request: Request) => Response | Promise<Response>;

const hono = (): Fetch => {
  const app = new Hono();
  for (const [path, handler] of Object.entries(routes)) app.all(path, context => handler(context.req.raw));
  return app.fetch;
};

const elysia = (): Fetch => {
  const app = new Elysia();
  for (const [path, handler] of Object.entries(routes))
    app.all(path, ({ request }) => handler(request), { parse: "none" });
  return app.fetch;
};

const bun = (): { readonly fetch: Fetch; readonly stop: () => void } => {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, routes });
  const send: Fetch = request => {
    const { pathname, search } = new URL(request.url);
    return fetch(new Request(new URL(pathname + search, server.url).href, request));
  };
  return { fetch: send, stop: () => void server.stop(true) };
};

/** The responses that a client of the routes receives. */
async function responsesOf(send: Fetch): Promise<readonly unknown[]> {
  const at = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    send(
      new Request(`http://localhost${path}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(body !== undefined && { body }),
      }),
    );
  const list = await at("GET", "/invoice?status=draft&select=id&limit=2");
  const head = await at("HEAD", "/invoice/1");
  const post = await at("POST", "/customer", '{"name": "New"}');
  const put = await at("PUT", "/pair/%22a%2Cb%22,9", '{"note": "n"}');
  const patch = await at("PATCH", "/invoice/1", '{"status": "sent"}', { "if-match": '"1"' });
  const invalid = await at("PATCH", "/customer/x", "{}");
  const gone = await at("DELETE", "/pair/%22a%2Cb%22,9");
  const method = await at("DELETE", "/line/1");
  return [
    [list.status, await list.json(), list.headers.get("link")?.replace(/after=[^>]+/, "after=TOKEN")],
    [head.status, head.headers.get("etag"), await head.text()],
    [post.status, await post.json(), post.headers.get("location")],
    [put.status, await put.json()],
    [patch.status, patch.headers.get("etag")],
    [invalid.status, gone.status, method.status, method.headers.get("allow")],
  ];
}

const EXPECTED = [
  [200, [{ id: 1 }, { id: 2 }], '</invoice?status=draft&select=id&limit=2&after=TOKEN>; rel="next"'],
  [200, '"1"', ""],
  [201, { id: 11, name: "New", email: null }, "/customer/11"],
  [201, { a: 9, b: "a,b", note: "n" }],
  [200, '"2"'],
  [400, 204, 405, "GET, HEAD, PATCH"],
];

test("the routes of crud work in Bun.serve", async () => {
  const { fetch: send, stop } = bun();
  try {
    expect(await responsesOf(send)).toEqual(EXPECTED);
  } finally {
    stop();
  }
});

test("the routes of crud work in Hono", async () => {
  expect(await responsesOf(hono())).toEqual(EXPECTED);
});

test("the routes of crud work in Elysia", async () => {
  expect(await responsesOf(elysia())).toEqual(EXPECTED);
});

test("of two changes of the same version only the first succeeds", async () => {
  const { fetch: send, stop } = bun();
  const patch = () =>
    send(
      new Request("http://localhost/invoice/1", {
        ...{ method: "PATCH", body: '{"status": "sent"}', headers: { "if-match": '"1"' } },
      }),
    );
  try {
    const statuses = (await Promise.all([patch(), patch()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 412]);
  } finally {
    stop();
  }
});

test("two clients that edit a row with If-Match lose no update", async () => {
  const { fetch: send, stop } = bun();
  const edits = Number(process.env["ROWFN_HTTP_EDITS"] ?? 50);
  const edit = async (): Promise<void> => {
    for (let done = 0; done < edits; ) {
      const read = await send(new Request("http://localhost/invoice/1"));
      const { total } = (await read.json()) as { total: string };
      const response = await send(
        new Request("http://localhost/invoice/1", {
          method: "PATCH",
          headers: { "if-match": read.headers.get("etag")! },
          body: JSON.stringify({ total: (Number(total) + 1).toFixed(2) }),
        }),
      );
      if (response.status === 200) done++;
      else if (response.status !== 412) throw new Error(await response.text());
    }
  };
  try {
    await Promise.all([edit(), edit()]);
  } finally {
    stop();
  }
  expect(await service.plain("select total::text, version from invoice where id = 1")).toEqual([
    [(10.5 + 2 * edits).toFixed(2), 1 + 2 * edits],
  ]);
});
