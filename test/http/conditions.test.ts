// Conditional requests (RFC 9110, 13) on a table with a version column and on one without.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { declare, loadSchema, traced } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { foreignTables } from "../support/foreign-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema, plain } = await testTables(
  `create table plain (id int primary key, name text, note text default 'd');
   create table versioned (id int primary key, name text, version int not null default 1)`,
  "truncate plain, versioned; insert into plain values (1, 'a'); insert into versioned values (1, 'a')",
);
const routes = crud(sql, schema, {
  tables: {
    plain: { write: ["id", "name", "note"], delete: true },
    versioned: { write: ["id", "name"], version: "version", delete: true },
  },
  openApi: { title: "T", version: "1" },
});
const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => {
  const route = path.split("/").length > 2 ? path.replace(/\/[^/]*$/, "/:key") : path;
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  return routes[route]!(new Request(`http://localhost${path}`, init));
};
const tagOf = async (path: string) => (await send("GET", path)).headers.get("etag")!;

test("GET and HEAD with If-Match require the version, compared strongly", async () => {
  for (const path of ["/plain/1", "/versioned/1"]) {
    const tag = await tagOf(path);
    for (const method of ["GET", "HEAD"])
      for (const [header, status] of [
        [tag, 200],
        ["*", 200],
        [`"x", ${tag}`, 200],
        [`W/${tag}`, 412],
        ['"x"', 412],
        ["x", 412],
      ] as const)
        expect([header, (await send(method, path, { "if-match": header })).status]).toEqual([header, status]);
    const both = await send("GET", path, { "if-match": '"x"', "if-none-match": tag });
    expect(both.status).toBe(412);
  }
});

test("a write with If-Match responds with the ETag that the next write needs", async () => {
  for (const [path, name] of [
    ["/plain/1", "plain"],
    ["/versioned/1", "versioned"],
  ] as const) {
    let tag = await tagOf(path);
    for (const [method, body] of [
      ["PATCH", { name: "b" }],
      ["PUT", { name: "c" }],
      ["PUT", name === "plain" ? { name: "d", note: "n" } : { name: "d" }],
      ["PATCH", { name: "e" }],
    ] as const) {
      const written = await send(method, path, { "if-match": tag }, body);
      expect(written.status).toBe(200);
      expect(written.headers.get("etag")).not.toBe(tag);
      tag = written.headers.get("etag")!;
      expect(await tagOf(path)).toBe(tag);
    }
    expect((await send("DELETE", path, { "if-match": tag })).status).toBe(204);
  }
});

test("DELETE with a version of a table without triggers sends one statement", async () => {
  const texts: string[] = [];
  const logged = traced(sql, ({ text }) => void texts.push(text));
  const tables = { versioned: { version: "version", delete: true } } as const;
  const remove = (tag: string) =>
    crud(logged, schema, { tables })["/versioned/:key"]!(
      new Request("http://localhost/versioned/1", { method: "DELETE", headers: { "if-match": tag } }),
    );
  expect([(await remove('"2"')).status, (await remove('"1"')).status]).toEqual([412, 204]);
  expect(texts.map(text => text.split(" ")[0])).toEqual(["DELETE", "SELECT", "DELETE"]);
  expect((await remove('"1"')).status).toBe(404);
});

test("the stored state of a row with a version column is not read", async () => {
  const texts: string[] = [];
  const logged = traced(sql, ({ text }) => void texts.push(text));
  const tables = { versioned: { write: ["id", "name"], version: "version" } };
  const put = new Request("http://localhost/versioned/1", {
    method: "PUT",
    headers: { "if-match": '"1"' },
    body: "{}",
  });
  const response = await crud(logged, schema, { tables })["/versioned/:key"]!(put);
  expect([response.status, response.headers.get("etag")]).toEqual([200, '"2"']);
  expect(texts.filter(text => text.includes("xmin"))).toEqual([]);
  expect(await plain("select name, version from versioned")).toEqual([[null, 2]]);
});

