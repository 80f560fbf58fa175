import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { asRole, loadSchema } from "../../src/index.ts";
import { answer, type InvoiceService, invoiceService } from "../support/invoice-service.ts";
import { testTables } from "../support/test-tables.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

const send: InvoiceService["sendJson"] = (...args) => service.sendJson(...args);

test("a list is a page of the tenant's rows with the columns that are listed", async () => {
  const response = await send("GET", "/invoice?sort=-number&total=true");
  expect(await answer(response)).toEqual([
    200,
    [
      {
        id: 1,
        number: "9007199254740993",
        customer_id: 1,
        status: "draft",
        due_on: null,
        total: "10.50",
        settings: {},
      },
      { id: 3, number: "3", customer_id: 2, status: "draft", due_on: null, total: "30.00", settings: {} },
    ],
  ]);
  expect(response.headers.get("x-total-count")).toBe("3");
  const [, next] = /<([^>]+)>; rel="next"/.exec(response.headers.get("link")!)!;
  expect(await (await send("GET", next!)).json()).toEqual([expect.objectContaining({ id: 2 })]);
});

test("a list is sorted by a column of a referenced row, page by page", async () => {
  const { sql, options } = service;
  const tables = { invoice: { sort: ["customer.name", "id"], select: ["id"], limit: 2 } };
  const list = crud(sql, service.schema, { ...options, tables })["/invoice"]!;
  const first = await list(new Request("http://localhost/invoice?sort=-customer.name,-id"));
  const [, next] = /<([^>]+)>; rel="next"/.exec(first.headers.get("link")!)!;
  const second = await list(new Request(new URL(next!, "http://localhost").href));
  expect([await answer(first), await answer(second)]).toEqual([
    [200, [{ id: 3 }, { id: 2 }]],
    [200, [{ id: 1 }]],
  ]);
  expect((await list(new Request("http://localhost/invoice?sort=customer.email"))).status).toBe(400);
});

test("a list is filtered and includes related rows", async () => {
  const [status, rows] = await answer(
    await send("GET", "/invoice?customer.name=Ann&line[some].quantity[gt]=2&include=customer,line&select=id"),
  );
  expect([status, rows]).toEqual([
    200,
    [{ id: 2, customer: { id: 1, name: "Ann" }, line: [{ id: 3, quantity: 3 }] }],
  ]);
});

test("an invalid query is 400, and the error names the parameter", async () => {
  const [status, body] = await answer(await send("GET", "/invoice?tenant_id=2&limit=99"));
  expect([status, body]).toMatchObject([
    400,
    { errors: [{ parameter: "tenant_id" }, { parameter: "limit" }] },
  ]);
  const [, token] = await answer(await send("GET", "/invoice?after=x.y"));
  expect(token).toMatchObject({ status: 400, detail: expect.stringContaining("page token") });
});

test("CSV and NDJSON contain all rows, unless the query has a limit", async () => {
  const csv = await send("GET", "/invoice?select=id,total", undefined, { accept: "text/csv" });
  expect(await csv.text()).toBe("id,total\n1,10.50\n2,20.00\n3,30.00\n");
  const ndjson = { accept: "application/x-ndjson" };
  expect(await (await send("GET", "/invoice?select=id&limit=1", undefined, ndjson)).text()).toBe(
    '{"id":1}\n',
  );
  const none = await send("GET", "/customer?name=nobody", undefined, { accept: "text/csv" });
  expect(await none.text()).toBe("id,name,email\n");
});

test.each(["text/csv", "text/tab-separated-values"])(
  "%s is flat, so include is rejected with this reason",
  async accept => {
    const [status, body] = await answer(
      await send("GET", "/invoice?include=customer", undefined, { accept }),
    );
    expect([status, body]).toMatchObject([
      400,
      {
        errors: [
          {
            parameter: "include",
            detail: `Expected JSON or NDJSON in Accept for included rows, received ${accept}`,
          },
        ],
      },
    ]);
  },
);

test("the ETag of a row is its version, whatever is selected, and a matching request is 304", async () => {
  const first = await send("GET", "/invoice/1?select=id");
  expect([await answer(first), first.headers.get("etag")]).toEqual([[200, { id: 1 }], '"1"']);
  const again = await send("GET", "/invoice/1", undefined, { "if-none-match": '"1"' });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const head = await send("HEAD", "/invoice/1");
  expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, '"1"', ""]);
});

