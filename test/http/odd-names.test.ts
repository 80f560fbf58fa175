// Columns with names that URLs and JavaScript use, keys of types that JSON cannot represent, and relations without a
// primary key.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { crud, openApi, querySchema } from "../../src/http/index.ts";
import { count, declare } from "../../src/index.ts";
import { answer } from "../support/invoice-service.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table odd (id int primary key, "constructor" int, "prototype" text, "__proto__" text, stream int,
     "a b[c].d->e" text);
   create table file (hash bytea primary key, note text);
   create table shift (start timestamp primary key, note text);
   create table code (code text not null unique, note text);
   create view file_view as select hash, note from file`,
  `truncate odd, file, shift, code; insert into odd values (1, null, null, null, 7, 'x');
   insert into file values ('\\x00ff', 'a'); insert into shift values ('2026-01-02 03:04:05.678', 'a')`,
);
const PATH = "a b[c].d->e";
const tables = {
  odd: {
    filter: [PATH, "stream", "__proto__"],
    stream: true,
    write: ["id", "constructor", "prototype", "__proto__"],
  },
  file: { filter: ["hash"], write: ["hash", "note"] },
  shift: { filter: ["start"], write: ["start", "note"] },
} as const;
const routes = crud(sql, schema, { tables });
const send = (route: string, path: string, init?: RequestInit): Promise<Response> =>
  routes[route]!(new Request(`http://localhost${path}`, init));

test("a batch writes the columns constructor, prototype and __proto__", async () => {
  const row = JSON.parse('{"id":2,"constructor":3,"prototype":"p","__proto__":"q"}');
  const body = JSON.stringify([
    { op: "insert", table: "odd", id: "o", row },
    { op: "insert", table: "odd", row: { id: 3 }, refs: JSON.parse('{"__proto__":"o.__proto__"}') },
  ]);
  expect((await send("/batch", "/batch", { method: "POST", body })).status).toBe(200);
  expect(await plain(`select id, constructor, prototype, "__proto__" from odd where id > 1`)).toEqual([
    [2, 3, "p", "q"],
    [3, null, null, "q"],
  ]);
});

test("a column whose name looks like a path can be filtered with every operator", async () => {
  const where = (query: string) =>
    v.parse(querySchema(schema, "odd", { filter: [PATH] }), new URLSearchParams(query)).where;
  const name = encodeURIComponent(PATH);
  expect(await count(sql, schema, "odd", { where: where(`${name}=x`) })).toBe(1);
  expect(await count(sql, schema, "odd", { where: where(`${name}[ne]=x`) })).toBe(0);
  expect(await count(sql, schema, "odd", { where: where(`${name}[eq]=x`) })).toBe(1);
});

test("stream takes no value, and a column with this name is filtered with an operator", async () => {
  expect(await answer(await send("/odd", "/odd?stream[eq]=7"))).toMatchObject([200, [{ id: 1 }]]);
  for (const query of ["stream=7", "stream=false", "stream&stream"]) {
    const [status, body] = await answer(await send("/odd", `/odd?${query}`));
    expect([status, (body as { errors: { parameter: string }[] }).errors[0]!.parameter]).toEqual([
      400,
      "stream",
    ]);
  }
  const { paths } = openApi(schema, { title: "Odd", version: "1", tables });
  const { parameters } = paths["/odd"]!["get"] as { parameters: { name: string }[] };
  const names = parameters.map(one => one.name);
  expect(names.filter(one => /^stream(?:\[eq\])?$/.test(one))).toEqual(["stream[eq]", "stream"]);
  expect(new Set(names).size).toBe(names.length);
});