test.each<[method: string, path: string, tag: string, status: number]>([
  ["PATCH", "/versioned/1", "*", 200],
  ["PUT", "/versioned/1", "*", 200],
  ["DELETE", "/versioned/1", "*", 204],
  ["PATCH", "/versioned/1", '"1", "2"', 200],
  ["DELETE", "/versioned/1", '"1", "2"', 204],
  ["PATCH", "/versioned/1", '"1"', 412],
  ["PATCH", "/plain/1", "*", 200],
  ["DELETE", "/plain/1", "*", 204],
])(
  "%s %s with If-Match: %s, while another request changes the row, is answered by %i",
  async (method, path, tag, status) => {
    const table = path.split("/")[1]!;
    const pool = database.connect({ max: 1 });
    const other = await pool.reserve();
    try {
      await other.unsafe("begin");
      const version = table === "versioned" ? ", version = version + 1" : "";
      await other.unsafe(`update ${table} set name = 'other'${version} where id = 1`);
      const answered = send(
        method,
        path,
        { "if-match": tag },
        method === "DELETE" ? undefined : { name: "own" },
      );
      const waiting =
        "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
      await until(async () => (await plain(waiting))[0]![0] === 1);
      await other.unsafe("commit");
      expect((await answered).status).toBe(status);
      const stored = status === 200 ? [["own"]] : status === 204 ? [] : [["other"]];
      expect(await plain(`select name from ${table}`)).toEqual(stored);
    } finally {
      await other.unsafe("rollback");
      other.release();
      await pool.close();
    }
  },
);

test.each(["*", '"1"', '"1", "9"'])(
  "DELETE with If-Match: %s of a row that a trigger marks instead is 204, and with another version 412",
  async tag => {
    await sql`create or replace function mark() returns trigger language plpgsql as
    $$ begin update versioned set name = 'deleted', version = version + 1 where id = old.id; return null; end $$`;
    await sql`create trigger mark before delete on versioned for each row execute function mark()`;
    try {
      const own = crud(sql, await loadSchema(sql), {
        tables: { versioned: { version: "version", delete: true } },
      });
      const call = async (given: string): Promise<number> => {
        const init = { method: "DELETE", headers: { "if-match": given } };
        return (await own["/versioned/:key"]!(new Request("http://localhost/versioned/1", init))).status;
      };
      expect([await call('"7"'), await plain("select * from versioned")]).toEqual([412, [[1, "a", 1]]]);
      expect([await call(tag), await plain("select * from versioned")]).toEqual([204, [[1, "deleted", 2]]]);
    } finally {
      await sql`drop trigger mark on versioned`;
    }
  },
);

const remote = await foreignTables();

test.each([
  ["of a foreign table", "guest", "create foreign table guest (id int, name text)"],
  [
    "of a partition that is a foreign table",
    "visitor",
    "create table visitor (id int, name text) partition by list (id); create foreign table visitor_1 partition of visitor for values in (1)",
  ],
  [
    "of a foreign table that inherits",
    "caller",
    "create table caller (id int, name text); create foreign table caller_1 () inherits (caller)",
  ],
])("If-Match compares the values of a row %s", async (_, table, text) => {
  const { sql } = remote.database;
  await sql.unsafe(`${text} server loopback options (schema_name 'remote', table_name 'person')`);
  const loaded = await loadSchema(sql, { schemas: ["public"] });
  const people = declare(loaded, { [table]: { primaryKey: ["id"] } });
  const route = crud(sql, people, { tables: { [table]: { write: ["name"] } } })[`/${table}/:key`]!;
  const call = (method: string, init: RequestInit = {}): Promise<Response> =>
    route(new Request(`http://localhost/${table}/1`, { method, ...init }));
  const tagNow = async (): Promise<string> => (await call("GET")).headers.get("etag")!;
  const patch = async (tag: string): Promise<number> =>
    (await call("PATCH", { headers: { "if-match": tag }, body: '{"name":"Eve"}' })).status;
  const read = await tagNow();
  await sql`update remote.person set name = 'Zoe' where id = 1`;
  expect(await patch(read)).toBe(412);
  expect(await patch(await tagNow())).toBe(200);
  expect((await remote.stored())[0]!.slice(0, 2)).toEqual([1, "Eve"]);
});

