import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type InvoiceService, startService } from "../../examples/invoices/service.ts";
import type { OpenApiDocument } from "../../src/http/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { lintErrors } from "../support/open-api-check.ts";

let database: TestDatabase;
let service: InvoiceService;
const mails: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  service = await startService({
    databaseUrl: database.url,
    port: 0,
    sendMail: (address, text) => void mails.push(`${address}: ${text}`),
  });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const as =
  (token: string) =>
  (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(new URL(path, service.url), {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
const lamps = as("lamps-token");
const boats = as("boats-token");

test("the service has at most 150 lines of TypeScript", () => {
  const folder = join(import.meta.dir, "../../examples/invoices");
  const files = readdirSync(folder).filter(name => name.endsWith(".ts"));
  const lines = files.flatMap(name => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
  expect(lines.length).toBeLessThanOrEqual(150);
});

test("without a token every table is inaccessible, but the reference is public", async () => {
  expect((await fetch(new URL("/invoice", service.url))).status).toBe(401);
  expect((await as("wrong")("GET", "/customer")).status).toBe(401);
  expect((await fetch(new URL("/reference", service.url))).status).toBe(200);
  const document = (await (await fetch(new URL("/openapi.json", service.url))).json()) as OpenApiDocument;
  expect(await lintErrors(document)).toBe("");
  expect(Object.keys(document.paths)).not.toContain("/tenant");
});

test("each tenant's own customers are imported and exported as CSV", async () => {
  const csv = "name,email\nAda,ada@example.org\nBob,\n";
  expect((await lamps("POST", "/customer", csv, { "content-type": "text/csv" })).status).toBe(201);
  expect((await boats("POST", "/customer", { name: "Eve" })).status).toBe(201);
  const invalid = await lamps("POST", "/customer", "name,country\nC,FIN\n", { "content-type": "text/csv" });
  expect([invalid.status, await invalid.json()]).toMatchObject([
    422,
    { errors: [{ pointer: "/0/country" }] },
  ]);
  const exported = await lamps("GET", "/customer?sort=name&select=name,email", undefined, {
    accept: "text/csv",
  });
  expect(await exported.text()).toBe("name,email\nAda,ada@example.org\nBob,\n");
  expect(await (await boats("GET", "/customer?select=name")).json()).toEqual([{ name: "Eve" }]);
});

test("an invoice is created with its lines, read with them, changed, sent and reported live", async () => {
  const [ada] = (await (await lamps("GET", "/customer?name=Ada")).json()) as [{ id: number }];
  const stream = await lamps("GET", "/invoice?stream");
  const reader = stream.body!.getReader();
  let events = "";
  const waitForText = async (text: string): Promise<void> => {
    while (!events.includes(text)) events += new TextDecoder().decode((await reader.read()).value);
  };
  await waitForText('"reason":"start"');
  const created = await lamps("POST", "/batch", [
    { op: "insert", table: "invoice", id: "i", row: { number: 2026001, customer_id: ada.id } },
    {
      op: "insert",
      table: "invoice_line",
      row: { text: "Lamp", quantity: 2, price: "19.90" },
      refs: { invoice_id: "i.id" },
    },
    {
      op: "insert",
      table: "invoice_line",
      row: { text: "Bulb", quantity: 1, price: 0.5 },
      refs: { invoice_id: "i.id" },
    },
  ]);
  const { results } = (await created.json()) as { results: [{ id: number }] };
  const path = `/invoice/${results[0].id}`;
  await waitForText('"total":"40.30"');
  expect(
    await (await lamps("GET", `${path}?include=customer,invoice_line&select=number,total`)).json(),
  ).toEqual({
    ...{ number: "2026001", total: "40.30", customer: { id: ada.id, name: "Ada" } },
    invoice_line: [
      { id: expect.any(Number), text: "Lamp", quantity: 2, price: "19.90" },
      { id: expect.any(Number), text: "Bulb", quantity: 1, price: "0.50" },
    ],
  });
  const tag = (await lamps("GET", path)).headers.get("etag")!;
  expect((await lamps("PATCH", path, { due_on: "2026-12-31" })).status).toBe(428);
  expect((await lamps("PATCH", path, { due_on: "2026-12-31" }, { "if-match": tag })).status).toBe(200);
  expect((await lamps("PATCH", path, { due_on: "2027-01-31" }, { "if-match": tag })).status).toBe(412);
  expect((await lamps("PATCH", path, { status: "paid" }, { "if-match": "*" })).status).toBe(422);
  expect((await boats("GET", path)).status).toBe(404);
  expect((await boats("POST", `${path}/send`)).status).toBe(404);
  expect((await lamps("POST", `${path}/send`)).status).toBe(202);
  expect((await lamps("POST", `${path}/send`)).status).toBe(409);
  await waitForText('"status":"sent"');
  await reader.cancel();
  await until(() => mails.length > 0);
  expect(mails).toEqual([`ada@example.org: Invoice ${results[0].id}`]);
});

test("the number of an invoice is unique per tenant", async () => {
  const [eve] = (await (await boats("GET", "/customer?name=Eve")).json()) as [{ id: number }];
  const insert = { number: 2026001, customer_id: eve.id };
  expect((await boats("POST", "/invoice", insert)).status).toBe(201);
  const again = await boats("POST", "/invoice", insert);
  expect([again.status, await again.json()]).toMatchObject([409, { code: "unique" }]);
  const [ada] = (await (await lamps("GET", "/customer?name=Ada")).json()) as [{ id: number }];
  expect((await boats("POST", "/invoice", { number: 1, customer_id: ada.id })).status).toBe(422);
});

test("server.ts starts the service on an embedded server, and stops both on SIGINT", async () => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../../examples/invoices/server.ts")], {
    env: { ...process.env, DATABASE_URL: "", PORT: "0" },
    ...{ stdout: "pipe", stderr: "pipe" },
  });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let output = "";
  while (!/^curl .*\n/m.test(output)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(await new Response(child.stderr).text());
    output += value;
  }
  const [, url] = /^(http:\S+)reference$/m.exec(output)!;
  const ask = async (path: string, init: RequestInit = {}): Promise<readonly unknown[]> => {
    const headers = { authorization: "Bearer lamps-token" };
    const response = await fetch(new URL(path, url), { headers, ...init });
    return [response.status, await response.json()];
  };
  expect(await ask("invoice", { headers: {} })).toMatchObject([401, { code: "unauthorized" }]);
  expect(await ask("invoice")).toEqual([200, []]);
  expect(await ask("customer", { method: "POST", body: '{"name": "Ada"}' })).toMatchObject([
    201,
    { id: 1, name: "Ada", email: null, country: "FI" },
  ]);
  expect((await fetch(new URL("reference", url))).headers.get("content-type")).toContain("text/html");
  child.kill("SIGINT");
  expect([await child.exited, await new Response(child.stderr).text()]).toEqual([0, ""]);
});
