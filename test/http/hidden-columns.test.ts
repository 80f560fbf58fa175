// No response of `crud` names a column that its options do not list.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { declare } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table account (id int primary key, name text, secret text not null default 'SECRET' unique, balance int default 3,
    check (name <> 'low' or balance > 50));
  create view account_view as select id, name, secret, balance from account`,
  "truncate account; insert into account (id, name) values (1, 'a')",
);
const own = { select: ["id", "name"], write: ["id", "name"] } as const;
const routes = crud(sql, schema, { tables: { account: own } });
const send = async (body: unknown, path = "/account", type = "application/json") => {
  const init = { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
  const request = new Request(`http://localhost${path}`, { ...init, headers: { "content-type": type } });
  const response = await routes[path]!(request);
  const { status, code, detail, errors } = (await response.json()) as Record<string, unknown>;
  return { status, code, detail, errors };
};

const RULE = { status: 422, code: "check", detail: "the value violates a rule" };
const unique = { status: 409, code: "unique", detail: "another row has the same value" };
const item = { detail: RULE.detail, code: "check" };

test("a unique key of hidden columns has no place in the body", async () => {
  expect(await send({ id: 2, name: "b" })).toEqual({ ...unique, errors: undefined });
  expect(await send([{ id: 2, name: "b" }])).toEqual({ ...unique, errors: undefined });
  expect(await plain("select id from account")).toEqual([[1]]);
});

test("a check of listed and hidden columns names the listed ones", async () => {
  expect(await send({ id: 2, name: "low" })).toEqual({ ...RULE, errors: [{ pointer: "/name", ...item }] });
  expect(await send("id,name\n2,low\n", "/account", "text/csv")).toEqual({
    ...RULE,
    errors: [{ pointer: "/0/name", line: 2, ...item }],
  });
});

test("an operation of a batch has its own place in the body", async () => {
  const batch = (name: string) => [{ op: "insert", table: "account", row: { id: 2, name } }];
  expect(await send(batch("low"), "/batch")).toEqual({
    ...RULE,
    errors: [{ ...item, pointer: "/0/row/name" }],
  });
  expect(await send(batch("b"), "/batch")).toEqual({
    ...unique,
    errors: [{ pointer: "/0", detail: unique.detail, code: "unique" }],
  });
});

test("a listed column is named as before, also through a view", async () => {
  const key = { pointer: "/id", detail: unique.detail, code: "unique" };
  await plain("update account set secret = 'other'");
  expect(await send({ id: 1, name: "b" })).toEqual({ ...unique, errors: [key] });
  const views = crud(sql, declare(schema, { account_view: { primaryKey: ["id"] } }), {
    tables: { account_view: { select: ["id", "name"], write: ["id", "name"] } },
  } as never) as typeof routes;
  const body = JSON.stringify({ id: 2, name: "low" });
  const headers = { "content-type": "application/json" };
  const request = new Request("http://localhost/account_view", { method: "POST", body, headers });
  expect(await (await views["/account_view"]!(request)).json()).toMatchObject({
    ...RULE,
    errors: [{ pointer: "/name", ...item }],
  });
});
