import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { loadSchema } from "../../src/index.ts";
import { answer, type InvoiceService, invoiceService } from "../support/invoice-service.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

const send: InvoiceService["sendJson"] = (...args) => service.sendJson(...args);
const plain = (text: string) => service.plain(text);

test("POST inserts a row with all digits and adds the tenant", async () => {
  const body = '{"number": 9007199254740995, "customer_id": 1, "total": 1.10, "settings": {"a": [1]}}';
  const response = await send("POST", "/invoice", body);
  expect(await answer(response)).toEqual([
    201,
    {
      ...{ id: 11, number: "9007199254740995", customer_id: 1, status: "draft", due_on: null },
      ...{ total: "1.10", settings: { a: [1] } },
    },
  ]);
  expect([response.headers.get("location"), response.headers.get("etag")]).toEqual(["/invoice/11", '"1"']);
  expect(await plain("select tenant_id, number::text from invoice where id = 11")).toEqual([
    [1, "9007199254740995"],
  ]);
});

test("POST inserts many rows, as JSON, NDJSON or CSV, all or none", async () => {
  const rows = [{ name: "C" }, { name: "D", email: "d@x" }];
  expect(await answer(await send("POST", "/customer", rows))).toEqual([
    201,
    [
      { id: 11, name: "C", email: null },
      { id: 12, name: "D", email: "d@x" },
    ],
  ]);
  const csv = await send("POST", "/customer", "name,email\nE,\nF,f@x\n", { "content-type": "text/csv" });
  expect(await answer(csv)).toEqual([201, { rows: 2 }]);
  const type = { "content-type": "application/x-ndjson" };
  expect(await answer(await send("POST", "/customer", '{"name":"G"}\n', type))).toEqual([201, { rows: 1 }]);
  expect(
    await answer(await send("POST", "/customer", "name\nH\nAnn\n", { "content-type": "text/csv" })),
  ).toMatchObject([409, { code: "unique" }]);
  expect(await plain("select name from customer where tenant_id = 1 order by id")).toEqual(
    ["Ann", "Bob", "C", "D", "E", "F", "G"].map(name => [name]),
  );
});

test("a column that is not listed cannot be written, in any format", async () => {
  const own = await answer(await send("POST", "/customer", { name: "C", secret: "x", tenant_id: 2 }));
  expect(own).toMatchObject([
    422,
    {
      errors: [
        { pointer: "/secret", code: "read_only" },
        { pointer: "/tenant_id", code: "read_only" },
      ],
    },
  ]);
  const many = await answer(await send("POST", "/customer", [{ name: "C" }, { id: 5, name: "D" }]));
  expect(many).toMatchObject([422, { errors: [{ pointer: "/1/id", code: "read_only" }] }]);
  const csv = await send("POST", "/customer", "name,tenant_id\nC,2\n", { "content-type": "text/csv" });
  expect(await answer(csv)).toMatchObject([
    422,
    { errors: [{ pointer: "/0/tenant_id", code: "read_only" }] },
  ]);
  expect((await send("PATCH", "/customer/1", { secret: "x" })).status).toBe(422);
  expect((await send("PATCH", "/customer/1", { id: 5 })).status).toBe(422);
  expect(await plain("select count(*)::int from customer where secret = 'x'")).toEqual([[0]]);
});

test("a column that does not exist is reported with the nearest writable one", async () => {
  expect(await answer(await send("POST", "/customer", { nam: "C", secre: "x" }))).toMatchObject([
    422,
    {
      errors: [
        {
          ...{ pointer: "/nam", code: "read_only" },
          detail: 'Expected a column that can be written, received "nam"; did you mean "name"?',
        },
        {
          ...{ pointer: "/secre", code: "read_only" },
          detail: 'Expected a column that can be written, received "secre"',
        },
      ],
    },
  ]);
});