test("the version is in a row only if it is selected", async () => {
  const { sql, schema } = service;
  const tables = { invoice: { select: ["id", "version"], version: "version" } } as const;
  const routes = crud(sql, schema, { tables });
  const read = async (query: string): Promise<unknown> => {
    const request = new Request(`http://localhost/invoice/1${query}`);
    return await (
      await routes["/invoice/:key"]!(Object.assign(request, { params: { key: "1" } }) as never)
    ).json();
  };
  expect([await read("?select=id"), await read("?select=version"), await read("")]).toEqual([
    ...[{ id: 1 }, { version: 1 }, { id: 1, version: 1 }],
  ]);
});

test("without a version column the ETag covers the stored row, including columns that are not selected", async () => {
  const tag = async (path: string): Promise<string | null> => (await send("GET", path)).headers.get("etag");
  const before = await tag("/customer/1");
  expect(before).toMatch(/^"\d+"$/);
  expect(await tag("/customer/1?select=id")).toBe(before);
  await service.sql`update customer set secret = 'other' where id = 1`;
  const after = await tag("/customer/1");
  expect(after).toMatch(/^"\d+"$/);
  expect(after).not.toBe(before);
});

test("the ETag of the stored row of a partitioned table changes with the row", async () => {
  const { sql, schema } = await testTables(
    `create table part (id int primary key, note text) partition by range (id);
    create table part_1 partition of part for values from (0) to (10);
    create table part_2 partition of part for values from (10) to (20);
    insert into part values (1, 'a')`,
  );
  const routes = crud(sql, schema, { tables: { part: { write: ["note"] } } });
  const ask = (init: RequestInit = {}) => routes["/part/:key"]!(new Request("http://localhost/part/1", init));
  const tag = (await ask()).headers.get("etag")!;
  const patch = { method: "PATCH", headers: { "if-match": tag } };
  expect((await ask({ ...patch, body: '{"note": "b"}' })).status).toBe(200);
  expect((await ask({ ...patch, body: '{"note": "c"}' })).status).toBe(412);
  const after = (await ask()).headers.get("etag");
  expect(after).toBeString();
  expect(after).not.toBe(tag);
});

test("a role that may read only some columns gets an ETag of these columns", async () => {
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  const { sql } = await testTables("create table secret (id int primary key, note text, hidden text)");
  await sql
    .unsafe(`insert into secret values (1, 'a', 'b');
    create role ${role}; grant select (id, note) on secret to ${role}`)
    .simple();
  try {
    await asRole(sql, { role }, async tx => {
      const routes = crud(tx, await loadSchema(tx), { tables: { secret: {} } });
      const response = await routes["/secret/:key"]!(new Request("http://localhost/secret/1"));
      expect(await answer(response)).toEqual([200, { id: 1, note: "a" }]);
      expect(response.headers.get("etag")).toMatch(/^"[\da-f]{32}"$/);
    });
  } finally {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`).simple();
  }
});

test("a row with related rows has no ETag, because the ETag would not cover the related rows", async () => {
  const response = await send("GET", "/customer/1?include=invoice&select=name");
  expect([await answer(response), response.headers.get("etag")]).toEqual([
    [
      200,
      {
        name: "Ann",
        invoice: [
          { id: 1, number: "9007199254740993" },
          { id: 2, number: "2" },
        ],
      },
    ],
    null,
  ]);
});

test("a missing row and another tenant's row are 404, and an invalid key is 400", async () => {
  for (const path of [
    "/invoice/99",
    "/invoice/100",
    "/customer/100",
    "/customer/100?include=invoice",
    "/pair/z,8",
  ])
    expect((await send("GET", path)).status).toBe(404);
  for (const path of ["/invoice/x", "/pair/z", "/invoice/%FF", "/invoice/1?limit=1", "/invoice/1?after=x"])
    expect((await send("GET", path)).status).toBe(400);
  expect(await answer(await send("GET", "/pair/%22x%2Cy%22,7"))).toEqual([
    200,
    { a: 7, b: "x,y", note: "n" },
  ]);
});