const DAY = "Thu, 01 Jan 1970 00:00:00 GMT";

test("a condition that a write does not support is 400, and nothing is written", async () => {
  const row = { name: "z" };
  const rejected: [string, string, Record<string, string>, unknown?][] = [
    ["PATCH", "/plain/1", { "if-none-match": '"x"' }, row],
    ["PATCH", "/plain/1", { "if-none-match": "*" }, row],
    ["PUT", "/plain/1", { "if-none-match": '"x"' }, row],
    ["PUT", "/plain/9", { "if-none-match": "*", "if-match": '"x"' }, row],
    ["DELETE", "/plain/1", { "if-none-match": '"x"' }],
    ["POST", "/plain", { "if-match": '"x"' }, { id: 5 }],
    ["POST", "/plain", { "if-none-match": "*" }, { id: 5 }],
    ["POST", "/batch", { "if-match": "*" }, [{ op: "delete", table: "plain", key: 1 }]],
    ["PATCH", "/plain/1", { "if-unmodified-since": DAY }, row],
    ["DELETE", "/plain/1", { "if-unmodified-since": DAY }],
  ];
  for (const [method, path, headers, body] of rejected) {
    const response = await send(method, path, headers, body);
    expect([method, headers, response.status]).toEqual([method, headers, 400]);
    expect(await response.json()).toMatchObject({ code: "condition" });
  }
  expect(await plain("select * from plain")).toEqual([[1, "a", "d"]]);
  const known = { "if-match": "*", "if-unmodified-since": DAY };
  expect((await send("PATCH", "/plain/1", known, row)).status).toBe(200);
});

test("a part of a body is 400, and nothing is written", async () => {
  const response = await send("PUT", "/plain/1", { "content-range": "bytes 0-5/9" }, { name: "z" });
  expect([response.status, await response.json()]).toMatchObject([400, { code: "content_range" }]);
  expect(await plain("select * from plain")).toEqual([[1, "a", "d"]]);
});

test("HEAD is available wherever GET is, with the same headers", async () => {
  for (const path of ["/plain", "/plain/1", "/versioned/1", "/openapi.json", "/reference"]) {
    const [get, head] = [await send("GET", path), await send("HEAD", path)];
    const text = await get.text();
    expect([path, head.status, await head.text()]).toEqual([path, 200, ""]);
    expect([
      head.headers.get("content-length"),
      head.headers.get("content-type"),
      head.headers.get("etag"),
    ]).toEqual([
      ...[String(Buffer.byteLength(text)), get.headers.get("content-type"), get.headers.get("etag")],
    ]);
  }
});

test("the ETag of a row of a view tells nothing about columns that are not listed, and changes with those that are", async () => {
  await sql`create table account (id int primary key, name text, note text, pin text)`;
  await sql`create view member as select * from account`;
  await sql`insert into account values (1, 'Ann', 'x', '1234')`;
  const people = declare(await loadSchema(sql), { member: { primaryKey: ["id"] } });
  const tables = { member: { select: ["id", "name", "note"], write: ["name"] } } as never;
  const route = crud(sql, people, { tables })["/member/:key"]!;
  const call = async (tag?: string, query = ""): Promise<readonly [number, string | null]> => {
    const write = tag && { method: "PATCH", headers: { "if-match": tag }, body: '{"name":"Eve"}' };
    const response = await route(new Request(`http://localhost/member/1${query}`, write || {}));
    return [response.status, response.headers.get("etag")];
  };
  const [, tag] = await call();
  await sql`update account set pin = '4321'`;
  expect([await call(), await call(undefined, "?select=id")]).toEqual([
    [200, tag],
    [200, tag],
  ]);
  await sql`update account set note = 'y'`;
  expect((await call(tag!))[0]).toBe(412);
  const written = await call((await call())[1]!);
  expect(written).toEqual(await call());
  expect(await plain("select * from account")).toEqual([[1, "Eve", "y", "4321"]]);
});
