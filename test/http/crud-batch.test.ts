import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { answer, type InvoiceService, invoiceService, tenantSchema } from "../support/invoice-service.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

const send: InvoiceService["sendJson"] = (...args) => service.sendJson(...args);
const plain = (text: string) => service.plain(text);

test("operations refer to the rows of earlier ones, in one transaction", async () => {
  const response = await send("POST", "/batch", [
    { op: "insert", table: "customer", id: "c", row: { name: "New" } },
    { op: "insert", table: "invoice", id: "i", row: { number: 7 }, refs: { customer_id: "c.id" } },
    { op: "insert", table: "line", row: { quantity: 2 }, refs: { invoice_id: "i.id" } },
    { op: "update", table: "invoice", key: 2, version: "1", row: { status: "sent" } },
    { op: "upsert", table: "pair", key: ["k", 5], row: { note: "u" } },
    { op: "delete", table: "customer", key: 2 },
  ]);
  // Customer 2 still has an invoice.
  expect(await answer(response)).toMatchObject([409, { errors: [{ pointer: "/5", code: "referenced" }] }]);
  expect(await plain("select count(*)::int from customer where name = 'New'")).toEqual([[0]]);
  const second = await send("POST", "/batch", [
    { op: "insert", table: "customer", id: "c", row: { name: "New" } },
    { op: "insert", table: "invoice", id: "i", row: { number: 7 }, refs: { customer_id: "c.id" } },
    { op: "insert", table: "line", row: { quantity: 2 }, refs: { invoice_id: "i.id" } },
    { op: "update", table: "invoice", key: 2, version: "1", row: { status: "sent" } },
    { op: "upsert", table: "pair", key: ["k", 5], row: { note: "u" } },
    { op: "delete", table: "invoice", key: 3, version: "1" },
  ]);
  const [status, body] = (await answer(second)) as [number, { results: Record<string, unknown>[] }];
  expect(status).toBe(200);
  const [customer, invoice, line] = body.results;
  expect(customer).toMatchObject({ name: "New" });
  expect(invoice).toMatchObject({ number: "7", customer_id: customer!["id"] });
  expect(line).toMatchObject({ quantity: 2, invoice_id: invoice!["id"] });
  expect(body.results.slice(3)).toMatchObject([
    { id: 2, status: "sent" },
    { a: 5, b: "k", note: "u" },
    null,
  ] as never);
});

test("an invalid value is reported with the pointer of its operation", async () => {
  const body = [
    { op: "insert", table: "customer", row: { name: "New" } },
    { op: "insert", table: "line", row: { invoice_id: 1, quantity: 0 } },
  ];
  expect(await answer(await send("POST", "/batch", body))).toMatchObject([
    422,
    { errors: [{ pointer: "/1/row/quantity" }] },
  ]);
  expect(await plain("select count(*)::int from customer where name = 'New'")).toEqual([[0]]);
});

