// PUT of a row as GET has sent it, and of one without some of its columns.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { loadSchema, scope } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const TYPES = ["bigint", "timestamp", "timestamptz", "bytea", "float8", "numeric"] as const;
const { sql, plain } = await testTables(
  `${TYPES.map((type, at) => `create table t${at} (key ${type} primary key, note text);`).join("\n")}
   create domain stars as int default 5;
   create table review (id int primary key, stars stars, note text);
   create table sized (id int primary key, note text, size int generated always as (length(note)) stored);
   create table contact (id int primary key, email text, phone text, version int not null default 1,
     check ((email is null) <> (phone is null)));
   create table written (event text);
   create function note_write() returns trigger language plpgsql as
     $$ begin insert into written values (tg_op); return null; end $$;
   create trigger noted after update on contact for each row execute function note_write()`,
  TYPES.map((_, at) => `truncate t${at};`).join("") +
    `truncate review, sized, contact, written; insert into review values (1, 3, 'a');
     insert into contact values (1, 'a@example.com', null)`,
);
const schema = await loadSchema(sql, { types: { int8: "bigint" } });
const names = TYPES.map((_, at) => `t${at}`);
const routes = crud(sql, schema, {
  tables: {
    ...Object.fromEntries(names.map(name => [name, { write: ["key", "note"] }])),
    review: { write: ["id", "stars", "note"] },
    sized: { write: ["id", "note", "size"] },
  },
});
const send = (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const init = { method, headers, ...(body !== undefined && { body }) };
  return routes[path.replace(/\/[^/]*$/, "/:key")]!(new Request(`http://localhost${path}`, init));
};

test.each<[type: (typeof TYPES)[number], key: string]>([
  ["bigint", "9007199254740993"],
  ["timestamp", "2026-01-02 03:04:05.678"],
  ["timestamptz", "12026-01-02 03:04:05+00"],
  ["timestamptz", "0044-03-15 00:00:00+00 BC"],
  ["bytea", "\\x00ff"],
  ["float8", "NaN"],
  ["float8", "-Infinity"],
  ["numeric", "1.50"],
])("PUT accepts the row of GET, whose key is a %s: %s", async (type, key) => {
  const table = names[TYPES.indexOf(type)]!;
  await sql.unsafe(`insert into ${table} values ($1::text::${type}, 'a')`, [key]);
  const path = `/${table}/${encodeURIComponent(key)}`;
  const body = (await (await send("GET", path)).text()).replace('"note":"a"', '"note":"b"');
  const headers = { "if-match": "*" };
  expect([
    body,
    (await send("PUT", path, body, headers)).status,
    (await send("PUT", path, body)).status,
  ]).toEqual([body, 200, 200]);
  expect(await plain(`select key::text, note from ${table}`)).toEqual([[key, "b"]]);
});

test("the body of PUT may have a key that is equal for PostgreSQL, and no other", async () => {
  await sql`insert into t5 values (1.50, 'a')`;
  expect((await send("PUT", "/t5/1.5", '{"key":"1.500","note":"b"}')).status).toBe(200);
  expect((await send("PUT", "/t5/1.5", '{"key":"1.51","note":"c"}')).status).toBe(422);
  expect(await plain("select key::text, note from t5")).toEqual([["1.50", "b"]]);
});

test("PUT resets a missing column to the default of its domain, with If-Match too", async () => {
  for (const headers of [{}, { "if-match": "*" }] as Record<string, string>[]) {
    await sql`update review set stars = 3`;
    expect(await (await send("PUT", "/review/1", '{"note":"b"}', headers)).json()).toEqual({
      id: 1,
      stars: 5,
      note: "b",
    });
    expect(await plain("select stars, note from review")).toEqual([[5, "b"]]);
  }
});

test("PUT replaces a row with a generated column that is listed in write, with If-Match too", async () => {
  expect((await send("PUT", "/sized/1", '{"note":"a"}')).status).toBe(201);
  expect((await send("PUT", "/sized/1", '{"note":"ab"}')).status).toBe(200);
  expect(await plain("select * from sized")).toEqual([[1, "ab", 2]]);
  const matched = await send("PUT", "/sized/1", '{"note":"abc"}', { "if-match": "*" });
  expect([matched.status, await matched.json()]).toEqual([200, { id: 1, note: "abc", size: 3 }]);
  expect((await send("PUT", "/sized/1", "{}", { "if-match": "*" })).status).toBe(200);
  expect(await plain("select * from sized")).toEqual([[1, null, null]]);
});

test.each([
  { version: undefined, tag: "*" },
  { version: "version", tag: '"1"' },
] as const)(
  "PUT with If-Match sets all columns in one update, with the version column $version",
  async ({ version, tag }) => {
    const contact = { write: ["email", "phone"], ...(version && { version }) } as const;
    const handler = crud(sql, await loadSchema(sql), { tables: { contact } })["/contact/:key"]!;
    const init = { method: "PUT", body: '{"phone":"1"}', headers: { "if-match": tag } };
    const response = await handler(new Request("http://localhost/contact/1", init));
    expect([response.status, await plain("select email, phone from contact")]).toEqual([200, [[null, "1"]]]);
    expect(await plain("select event from written")).toEqual([["UPDATE"]]);
  },
);

test.each([{}, { "if-none-match": "*" }] as Record<string, string>[])(
  "PUT of a key that is outside the scope is 403, with %j",
  async headers => {
    await sql`create table if not exists entry (tenant int, id int, note text, primary key (tenant, id))`;
    const own = await loadSchema(sql);
    const entries = crud(sql, own, {
      tables: { entry: { write: ["id", "note"] } },
      scope: () => scope(own, { entry: { tenant: 1 } } as never),
    } as never);
    const call = async (path: string, init: RequestInit) => {
      const response = await entries[path.startsWith("/entry/") ? "/entry/:key" : path]!(
        new Request(`http://localhost${path}`, init),
      );
      return [response.status, ((await response.json()) as { errors?: unknown }).errors];
    };
    expect(await call("/entry/2,1", { method: "PUT", headers, body: '{"note":"x"}' })).toEqual([
      403,
      undefined,
    ]);
    const batch = JSON.stringify([{ op: "upsert", table: "entry", key: [2, 1], row: { note: "x" } }]);
    expect(await call("/batch", { method: "POST", body: batch })).toEqual([
      403,
      [{ pointer: "/0", detail: "the row is not accessible", code: "forbidden" }],
    ]);
    expect(await plain("select * from entry")).toEqual([]);
  },
);
