import { expect, test } from "bun:test";
import { type RespondOptions, type Rows, respond } from "../../src/http/index.ts";
import { jsonNull, page, rowsWhere, streamRows, UnknownNameError } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table item (id int8 primary key, name text, tags text[]);
  insert into item select n, 'name ' || n, '{a,b}' from generate_series(1, 5000) n`,
);

const get = (headers: Record<string, string> = {}, method = "GET"): Request =>
  new Request("http://localhost/item?limit=2&a=b", { headers, method });
const text = async (rows: Rows, accept?: string, options?: RespondOptions): Promise<string> =>
  await (await respond(get(accept ? { accept } : {}), rows, options)).text();

test("JSON keeps all digits, and values that JSON cannot represent are in text format", async () => {
  const row = {
    big: 9007199254740993n,
    list: [1n, [2n]],
    amount: "1.10",
    bytes: new Uint8Array([0, 255]),
    at: new Date(0),
    always: new Date(8.64e15),
    numbers: [Number.NaN, Number.POSITIVE_INFINITY, -0, 1.5],
    doc: { a: null },
    none: jsonNull,
    missing: null,
  };
  expect(await text(row)).toBe(
    '{"big":9007199254740993,"list":[1,[2]],"amount":"1.10","bytes":"\\\\x00ff","at":"1970-01-01T00:00:00.000Z",' +
      '"always":"infinity","numbers":["NaN","Infinity",-0,1.5],"doc":{"a":null},"none":null,"missing":null}',
  );
});

test.each([-0, Number.NaN, Number.NEGATIVE_INFINITY, 1n, new Date(-8.64e15), new Uint8Array()])(
  "a row with only %p differs from the output of JSON.stringify",
  async value => {
    const printed =
      typeof value === "bigint" ? "1" : Object.is(value, -0) ? "-0" : expect.stringMatching(/^"/);
    expect((await text({ value })).slice('{"value":'.length, -1)).toEqual(printed);
  },
);

test("a row whose columns are named like the members of a page is a row", async () => {
  const rows = [
    { rows: 5 },
    { rows: [1], next: null },
    { rows: [1], previous: null },
    { rows: 5, next: null, previous: null },
  ];
  for (const row of rows) expect(await text(row)).toBe(JSON.stringify(row));
});

test("a plain row is printed as by JSON.stringify", async () => {
  const row = { a: 1, b: "x", c: [true], d: { e: null }, f: new Date(0) };
  expect(await text(row)).toBe(JSON.stringify(row));
});

const TWO = [
  { id: 1n, name: 'a "b"', tags: ["x", "y"] },
  { id: 2n, name: null, tags: [] },
];

test.each([
  [
    undefined,
    "application/json",
    '[{"id":1,"name":"a \\"b\\"","tags":["x","y"]},{"id":2,"name":null,"tags":[]}]',
  ],
  ["text/csv", "text/csv; charset=utf-8", 'id,name,tags\n1,"a ""b""","[""x"",""y""]"\n2,,[]\n'],
  [
    "application/x-ndjson",
    "application/x-ndjson",
    '{"id":1,"name":"a \\"b\\"","tags":["x","y"]}\n{"id":2,"name":null,"tags":[]}\n',
  ],
  [
    "text/tab-separated-values",
    "text/tab-separated-values; charset=utf-8",
    expect.stringContaining("id\tname"),
  ],
  [" ", "application/json", expect.stringContaining('"id":1')],
  ["text/*;q=0.2, application/json;q=0.1", "text/csv; charset=utf-8", expect.stringContaining("id,name")],
])("the response for Accept %p is %s", async (accept, type, body) => {
  const response = await respond(get(accept ? { accept } : {}), TWO);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.get("vary")).toBe("accept");
  expect(await response.text()).toEqual(body as string);
});

test.each([
  ["text/csv;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8"],
  ["text/*;q=0.1, */*;q=0.2", "application/json"],
  ["text/html, */*;q=0.1", "application/json"],
  ["*/*, application/json;q=0", "application/x-ndjson"],
  ["TEXT/CSV ; Q=1", "text/csv; charset=utf-8"],
  ["text/csv;q=0", "application/problem+json"],
  ["text/html", "application/problem+json"],
  [" , ", "application/json"],
  [",text/csv,", "text/csv; charset=utf-8"],
])("Accept with the quality values %p is answered with %s", async (accept, type) => {
  const response = await respond(get({ accept }), TWO);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.status).toBe(type === "application/problem+json" ? 406 : 200);
});

test("a single row is available only as JSON", async () => {
  expect((await respond(get({ accept: "text/csv" }), { id: 1 })).status).toBe(406);
});

test("a missing row is 404", async () => {
  for (const rows of [undefined, null]) {
    const response = await respond(get(), rows);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json",
    ]);
  }
});

test("a version is the ETag of a row, with 304 if it matches, whatever is selected", async () => {
  const row = { id: 1, version: 7 };
  const options = { version: "version" };
  const first = await respond(get(), row, options);
  expect(first.headers.get("etag")).toBe('"7"');
  for (const tag of ['"7"', 'W/"7"', '"6", "7"', "*"]) {
    const again = await respond(get({ "if-none-match": tag }), row, options);
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", '"7"']);
  }
  expect((await respond(get({ "if-none-match": '"6"' }), row, options)).status).toBe(200);
  for (const condition of [{ "if-none-match": '"7"' }, { "if-match": '"6"' }])
    expect((await respond(get(condition, "PATCH"), row, options)).status).toBe(200);
  expect((await respond(get(), { id: 1 }, { etag: 'a "b"' })).headers.get("etag")).toBe('"a%20%22b%22"');
  expect((await respond(get({ "if-none-match": '"a%20%22b%22"' }), {}, { etag: 'a "b"' })).status).toBe(304);
  expect((await respond(get(), { version: null }, options)).headers.get("etag")).toBeNull();
});

test("a version that the row does not have is an error, not a response without ETag", () =>
  expect(respond(get(), { id: 1, version: 7 }, { version: "versoin" })).rejects.toThrow(
    new UnknownNameError('respond: the row has no column "versoin" for version; did you mean "version"?'),
  ));

test("HEAD has the headers of GET without a body", async () => {
  const response = await respond(get({}, "HEAD"), { id: 1, version: 7 }, { version: "version" });
  expect([
    response.headers.get("content-length"),
    response.headers.get("etag"),
    await response.text(),
  ]).toEqual(["20", '"7"', ""]);
  const options = { status: 203, headers: { "x-own": "yes" } };
  const row = await respond(get({}, "HEAD"), { id: 1 }, options);
  expect([row.status, row.headers.get("x-own"), row.headers.get("content-length")]).toEqual([
    203,
    "yes",
    "8",
  ]);
  const stream = await respond(get({}, "HEAD"), streamRows(sql, schema, "item"), options);
  const { headers } = stream;
  expect([stream.status, headers.get("content-type"), headers.get("x-own"), headers.get("vary")]).toEqual([
    ...[203, "application/json", "yes", "accept"],
  ]);
  expect(stream.body).toBeNull();
});

test("HEAD of a stream has no Content-Length", async () => {
  const fetch = (request: Request): Promise<Response> => respond(request, streamRows(sql, schema, "item"));
  await using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
  const { status, headers } = await globalThis.fetch(server.url, { method: "HEAD" });
  expect([status, headers.get("content-length")]).toEqual([200, null]);
});

test("status and headers of the caller are used", async () => {
  const response = await respond(get(), { id: 1 }, { status: 201, headers: { location: "/item/1" } });
  expect([response.status, response.headers.get("location")]).toEqual([201, "/item/1"]);
});

test("a page has links to its neighbors and its total", async () => {
  const first = await page(sql, schema, "item", { limit: 2, total: true });
  const response = await respond(get(), first);
  const link = response.headers.get("link")!;
  expect(link).toBe(`</item?limit=2&a=b&after=${first.next}>; rel="next"`);
  expect(response.headers.get("x-total-count")).toBe("5000");
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(first.rows)));
  const second = await respond(get(), await page(sql, schema, "item", { limit: 2, after: first.next }));
  expect(second.headers.get("link")).toMatch(/rel="next", <\/item\?limit=2&a=b&before=[^>]+>; rel="prev"$/);
});

const accepts = ["application/json", "application/x-ndjson", "text/csv", "text/tab-separated-values"];

test.each(accepts)("a stream has the same text as the array in %s", async accept => {
  const options = { orderBy: "id" } as const;
  const rows = await rowsWhere(sql, schema, "item", options);
  expect(await text(streamRows(sql, schema, "item", options), accept)).toBe(await text(rows, accept));
});

test("an empty list is empty in every format", async () => {
  const none = { where: { id: "0" } };
  expect(await text(streamRows(sql, schema, "item", none))).toBe("[]");
  expect(await text([])).toBe("[]");
  expect(await text(streamRows(sql, schema, "item", none), "text/csv", { columns: ["id", "name"] })).toBe(
    "id,name\n",
  );
  expect(await text([], "application/x-ndjson")).toBe("");
});

test("a row without a column of the first row has no property for it in JSON", async () => {
  async function* rows(): AsyncGenerator<object, void, undefined> {
    yield { id: 1, name: "a" };
    yield { id: 2, note: null };
  }
  expect(await text(rows(), "application/x-ndjson")).toBe('{"id":1,"name":"a"}\n{"id":2,"note":null}\n');
  expect(await text(rows(), "application/json")).toBe('[{"id":1,"name":"a"},{"id":2,"note":null}]');
});

test("a stream is read at the pace of its reader and ends with it", async () => {
  let [made, ended] = [0, false];
  async function* rows(): AsyncGenerator<object, void, undefined> {
    try {
      for (;;) yield { id: made++, filler: "x".repeat(1000) };
    } finally {
      ended = true;
    }
  }
  const reader = (await respond(get(), rows())).body!.getReader();
  await reader.read();
  expect(made).toBeLessThan(20);
  await reader.read();
  expect(made).toBeLessThan(40);
  await reader.cancel();
  expect(ended).toBe(true);
});

const openTransactions = async (): Promise<number> => {
  const [found] = await sql`select count(*)::int as n from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
  return found.n;
};