const REJECTED: readonly (readonly [operation: object, pointer: string])[] = [
  [{ op: "insert", table: "tenant", row: { id: 3 } }, "/0/table"],
  [{ op: "delete", table: "line", key: 1 }, "/0/op"],
  [{ op: "upsert", table: "line", key: 1, row: {} }, "/0/op"],
  [{ op: "insert", table: "customer" }, "/0/row"],
  [{ op: "insert", table: "customer", key: 1, row: {} }, "/0/key"],
  [{ op: "update", table: "customer", row: {} }, "/0/key"],
  [{ op: "update", table: "customer", key: "x", row: {} }, "/0/key"],
  [{ op: "update", table: "pair", key: ["a"], row: {} }, "/0/key"],
  [{ op: "update", table: "customer", key: null, row: {} }, "/0/key"],
  [{ op: "update", table: "invoice", key: 1, row: {} }, "/0/version"],
  [{ op: "insert", table: "invoice", version: "1", row: {} }, "/0/version"],
  [{ op: "insert", table: "line", row: { quantity: 1 }, refs: { invoice_id: "i.id" } }, "/0/refs/invoice_id"],
  [{ op: "insert", table: "line", row: {}, refs: { invoice_id: 1 } }, "/0/refs"],
  [{ op: "insert", table: "line", row: {}, refs: ["i.id"] }, "/0/refs"],
  [{ op: "insert", table: "line", row: ["i.id"] }, "/0/row"],
  [{ op: "delete", table: "customer", key: 1, refs: {} }, "/0/refs"],
  [{ op: "insert", table: "customer", id: "a.b", row: { name: "x" } }, "/0/id"],
  [{ op: "insert", table: "customer", id: "i".repeat(64), row: { name: "x" } }, "/0/id"],
  [{ op: "insert", table: "customer", id: "", row: { name: "x" } }, "/0/id"],
  [{ op: "insert", table: "customer", row: JSON.parse('{"name":"x","__proto__":1}') }, "/0/row/__proto__"],
  [{ op: "insert", table: "customer", row: { name: "x", constructor: 1 } }, "/0/row/constructor"],
  [
    { op: "insert", table: "customer", row: {}, refs: JSON.parse('{"__proto__":"a.b"}') },
    "/0/refs/__proto__",
  ],
  [{ op: "insert", table: "customer", row: { name: "x", secret: "y" } }, "/0/row/secret"],
  [{ op: "drop", table: "customer" }, "/0/op"],
  [{ op: "upsert", table: "invoice", key: 1, version: "1", row: { number: 5 } }, "/0/op"],
  [{ op: "upsert", table: "customer", key: 1, version: "1", row: { name: "x" } }, "/0/version"],
  [{ op: "delete", table: "customer", key: 1, row: {} }, "/0/row"],
  [{ op: "insert", table: "customer", row: {}, extra: 1 }, "/0/extra"],
];
test.each(REJECTED)("%j is rejected at %s", async (operation, pointer) => {
  const [status, body] = await answer(await send("POST", "/batch", [operation]));
  expect([status, (body as { errors: { pointer: string }[] }).errors[0]!.pointer]).toEqual([422, pointer]);
});

test.each(["secret", "tenant_id", "id", "missing"])(
  "a reference cannot write the column %s",
  async column => {
    const before = await plain("select * from customer order by id");
    const body = [
      { op: "insert", table: "customer", id: "c", row: { name: "New" } },
      { op: "update", table: "customer", key: 1, row: {}, refs: { [column]: "c.name" } },
    ];
    expect(await answer(await send("POST", "/batch", body))).toMatchObject([
      422,
      { errors: [{ pointer: `/1/refs/${column}` }] },
    ]);
    expect(await plain("select * from customer order by id")).toEqual(before);
  },
);

test.each([{ quantity: 5 }, { invoice_id: "i.id", quantity: 5 }, { quantity: "i" }, ["i.id"]])(
  "%j is not an object of references",
  async refs => {
    const body = [{ op: "insert", table: "line", row: {}, refs }];
    expect(await answer(await send("POST", "/batch", body))).toMatchObject([
      422,
      { errors: [{ pointer: "/0/refs", detail: expect.stringContaining('{ column: "id.column" }') }] },
    ]);
  },
);

test("a reference to a deleted row, to its own operation or to a later one is rejected", async () => {
  const deleted = { op: "delete", table: "customer", id: "d", key: 2 };
  const line = (from: string) => ({
    op: "update",
    table: "customer",
    id: "u",
    key: 1,
    row: {},
    refs: { name: from },
  });
  const sent = async (...body: object[]): Promise<number> => (await send("POST", "/batch", body)).status;
  await service.sql.unsafe("delete from line; delete from invoice");
  expect(await sent(deleted, line("d.name"))).toBe(422);
  expect(await sent(line("u.name"))).toBe(422);
  expect(await sent(line("d.name"), deleted)).toBe(422);
  expect(await plain("select name from customer where tenant_id = 1 order by id")).toEqual([
    ["Ann"],
    ["Bob"],
  ]);
});

