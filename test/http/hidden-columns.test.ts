// No response of `crud` names a column that its options do not list.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { declare, scope } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table account (id int primary key, name text, secret text not null default 'SECRET' unique, balance int default 3,
    check (name <> 'low' or balance > 50));
  create table owner (id int primary key, tenant int); insert into owner values (1, 1), (2, 2);
  create table project (id int primary key, owner_id int not null references owner, name text);
  create table task (id int primary key, owner_id int references owner default 2, name text);
  create view account_view as select id, name, secret, balance from account`,
  "truncate account, project, task; insert into project values (1, 1, 'p'); insert into account (id, name) values (1, 'a')",
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

test("a client can insert no row if a hidden column needs a value, and can change and replace one", async () => {
  const tables = { project: { select: ["id", "name"], write: ["id", "name"] } } as const;
  const projects = crud(sql, schema, { tables });
  const ask = async (path: string, method: string, body: unknown, headers = {}): Promise<unknown> => {
    const route = path.replace(/^(\/project)\/.*/, "$1/:key");
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await projects[route]!(new Request(`http://localhost${path}`, init));
    const { detail, ...rest } = (await response.json()) as Record<string, unknown>;
    return [response.status, detail ?? rest];
  };
  const row = { id: 2, name: "q" };
  const forbidden = [403, "rows cannot be inserted, because a column that needs a value cannot be written"];
  expect(await ask("/project", "POST", row)).toEqual(forbidden);
  expect(await ask("/project", "POST", [row], { "content-type": "application/x-ndjson" })).toEqual(forbidden);
  expect(await ask("/project/1", "PUT", { name: "q" })).toEqual(forbidden);
  for (const [op, key] of [["insert"], ["upsert", 1]] as const)
    expect(await ask("/batch", "POST", [{ op, table: "project", key, row: { name: "q" } }])).toEqual(
      forbidden,
    );
  expect(await ask("/project/1", "PATCH", { name: "q" })).toEqual([200, { id: 1, name: "q" }]);
  expect(await ask("/project/1", "PUT", { name: "r" }, { "if-match": "*" })).toEqual([
    200,
    { id: 1, name: "r" },
  ]);
});

test("a hidden reference to a row outside the scope is not named", async () => {
  const mine = scope(schema, { owner: { tenant: 1 } } as never);
  const tables = { task: { select: ["id", "name"], write: ["id", "name"] } } as const;
  const tasks = crud(sql, mine, { tables } as never) as typeof routes;
  const init = { method: "POST", body: '{"id":1}' };
  const response = await tasks["/task"]!(new Request("http://localhost/task", init));
  expect(await response.json()).toEqual({
    ...{ type: "about:blank", title: "Unprocessable Content", status: 422 },
    ...{ detail: "the referenced row does not exist", code: "missing_reference" },
  });
});