test("a client that disconnects leaves no statement running on the server, nor does HEAD", async () => {
  const rows = (): AsyncIterable<object> => streamRows(sql, schema, "item");
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: request => respond(request, rows()) });
  for (const read of [true, false]) {
    const controller = new AbortController();
    const response = await fetch(server.url, { signal: controller.signal });
    if (read) await response.body!.getReader().read();
    controller.abort();
    await until(async () => (await openTransactions()) === 0);
  }
  await (await respond(get(), rows())).body!.cancel();
  await respond(get({}, "HEAD"), rows());
  expect(await openTransactions()).toBe(0);
});

test("an error before the first row is thrown, so that it can become a problem response", async () => {
  await sql`alter table item rename to other`;
  await expect(respond(get(), streamRows(sql, schema, "item"))).rejects.toThrow("does not exist");
  await sql`alter table other rename to item`;
});

test("headers that are not a plain object are rejected, because they would not be sent", async () => {
  const headers = new Headers({ "x-item": "1" }) as never;
  await expect(respond(get(), { id: 1 }, { headers })).rejects.toThrow(
    "respond: headers must not be an instance of Headers; pass Object.fromEntries(...) of it",
  );
  const response = await respond(get(), { id: 1 }, { headers: { "x-item": "1" } });
  expect(response.headers.get("x-item")).toBe("1");
});

test("304 and streams use the status and the headers of the options", async () => {
  const options = { version: "id", headers: { "cache-control": "no-cache" } } as const;
  const first = await respond(get(), { id: 1 }, options);
  const tag = first.headers.get("etag")!;
  const again = await respond(get({ "if-none-match": tag }), { id: 1 }, options);
  expect([again.status, again.headers.get("cache-control"), again.headers.get("etag")]).toEqual([
    ...[304, "no-cache", tag],
  ] as never);
  const stream = await respond(get(), streamRows(sql, schema, "item"), { status: 203 });
  expect(stream.status).toBe(203);
  await stream.body!.cancel();
});

test.each([
  [199, false],
  [200, true],
  [599, true],
  [600, false],
])("the status %i is accepted: %p", async (status, isAccepted) => {
  const answer = respond(get(), { id: 1 }, { status }).then(
    response => response.status,
    (error: Error) => error.message,
  );
  expect(await answer).toBe(
    isAccepted ? status : `respond: status must be an integer from 200 to 599, received ${status}`,
  );
});