test("invalid values are 422 with pointers, and rows that the database rejects are 409 or 422", async () => {
  const invalid = await answer(await send("POST", "/invoice", { number: "x", total: -1, status: "no" }));
  expect(invalid).toMatchObject([422, { detail: "values are invalid" }]);
  const pointers = (invalid[1] as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  expect(pointers.sort()).toEqual(["/customer_id", "/number", "/status", "/total"]);
  const same = await answer(await send("POST", "/invoice", { number: 2, customer_id: 1 }));
  expect(same).toMatchObject([409, { code: "unique" }]);
  const missing = await answer(await send("POST", "/invoice", { number: 5, customer_id: 77 }));
  expect(missing).toMatchObject([422, { code: "missing_reference", errors: [{ pointer: "/customer_id" }] }]);
  expect(await answer(await send("DELETE", "/customer/1"))).toMatchObject([409, { code: "referenced" }]);
});

test("PATCH changes the row only if its version is the one that was read", async () => {
  const response = await send("PATCH", "/invoice/1", { status: "sent" }, { "if-match": '"1"' });
  expect([response.status, response.headers.get("etag")]).toEqual([200, '"2"']);
  expect(await response.json()).toMatchObject({ id: 1, status: "sent" });
  for (const tag of ['"1"', '"x"', 'W/"2"', '"7", "8"'])
    expect((await send("PATCH", "/invoice/1", { status: "paid" }, { "if-match": tag })).status).toBe(412);
  expect((await send("PATCH", "/invoice/1", { status: "paid" })).status).toBe(428);
  expect((await send("PATCH", "/invoice/99", { status: "paid" }, { "if-match": '"1"' })).status).toBe(404);
  expect((await send("PATCH", "/invoice/100", { status: "paid" }, { "if-match": "*" })).status).toBe(404);
  expect(await plain("select status, version from invoice where id = 1")).toEqual([["sent", 2]]);
  for (const tag of ["*", '"9", "3"'])
    expect((await send("PATCH", "/invoice/1", { status: "paid" }, { "if-match": tag })).status).toBe(200);
  expect(await plain("select status, version from invoice where id = 1")).toEqual([["paid", 4]]);
});

test("without a version column If-Match is optional and compares the stored row", async () => {
  const tag = (await send("GET", "/customer/1")).headers.get("etag")!;
  expect((await send("PATCH", "/customer/1", { name: "Anna" }, { "if-match": tag })).status).toBe(200);
  expect((await send("PATCH", "/customer/1", { name: "Anne" }, { "if-match": tag })).status).toBe(412);
  expect((await send("DELETE", "/customer/1", undefined, { "if-match": tag })).status).toBe(412);
  expect((await send("PATCH", "/customer/1", { name: "Anne" })).status).toBe(200);
  expect((await send("PATCH", "/customer/99", { name: "x" }, { "if-match": "*" })).status).toBe(404);
  expect(await plain("select name from customer where id = 1")).toEqual([["Anne"]]);
});

test("a row is changed and deleted with the tag of the stored row, and with * in any state", async () => {
  const tagOf = async (path: string): Promise<string> => (await send("GET", path)).headers.get("etag")!;
  expect((await send("PATCH", "/customer/2", { email: "b@x" }, { "if-match": "*" })).status).toBe(200);
  const stale = await tagOf("/customer/2");
  await service.sql`update customer set email = 'c@x' where id = 2`;
  expect((await send("PUT", "/customer/2", { name: "Bo" }, { "if-match": stale })).status).toBe(412);
  await service.sql.unsafe("delete from line; delete from invoice");
  expect((await send("DELETE", "/customer/2", undefined, { "if-match": stale })).status).toBe(412);
  const tag = await tagOf("/customer/2");
  expect((await send("DELETE", "/customer/2", undefined, { "if-match": tag })).status).toBe(204);
  expect((await send("DELETE", "/customer/1", undefined, { "if-match": "*" })).status).toBe(204);
  expect(await plain("select id from customer order by id")).toEqual([[100]]);
});

test("PUT inserts and replaces, and cannot overwrite another tenant's row", async () => {
  const put = (path: string, body: unknown, headers = {}) => send("PUT", path, body, headers);
  const first = await put("/customer/50", { name: "New" });
  expect([await answer(first), first.headers.get("location")]).toEqual([
    [201, { id: 50, name: "New", email: null }],
    "/customer/50",
  ]);
  expect(await answer(await put("/customer/50", { id: 50, name: "Newer" }))).toMatchObject([
    200,
    { name: "Newer" },
  ]);
  expect(await answer(await put("/customer/50", { id: 51, name: "x" }))).toMatchObject([
    422,
    { errors: [{ pointer: "/id" }] },
  ]);
  expect((await put("/customer/50", { name: "x" }, { "if-none-match": "*" })).status).toBe(412);
  expect((await put("/customer/51", { name: "y" }, { "if-none-match": "*" })).status).toBe(201);
  expect((await put("/customer/100", { name: "mine" })).status).toBe(403);
  expect((await put("/invoice/60", { number: 60, customer_id: 1 })).status).toBe(428);
  expect((await put("/invoice/60", { number: 60, customer_id: 1 }, { "if-none-match": "*" })).status).toBe(
    201,
  );
  expect((await put("/invoice/60", { number: 60, customer_id: 1 }, { "if-match": '"1"' })).status).toBe(200);
  expect(await answer(await put("/pair/%22a%2Cb%22,9", { note: "p" }))).toEqual([
    201,
    { a: 9, b: "a,b", note: "p" },
  ]);
  expect(await plain("select name from customer where id = 100")).toEqual([["TOPSECRET"]]);
});

test("PUT of a new row that violates a different unique key is a conflict, not a stale version", async () => {
  const none = { "if-none-match": "*" };
  const same = await send("PUT", "/customer/60", { name: "Ann" }, none);
  expect(await answer(same)).toMatchObject([409, { code: "unique" }]);
  expect((await send("PUT", "/customer/1", { name: "Zoe" }, none)).status).toBe(412);
  expect((await send("PUT", "/invoice/61", { number: 61, customer_id: 99 }, none)).status).toBe(422);
  expect(await plain("select name from customer where id = 1")).toEqual([["Ann"]]);
});

test("a body that is not an object is 422, for a key of one and of two columns", async () => {
  for (const path of ["/customer/1", "/pair/%22x%2Cy%22,7"])
    for (const body of ["null", "5", '"a"', "[]", "[{}]"])
      for (const method of ["PATCH", "PUT"]) expect((await send(method, path, body)).status).toBe(422);
  expect((await send("PUT", "/pair/%22x%2Cy%22,7", { a: 7, b: "x,y", note: "m" })).status).toBe(200);
  for (const a of [8, "x", null, [7]])
    expect((await send("PUT", "/pair/%22x%2Cy%22,7", { a, note: "lost" })).status).toBe(422);
  expect(await plain("select note from pair where a = 7")).toEqual([["m"]]);
});

test("PUT resets missing columns to their defaults and leaves columns unchanged that a client cannot write", async () => {
  const put = (path: string, body: unknown, headers = {}) => send("PUT", path, body, headers);
  await service.sql`update customer set secret = 'kept' where id = 1`;
  expect(await answer(await put("/customer/1", { name: "Anna" }))).toEqual([
    200,
    { id: 1, name: "Anna", email: null },
  ]);
  expect(await plain("select name, email, secret from customer where id = 1")).toEqual([
    ["Anna", null, "kept"],
  ]);
  await service.sql`update invoice set status = 'paid', total = 7, settings = '{"a": 1}' where id = 2`;
  const response = await put("/invoice/2", { number: 2, customer_id: 1, total: 5 }, { "if-match": '"1"' });
  expect([response.headers.get("etag"), ...(await answer(response))]).toMatchObject([
    '"2"',
    200,
    { number: "2", status: "draft", due_on: null, total: "5.00", settings: {} },
  ]);
  const before = await plain("select * from invoice where id = 2");
  expect((await put("/invoice/2", { total: 6 }, { "if-match": '"2"' })).status).toBe(422);
  expect((await put("/invoice/2", { number: 2, customer_id: 1 }, { "if-match": '"1"' })).status).toBe(412);
  expect(await plain("select * from invoice where id = 2")).toEqual(before);
  expect((await put("/invoice/99", { number: 2, customer_id: 1 }, { "if-match": '"1"' })).status).toBe(412);
  expect((await put("/invoice/99", { number: 2, customer_id: 1 }, { "if-match": "*" })).status).toBe(412);
});

test("DELETE deletes the row only if its version is the one that was read", async () => {
  expect((await send("DELETE", "/invoice/1")).status).toBe(428);
  expect((await send("DELETE", "/invoice/1", undefined, { "if-match": '"2"' })).status).toBe(412);
  expect((await send("DELETE", "/invoice/100", undefined, { "if-match": '"1"' })).status).toBe(404);
  expect((await send("DELETE", "/invoice/1", undefined, { "if-match": '"1"' })).status).toBe(204);
  expect((await send("DELETE", "/pair/z,8")).status).toBe(404);
  expect(await plain("select id from invoice order by id")).toEqual([[2], [3], [100]]);
});

test("a method that the options do not list is 405", async () => {
  const response = await send("DELETE", "/line/1");
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, PATCH"]);
  expect((await send("PROPFIND", "/line/1")).status).toBe(405);
  const options = await send("OPTIONS", "/pair/z,8");
  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, PATCH, PUT, DELETE"]);
});

test("a body must be small enough, valid, and of a supported media type", async () => {
  expect((await send("POST", "/customer", "{")).status).toBe(400);
  const plainText = await send("POST", "/customer", "x", { "content-type": "text/plain" });
  expect(await answer(plainText)).toMatchObject([
    415,
    {
      detail:
        "the body must be uncompressed UTF-8 with the media type application/json, text/csv, application/x-ndjson or text/tab-separated-values",
    },
  ]);
  expect((await send("POST", "/customer", JSON.stringify({ name: " ".repeat(1_100_000) }))).status).toBe(413);
  expect((await send("GET", "/customer", undefined, { accept: "text/html" })).status).toBe(406);
  expect((await send("PATCH", "/customer/1", "[]")).status).toBe(422);
  expect((await send("PATCH", "/customer/1", "{}")).status).toBe(200);
});

test("the response of a write is JSON whatever the request accepts, and query parameters are rejected", async () => {
  const accept = { accept: "text/html" };
  expect(await answer(await send("POST", "/customer", { name: "C" }, accept))).toMatchObject([
    201,
    { name: "C" },
  ]);
  expect(await answer(await send("POST", "/customer", [{ name: "D" }], accept))).toMatchObject([
    201,
    [{ name: "D" }],
  ]);
  const [status, body] = await answer(await send("POST", "/customer?total=true", { name: "E" }));
  expect([status, body]).toMatchObject([400, { errors: [{ parameter: "total" }] }]);
  expect(await plain("select count(*)::int from customer where name = 'E'")).toEqual([[0]]);
});

test("the body of a PUT may repeat a key that is an array", async () => {
  const { sql } = service;
  await sql`create table tag (parts int[] primary key, note text)`;
  const routes = crud(sql, await loadSchema(sql), {
    tables: { tag: { select: ["parts", "note"], write: ["parts", "note"] } },
  });
  await sql`insert into tag values ('{1,2}', 'old')`;
  const put = async (parts: readonly number[]): Promise<readonly [number, unknown]> => {
    const body = JSON.stringify({ parts, note: "new" });
    const headers = { "content-type": "application/json", "if-match": "*" };
    const request = new Request("http://localhost/tag/%7B1,2%7D", { method: "PUT", body, headers });
    return await answer(
      await routes["/tag/:key"]!(Object.assign(request, { params: { key: "{1,2}" } }) as never),
    );
  };
  const outcomes = [await put([1, 2]), await put([1, 3])];
  await sql`drop table tag`;
  expect(outcomes).toMatchObject([
    [200, { parts: [1, 2], note: "new" }],
    [422, {}],
  ]);
});
