import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { answer, type InvoiceService, invoiceService } from "../support/invoice-service.ts";

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

test("a list is filtered, with related rows", async () => {
  const [status, rows] = await answer(
    await send("GET", "/invoice?customer.name=Ann&line[some].quantity[gt]=2&include=customer,line&select=id"),
  );
  expect([status, rows]).toEqual([
    200,
    [{ id: 2, customer: { id: 1, name: "Ann" }, line: [{ id: 3, quantity: 3 }] }],
  ]);
});

test("an invalid query is 400 with the parameter", async () => {
  const [status, body] = await answer(await send("GET", "/invoice?tenant_id=2&limit=99"));
  expect([status, body]).toMatchObject([
    400,
    { errors: [{ parameter: "tenant_id" }, { parameter: "limit" }] },
  ]);
  const [, token] = await answer(await send("GET", "/invoice?after=x.y"));
  expect(token).toMatchObject({ status: 400, detail: expect.stringContaining("page token") });
});

test("CSV and NDJSON have every row, unless the query has a limit", async () => {
  const csv = await send("GET", "/invoice?select=id,total", undefined, { accept: "text/csv" });
  expect(await csv.text()).toBe("id,total\n1,10.50\n2,20.00\n3,30.00\n");
  const ndjson = { accept: "application/x-ndjson" };
  expect(await (await send("GET", "/invoice?select=id&limit=1", undefined, ndjson)).text()).toBe(
    '{"id":1}\n',
  );
  const none = await send("GET", "/customer?name=nobody", undefined, { accept: "text/csv" });
  expect(await none.text()).toBe("id,name,email\n");
});

test("a row has an ETag of its version, whatever is selected, and 304", async () => {
  const first = await send("GET", "/invoice/1?select=id");
  expect([await answer(first), first.headers.get("etag")]).toEqual([[200, { id: 1 }], '"1"']);
  const again = await send("GET", "/invoice/1", undefined, { "if-none-match": '"1"' });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const head = await send("HEAD", "/invoice/1");
  expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, '"1"', ""]);
});

test("without a version column the ETag is of the stored row, also of columns that are not selected", async () => {
  const tag = async (path: string): Promise<string | null> => (await send("GET", path)).headers.get("etag");
  const before = await tag("/customer/1");
  expect(before).toMatch(/^"[\da-f]{32}"$/);
  expect(await tag("/customer/1?select=id")).toBe(before);
  await service.sql`update customer set secret = 'other' where id = 1`;
  expect(await tag("/customer/1")).not.toBe(before);
});

test("a row with related rows has no ETag, because it does not cover them", async () => {
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

test("a missing row and another tenant's row are 404, an invalid key is 400", async () => {
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
