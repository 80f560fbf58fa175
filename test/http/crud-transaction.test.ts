// `crud` with the handle of a transaction, for row security: `asRole` per request.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { crud, problem } from "../../src/http/index.ts";
import { asRole, loadSchema } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { answer } from "../support/invoice-service.ts";

const role = `tenant_${crypto.randomUUID().slice(0, 8)}`;
const database = await testDatabase();
const { sql } = database;
await sql
  .unsafe(`create role ${role};
   create table account (id int primary key, tenant int not null default current_setting('app.tenant')::int,
     name text unique deferrable initially deferred);
   alter table account enable row level security;
   create policy own on account using (tenant = current_setting('app.tenant')::int);
   grant select, insert, update, delete on account to ${role};
   create table closed (id int primary key, name text); alter table closed enable row level security;
   grant select, insert on closed to ${role}`)
  .simple();
beforeEach(async () => {
  await sql.unsafe("truncate account; insert into account values (1, 1, 'a'), (2, 2, 'b')").simple();
});
afterAll(async () => {
  await sql.unsafe(`drop owned by ${role}; drop role ${role}`).simple();
  await database.drop();
});
const options = {
  tables: { account: { write: ["id", "name"], delete: true }, closed: { write: ["id", "name"] } },
} as const;
const settings = { "app.tenant": 1 };
const schema = await asRole(sql, { role, settings }, tx => loadSchema(tx));

const send = async (path: string, method: string, body?: unknown, type?: string): Promise<Response> => {
  const headers = type === undefined ? {} : { accept: type };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const request = new Request(`http://localhost${path}`, init);
  const route = path.replace(/^(\/\w+)\/.*$/s, "$1/:key");
  return await asRole(sql, { role, settings }, tx => crud(tx, schema, options)[route]!(request)).catch(
    error => problem(error),
  );
};
const stored = async () => [...(await sql`select id, tenant, name from account order by id`.values())];

test("a request of one tenant reads and writes only its rows", async () => {
  expect(await answer(await send("/account", "GET"))).toEqual([200, [{ id: 1, tenant: 1, name: "a" }]]);
  expect((await send("/account/2", "DELETE")).status).toBe(404);
  expect((await send("/account", "POST", { id: 3, name: "c" })).status).toBe(201);
  expect(await stored()).toEqual([
    [1, 1, "a"],
    [2, 2, "b"],
    [3, 1, "c"],
  ]);
});

test.each(["a", "closed"])("a row that violates a policy is 403, also with the text %s", async name => {
  expect((await send("/closed", "POST", { id: 1, name })).status).toBe(403);
  expect((await send("/closed", "POST", [{ id: 1 }, { id: 2, name }])).status).toBe(403);
});

test("a statement that fails is answered by its problem, and the transaction of the handle goes on", async () => {
  const conflict = await asRole(sql, { role, settings }, async tx => {
    const init = { method: "POST", body: '{"id":1}' };
    const response = await crud(tx, schema, options)["/account"](
      new Request("http://localhost/account", init),
    );
    await tx`update account set name = 'after'`;
    return response;
  });
  expect([conflict.status, await stored()]).toEqual([
    409,
    [
      [1, 1, "after"],
      [2, 2, "b"],
    ],
  ]);
  expect((await send("/account/2", "PUT", { name: "x" })).status).toBe(403);
});

test("a constraint that COMMIT checks is the error of asRole", async () => {
  expect((await send("/account", "POST", { id: 3, name: "b" })).status).toBe(409);
});

test("all rows of a file are read before the transaction ends", async () => {
  await sql`insert into account select n, 1, 'n' || n from generate_series(10, 3009) n`;
  const text = await (await send("/account", "GET", undefined, "text/csv")).text();
  expect(text.split("\n").length).toBe(3003);
});

test("stream is rejected, because it would outlast the transaction", async () => {
  const tables = { account: { stream: true } };
  const message =
    "account: stream would outlast the transaction of the handle; pass a pool, or remove stream";
  await expect(asRole(sql, { role }, async tx => crud(tx, schema, { tables }))).rejects.toThrow(message);
});

test("a request makes the OpenAPI document only if it asks for it", async () => {
  let reads = 0;
  const openApi = {
    version: "1",
    get title() {
      reads++;
      return "Accounts";
    },
  };
  const read = (path: string): Promise<number> =>
    asRole(sql, { role, settings }, async tx => {
      const route = crud(tx, schema, { ...options, openApi })[path]!;
      return (await route(new Request(`http://localhost${path}`))).status;
    });
  expect([await read("/account"), reads]).toEqual([200, 0]);
  expect([await read("/openapi.json"), await read("/reference")]).toEqual([200, 200]);
  expect(reads).toBeGreaterThan(0);
});
