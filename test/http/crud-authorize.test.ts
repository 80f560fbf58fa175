// A response or an error of `authorize` ends each operation before it reads or changes a row.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { crud, RequestError } from "../../src/http/index.ts";
import { count } from "../../src/index.ts";
import { type InvoiceService, invoiceService } from "../support/invoice-service.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

const JSON_TYPE = { "content-type": "application/json" };

interface Sent {
  readonly operation: string;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

const get = (operation: string, path: string, headers?: Record<string, string>): Sent => ({
  ...{ operation, method: "GET", route: path.replace(/\?.*/, "").replace(/\/\d$/, "/:key"), path },
  ...(headers && { headers }),
});
const write = (operation: string, method: string, path: string, body: string, headers = JSON_TYPE): Sent => ({
  ...{ operation, method, route: path.replace(/(?<=\w)\/[^/]+$/, "/:key"), path, body, headers },
});
const batch = (name: string, one: object): Sent =>
  write(`a batch with ${name}`, "POST", "/batch", JSON.stringify([one]));

const REQUESTS: readonly Sent[] = [
  get("list", "/customer"),
  get("list as CSV", "/customer", { accept: "text/csv" }),
  get("stream", "/customer?stream"),
  get("get", "/customer/1"),
  write("insert", "POST", "/customer", '{"name": "X"}'),
  write("insert many", "POST", "/customer", '[{"name": "X"}]'),
  write("insert CSV", "POST", "/customer", "name\nX\n", { "content-type": "text/csv" }),
  write("update", "PATCH", "/customer/1", '{"name": "X"}'),
  write("upsert", "PUT", "/pair/k,5", '{"note": "X"}'),
  { ...get("delete", "/customer/2"), method: "DELETE" },
  batch("an insert", { op: "insert", table: "customer", row: { name: "X" } }),
  batch("an update", { op: "update", table: "customer", key: 1, row: { name: "X" } }),
  batch("a delete", { op: "delete", table: "customer", key: 2 }),
  batch("an upsert", { op: "upsert", table: "pair", key: ["k", 5], row: { note: "X" } }),
];

const ANSWERS: Readonly<Record<string, () => unknown>> = {
  "a response": () => new Response("never", { status: 403 }),
  "a promise of a response": async () => new Response("never", { status: 403 }),
  "an error": () => {
    throw new RequestError(403, "never", "forbidden");
  },
};

const stored = (): Promise<unknown[][]> =>
  service.plain("select id::text, name from customer union all select a || b, note from pair order by 1, 2");

for (const [name, authorize] of Object.entries(ANSWERS))
  for (const { operation: named, method, route, path, body, headers } of REQUESTS)
    test(`with ${name} of authorize ${named} is 403 and changes nothing`, async () => {
      const before = await stored();
      const { sql, schema, options } = service;
      const tables = { ...options.tables, customer: { ...options.tables["customer"], stream: true } };
      const routes = crud(sql, schema, { ...options, tables, authorize } as never);
      const init = { method, ...(body !== undefined && { body }), ...(headers && { headers }) };
      const response = await routes[route]!(new Request(`http://localhost${path}`, init));
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("never")]);
      expect(await stored()).toEqual(before);
    });

test.each([
  ["an unknown table", () => count(service.sql, service.schema, "customers" as never)],
  ["a wrong argument", () => count(service.sql, service.schema, "customer", { where: [] } as never)],
])("%s in a call of authorize is an error of the server", async (_what, call) => {
  const { sql, schema, options } = service;
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const authorize = async () => void (await call());
  const routes = crud(sql, schema, { ...options, authorize, onError } as never);
  const response = await routes["/customer"]!(new Request("http://localhost/customer"));
  const { status, detail } = (await response.json()) as Record<string, unknown>;
  expect([status, detail, String(errors)]).toEqual([
    ...[500, "an unexpected error occurred"],
    expect.stringContaining("TypeError: crud: authorize failed: "),
  ]);
});