test("a reference to a column that is not readable and an empty batch are rejected", async () => {
  const body = [
    { op: "insert", table: "customer", id: "c", row: { name: "New" } },
    { op: "insert", table: "line", row: { invoice_id: 1, quantity: 1 }, refs: { text: "c.secret" } },
  ];
  for (const refs of [{ text: "c.secret" }, { text: "c.nothing" }, { text: "c.constructor" }])
    expect(await answer(await send("POST", "/batch", [body[0], { ...body[1], refs }]))).toMatchObject([
      422,
      { errors: [{ pointer: "/1/refs/text" }] },
    ]);
  expect((await send("POST", "/batch", [])).status).toBe(422);
  expect((await send("POST", "/batch", {})).status).toBe(422);
});

test("a batch has at most 1,000 operations", async () => {
  const updates = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      ...{ op: "update", table: "customer", key: 1, row: { name: `Many ${at}` } },
    }));
  const name = () => plain("select name from customer where id = 1");
  expect(await answer(await send("POST", "/batch", updates(1_001)))).toMatchObject([
    422,
    { errors: [{ pointer: "" }] },
  ]);
  expect(await name()).toEqual([["Ann"]]);
  expect((await send("POST", "/batch", updates(1_000))).status).toBe(200);
  expect(await name()).toEqual([["Many 999"]]);
});

test("an id can be used by one operation only, and a column can have one value only", async () => {
  const customer = { op: "insert", table: "customer", id: "c", row: { name: "New" } };
  const invoice = {
    op: "insert",
    table: "invoice",
    row: { number: 7, customer_id: 1 },
    refs: { customer_id: "c.id" },
  };
  for (const [body, pointer] of [
    [[customer, { ...customer, row: { name: "Other" } }], "/1/id"],
    [[customer, invoice], "/1/refs/customer_id"],
  ] as const)
    expect(await answer(await send("POST", "/batch", body))).toMatchObject([422, { errors: [{ pointer }] }]);
  expect(await plain("select count(*)::int from customer where tenant_id = 1")).toEqual([[2]]);
});

test("an invalid value of an earlier row is reported with the pointer of the reference", async () => {
  const body = [
    { op: "insert", table: "customer", id: "c", row: { name: "no number" } },
    { op: "insert", table: "invoice", row: { number: 7 }, refs: { customer_id: "c.name" } },
  ];
  expect(await answer(await send("POST", "/batch", body))).toMatchObject([
    422,
    { errors: [{ pointer: "/1/refs/customer_id" }] },
  ]);
});

test("an operation refers to the key of an earlier row, even if the key is not among the columns that are answered", async () => {
  const { sql, schema } = service;
  const routes = crud(sql, tenantSchema(schema, 1), {
    tables: {
      customer: { select: ["name"], write: ["name"] },
      invoice: { select: ["number"], write: ["number", "customer_id"] },
    },
    batch: true,
  });
  const body = [
    { op: "insert", table: "customer", id: "c", row: { name: "New" } },
    { op: "insert", table: "invoice", row: { number: 7 }, refs: { customer_id: "c.id" } },
  ];
  const headers = { "content-type": "application/json" };
  const request = new Request("http://localhost/batch", {
    method: "POST",
    body: JSON.stringify(body),
    headers,
  });
  expect(await answer(await routes["/batch"]!(request))).toEqual([
    200,
    { results: [{ name: "New" }, { number: "7" }] },
  ]);
  expect(
    await plain("select name from customer join invoice on customer_id = customer.id where number = 7"),
  ).toEqual([["New"]]);
});

test("a batch exists if one table can be written, and changes no other table", async () => {
  const { sql, schema } = service;
  const routes = crud(sql, tenantSchema(schema, 1), {
    tables: { customer: { write: ["name"] }, invoice: { select: ["id"] } },
    batch: true,
  });
  const call = async (op: object): Promise<unknown> =>
    answer(
      await routes["/batch"]!(
        new Request("http://localhost/batch", { method: "POST", body: JSON.stringify([op]) }),
      ),
    );
  expect(await call({ op: "insert", table: "customer", row: { name: "New" } })).toMatchObject([200, {}]);
  expect(await call({ op: "update", table: "invoice", key: 1, row: { number: 9 } })).toMatchObject([422, {}]);
  expect(crud(sql, schema, { tables: { invoice: { select: ["id"] } }, batch: true })).not.toHaveProperty([
    "/batch",
  ]);
});
