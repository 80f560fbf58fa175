// Rows of `crud` as CSV and TSV: the texts that POST reads, and the limits of a request.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { declare, loadSchema } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { answer } from "../support/invoice-service.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create type pair as (n numeric, t text); create type dated as (at timestamptz, doc jsonb);
   create table item (id int primary key, doc jsonb, tags text[], parts pair, span int4range, data bytea[], at timestamp, moment dated);
   create table note (id int generated always as identity primary key, body text, doc json, secret int,
     twice int generated always as (secret * 2) stored, size int generated always as (length(body)) stored);
   create view slow as select id, pg_sleep(60)::text as slept from item`,
  "truncate item",
);
const columns = ["id", "doc", "tags", "parts", "span", "data", "at", "moment"] as const;
const item = { item: { write: columns, filter: ["tags"], select: columns } } as const;
const routes = crud(sql, schema, { tables: item });
const send = (type: string, body?: string, query = "") => {
  const headers = { accept: type, "content-type": type };
  const init = body === undefined ? { headers } : { headers, method: "POST", body };
  return routes["/item"]!(new Request(`http://localhost/item${query}`, init));
};
const stored = () => plain(`select ${columns.map(name => `${name}::text`).join(", ")} from item order by id`);

test.each([
  ["text/csv", ""],
  ["text/csv", "?limit=10"],
  ["text/tab-separated-values", ""],
])("%s has the texts of PostgreSQL, and POST stores the same values", async (type, query) => {
  await sql.unsafe(`insert into item values
    (1, '"1"', '{a,"b,\\"c"}', '(1.50,"x y")', '[1,5)', array['\\x00ff'::bytea], '2026-01-02 03:04:05', '("2026-01-02 03:04:05+00",null)'),
    (2, '{"a": "null"}', '{NULL,"NULL",""}', null, 'empty', '{}', 'infinity', null),
    (3, null, null, null, null, null, null, null), (4, 'null', null, null, null, null, null, '(,{})')`);
  const before = await stored();
  const text = await (await send(type, undefined, query)).text();
  await sql`truncate item`;
  expect([text, (await send(type, text)).status]).toEqual([text, 201]);
  expect(await stored()).toEqual(before);
});

test("the rows of a string and a number in a document differ in CSV", async () => {
  await sql`insert into item (id, doc) values (1, '"1"'), (2, '1')`;
  const response = await routes["/item"]!(
    new Request("http://localhost/item?select=id,doc", { headers: { accept: "text/csv" } }),
  );
  expect(await response.text()).toBe('id,doc\n1,"""1"""\n2,1\n');
});

test.each(["secret", "secre", "doc", "id", "twice", "bodi"])(
  "a file with the column %s, which a client may not write, has the issue of an unknown column",
  async name => {
    const note = crud(sql, schema, { tables: { note: { select: ["body", "size"], write: ["body"] } } });
    const detail = `Expected a column that can be written, received "${name}"`;
    for (const [type, body, line] of [
      ["text/csv", `body,${name}\na,x\n`, 2],
      ["text/tab-separated-values", `body\t${name}\na\tx\n`, 2],
      ["application/x-ndjson", `{"body":"a","${name}":"x"}`, 1],
    ] as const) {
      const headers = { "content-type": type };
      const request = new Request("http://localhost/note", { method: "POST", headers, body });
      const [status, { errors }] = (await answer(await note["/note"]!(request))) as [
        number,
        { errors: object },
      ];
      expect([status, errors]).toEqual([422, [{ pointer: `/0/${name}`, line, detail, code: "read_only" }]]);
    }
    expect(await plain("select count(*)::int from note")).toEqual([[0]]);
  },
);