test("the string of a value in a response is its filter and its key, in a URL and in a batch", async () => {
  for (const [table, column] of [
    ["file", "hash"],
    ["shift", "start"],
  ] as const) {
    const [row] = (await (await send(`/${table}`, `/${table}`)).json()) as [Record<string, string>];
    const text = encodeURIComponent(row[column]!);
    expect(await (await send(`/${table}`, `/${table}?${column}=${text}`)).json()).toEqual([row]);
    expect(await (await send(`/${table}/:key`, `/${table}/${text}`)).json()).toEqual(row);
    const body = JSON.stringify([{ op: "update", table, key: row[column], row: { note: "b" } }]);
    expect((await send("/batch", "/batch", { method: "POST", body })).status).toBe(200);
    expect(await plain(`select note from ${table}`)).toEqual([["b"]]);
  }
});

test("an issue describes the string that a client can send, not the JavaScript type", async () => {
  const body = '{"hash":"abc"}';
  const details = [
    await send("/file", "/file", { method: "POST", body }),
    await send("/file", "/file?hash=abc"),
    await send("/file/:key", "/file/abc"),
    await send("/shift/:key", "/shift/2026"),
  ].map(async response => ((await response.json()) as { errors: { detail: string }[] }).errors[0]!.detail);
  const bytes = String.raw`Expected bytes as text such as "\x00ff", received "abc"`;
  expect(await Promise.all(details)).toEqual([
    ...[bytes, bytes, bytes],
    'Expected a string without an offset such as "2026-11-24T12:30:00", received "2026"',
  ]);
});

test("a byte of a query that is not UTF-8 is rejected, but U+FFFD is a character", async () => {
  const tag = encodeURIComponent(PATH);
  for (const query of [
    `${tag}=%ff`,
    `${tag}=a%C3`,
    `%ff=1`,
    `${tag}=%EF%BF%BD%ff`,
    `stream[eq]=7&${tag}=%80`,
  ]) {
    const [status, body] = await answer(await send("/odd", `/odd?${query}`));
    expect([query, status]).toEqual([query, 400]);
    expect(JSON.stringify(body)).toContain("percent-encoded UTF-8");
  }
  for (const query of [`${tag}=%EF%BF%BD`, `${tag}=%ef%bf%bdx`, `${tag}[like]=%`, `${tag}=\uFFFD`])
    expect([query, (await send("/odd", `/odd?${query}`)).status]).toEqual([query, 200]);
});

test("a row of a table without a primary key is inserted, and has no path", async () => {
  const codes = crud(sql, schema, { tables: { code: { write: ["code"] } } });
  expect(Object.keys(codes)).toEqual(["/code", "/batch"]);
  const init = { method: "POST", body: '{"code":"a"}' };
  const response = await codes["/code"]!(new Request("http://localhost/code", init));
  expect([response.status, response.headers.get("location")]).toEqual([201, null]);
  expect(await response.json()).toEqual({ code: "a", note: null });
});

test("a batch does not update rows of a table without a primary key", async () => {
  const codes = crud(sql, schema, { tables: { code: { write: ["code"] } } });
  const operation = { op: "update", table: "code", key: "a", row: { code: "b" } };
  const init = { method: "POST", body: JSON.stringify([operation]) };
  const response = await codes["/batch"]!(new Request("http://localhost/batch", init));
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    errors: [{ pointer: "/0/op", detail: expect.stringContaining("an operation that the table allows") }],
  });
});

test("a row of a view with a declared key has an ETag, which changes with the row", async () => {
  const declared = declare(schema, { file_view: { primaryKey: ["hash"] } });
  const views = crud(sql, declared, { tables: { file_view: { write: ["note"] } } });
  const request = (init?: RequestInit) =>
    views["/file_view/:key"]!(new Request("http://localhost/file_view/%5Cx00ff", init));
  const tag = (await request()).headers.get("etag")!;
  const headers = { "if-match": tag };
  const written = await request({ method: "PATCH", body: '{"note":"b"}', headers });
  expect(written.status).toBe(200);
  expect((await request()).headers.get("etag")).toBe(written.headers.get("etag")!);
  expect((await request({ method: "PATCH", body: '{"note":"c"}', headers })).status).toBe(412);
});