test.each([
  ["text/csv", "body,bodi\n"],
  ["text/tab-separated-values", "body\tbodi\n"],
])(
  "a header of %s with a column that a client may not write is rejected without rows too",
  async (type, body) => {
    const note = crud(sql, schema, { tables: { note: { select: ["body", "size"], write: ["body"] } } });
    const post = (text: string) =>
      new Request("http://localhost/note", { method: "POST", headers: { "content-type": type }, body: text });
    const detail = 'Expected a column that can be written, received "bodi"';
    const errors = [{ pointer: "/bodi", detail, code: "read_only" }];
    expect(await answer(await note["/note"]!(post(body)))).toMatchObject([422, { errors }]);
    expect(await answer(await note["/note"]!(post("body\n")))).toEqual([201, { rows: 0 }]);
  },
);

test("the values of a file for a generated column that a client may read are ignored", async () => {
  const note = crud(sql, schema, { tables: { note: { select: ["body", "size"], write: ["body"] } } });
  const init = { method: "POST", headers: { "content-type": "text/csv" }, body: "body,size\nab,7\n" };
  expect(await answer(await note["/note"]!(new Request("http://localhost/note", init)))).toEqual([
    201,
    { rows: 1 },
  ]);
  expect(await plain("select body, size from note")).toEqual([["ab", 2]]);
  await sql`delete from note`;
});

test("timeout cancels a stream of rows whose first row is late, also if its client has gone", async () => {
  await sql`insert into item (id) values (1)`;
  const keyed = declare(schema, { slow: { primaryKey: ["id"] } });
  const active = async (): Promise<number> =>
    Number(
      (
        await plain(`select count(*)::int from pg_stat_activity where datname = current_database()
          and pid <> pg_backend_pid() and state = 'active' and query ilike '%from "public"."slow"%'`)
      )[0]![0],
    );
  const request = (signal?: AbortSignal) =>
    new Request("http://localhost/slow", { headers: { accept: "text/csv" }, ...(signal && { signal }) });
  const short = crud(sql, keyed, { tables: { slow: {} }, timeout: 50, onError: () => {} });
  expect(await answer(await short["/slow"]!(request()))).toMatchObject([
    503,
    { detail: "the time limit was exceeded" },
  ]);
  await until(async () => (await active()) === 0);
  const long = crud(sql, keyed, { tables: { slow: {} }, timeout: 60_000 });
  const controller = new AbortController();
  const aborted = long["/slow"]!(request(controller.signal));
  await until(async () => (await active()) > 0);
  controller.abort();
  expect((await aborted).status).toBe(499);
  await until(async () => (await active()) === 0);
});

test("with the text of json as its JavaScript form, every format of rows is a body that stores the same documents", async () => {
  await sql.unsafe(
    "create type described as (doc json); create table page (id int primary key, a json, b jsonb, c jsonb[], d described)",
  );
  const texts = await loadSchema(sql, { types: { json: "string" } });
  const pages = crud(sql, texts, { tables: { page: { write: ["id", "a", "b", "c", "d"] } } });
  await sql.unsafe(`insert into page values (1, '{"a":  1.50}', '"text"', array['{"a": 1e400}', '"x"']::jsonb[], row('[1]')),
    (2, 'null', '12345678901234567890', '{}', null)`);
  const all = () => plain("select page::text from page order by id");
  const before = await all();
  for (const type of ["application/json", "application/x-ndjson", "text/csv", "text/tab-separated-values"]) {
    const headers = { accept: type, "content-type": type };
    const call = (init: RequestInit) =>
      pages["/page"]!(new Request("http://localhost/page", { headers, ...init }));
    const body = await (await call({})).text();
    await sql`truncate page`;
    expect([type, (await call({ method: "POST", body })).status]).toEqual([type, 201]);
    expect([type, await all()]).toEqual([type, before]);
  }
});

test("an error after the first rows of a stream is given to onError, and cuts the response", async () => {
  await sql`insert into item select n, case n when 1500 then '12345678901234567890'::jsonb end from generate_series(1, 2000) n`;
  const errors: unknown[] = [];
  const route = crud(sql, schema, { tables: item, onError: error => void errors.push(error) })["/item"];
  const headers = { accept: "application/x-ndjson" };
  const response = await route(new Request("http://localhost/item", { headers }));
  const error = await response.text().catch(thrown => thrown);
  expect([response.status, error, errors]).toMatchObject([200, { name: "ValueError" }, [error]]);
});
