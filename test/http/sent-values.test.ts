// The values of a response, sent back in a body, a URL and a file.
import { expect, test } from "bun:test";
import { crud, openApi, readBody } from "../../src/http/index.ts";
import { insertSchema, loadSchema } from "../../src/index.ts";
import { answer } from "../support/invoice-service.ts";
import { responseCheck } from "../support/open-api-check.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create type span as (since timestamp, until timestamptz);
   create table event (id int primary key, at timestamp, zoned timestamptz, days timestamp[], period tsrange,
     periods tstzmultirange, span span, levels int4range);`,
  "truncate event",
);
const columns = ["id", "at", "zoned", "days", "period", "periods", "span", "levels"] as const;
const routes = crud(sql, schema, {
  tables: { event: { write: columns, filter: ["at", "zoned", "days", "period"] } },
});
const FORMATS = ["application/json", "application/x-ndjson", "text/csv", "text/tab-separated-values"];
const send = (method: string, body?: string, type = "application/json"): Promise<Response> => {
  const headers = { accept: type, "content-type": type };
  return routes["/event"]!(
    new Request("http://localhost/event", { method, headers, ...(body !== undefined && { body }) }),
  );
};
const stored = () => plain(`select ${columns.map(name => `${name}::text`).join(", ")} from event`);

test("a day or an hour that does not exist is rejected, not moved", async () => {
  for (const [column, text] of [
    ["at", '"2026-02-30T00:00:00.000Z"'],
    ["zoned", '"2026-02-30T00:00:00.000Z"'],
    ["at", '"2026-01-01T24:00:00.000Z"'],
    ["days", '["2025-02-29T10:00:00.000Z"]'],
    ["span", '{"since":"2026-04-31T10:00:00.000Z","until":null}'],
    ["period", '{"lower":"2026-06-31T10:00:00.000Z","upper":null,"bounds":"[)"}'],
  ] as const) {
    const response = await send("POST", `{"id":1,"${column}":${text}}`);
    expect([column, response.status, await stored()]).toEqual([column, 422, []]);
  }
});

for (const time of ["2026-01-02 03:04:05.678", "12026-01-02 03:04:05", "0044-03-15 10:00:00 BC", "infinity"])
  test(`the response with ${time} is a body that stores the same values, in every format of rows`, async () => {
    await sql.unsafe(
      "insert into event (id, at, zoned, days) values (1, $1::text::timestamp, $1::text::timestamptz, array[$1::text]::timestamp[])",
      [time],
    );
    await sql`update event set period = tsrange(at, null), periods = tstzmultirange(tstzrange(zoned, null)), span = row(at, zoned)`;
    const before = await stored();
    for (const type of FORMATS) {
      const text = await (await send("GET", undefined, type)).text();
      await sql`truncate event`;
      expect([type, (await send("POST", text, type)).status]).toEqual([type, 201]);
      expect(await stored()).toEqual(before);
    }
  });

test("the document describes the timestamps of a response as values of a body and of a filter", async () => {
  await sql`insert into event (id, at, zoned, days) values (1, '2026-01-02 03:04:05.678', '2026-01-02Z', '{2026-01-02}')`;
  await sql`update event set period = tsrange(at, null), span = row(at, zoned)`;
  const [row] = (await answer(await send("GET")))[1] as [Record<string, unknown>];
  const tables = { event: { write: columns, filter: ["at"] } } as const;
  const { validator } = responseCheck(openApi(schema, { title: "Events", version: "1", tables }));
  for (const name of ["event.insert", "event.replace", "event.update"]) {
    const { id, ...changes } = row;
    const validate = validator(`/components/schemas/${name}`);
    validate(name === "event.update" ? changes : { id, ...changes });
    expect([name, validate.errors]).toEqual([name, null]);
  }
  const filter = validator("/paths/~1event/get/parameters/0/schema");
  expect([filter([row["at"]]), filter(["2026-01-02 03:04"]), filter(["2026-01-02Z"])]).toEqual([
    true,
    true,
    false,
  ]);
});

test("the document accepts the fraction of a second that a timestamp(1) stores, and no more", async () => {
  await sql`create table slot (id int primary key, at timestamp(1))`;
  const own = await loadSchema(sql);
  const tables = { slot: { write: ["id", "at"] } } as never;
  const validate = responseCheck(openApi(own, { title: "Slots", version: "1", tables })).validator(
    "/components/schemas/slot.insert",
  );
  const slots = crud(sql, own, { tables })["/slot"]!;
  for (const [at, status] of [
    ["2026-01-02T03:04:05.600Z", 201],
    ["2026-01-02T03:04:05.6", 201],
    ["2026-01-02T03:04:05.670Z", 422],
    ["2026-01-02T03:04:05.6Z", 422],
  ] as const) {
    const row = { id: 1, at };
    const response = await slots(
      new Request("http://localhost/slot", { method: "POST", body: JSON.stringify(row) }),
    );
    expect([at, response.status, validate(row)]).toEqual([at, status, status === 201]);
    await sql`truncate slot`;
  }
});

test("the text of a year after 9999 and before 1 in a response is a filter", async () => {
  await sql`insert into event (id, at, zoned) values (1, '12026-01-02', '0044-03-15 00:00Z BC'), (2, null, null)`;
  const [row] = (await answer(await send("GET")))[1] as [Record<string, string>];
  expect([row["at"], row["zoned"]]).toEqual(["+012026-01-02T00:00:00.000Z", "-000043-03-15T00:00:00.000Z"]);
  for (const column of ["at", "zoned"]) {
    const query = `${column}=${encodeURIComponent(row[column]!)}`;
    const response = await routes["/event"]!(new Request(`http://localhost/event?${query}`));
    expect(await answer(response)).toEqual([200, [row]]);
  }
});

test("readBody leaves the bounds of a range of integers as they are", async () => {
  const body = '{"id":1,"levels":{"lower":1,"upper":null,"bounds":"[)"}}';
  const request = new Request("http://localhost/event", { method: "POST", body });
  expect(await readBody(request, insertSchema(schema, "event"))).toEqual({
    id: 1,
    levels: { lower: 1, upper: null, bounds: "[)" },
  });
});

test("the response with geometric values that are not finite is a body that stores them, in every format of rows", async () => {
  await sql`create table shape (id int primary key, p point, l line, s lseg, b box, path path, polygon polygon, c circle, many point[])`;
  await sql`insert into shape values (1, '(NaN,-Infinity)', '{1,NaN,Infinity}', '[(NaN,1),(2,-0)]', '(Infinity,NaN),(-1,-Infinity)',
    '[(NaN,1),(2,3)]', '((NaN,1),(2,3))', '<(Infinity,1),NaN>', '{"(NaN,1)"}')`;
  const names = ["id", "p", "l", "s", "b", "path", "polygon", "c", "many"];
  const all = () => plain(`select ${names.map(name => `${name}::text`).join(", ")} from shape`);
  const before = await all();
  const shapes = crud(sql, await loadSchema(sql), { tables: { shape: { write: names } } } as never);
  for (const type of FORMATS) {
    const headers = { accept: type, "content-type": type };
    const call = (init: object): Promise<Response> =>
      shapes["/shape"]!(new Request("http://localhost/shape", { headers, ...init }));
    const body = await (await call({})).text();
    await sql`truncate shape`;
    expect([type, (await call({ method: "POST", body })).status]).toEqual([type, 201]);
    expect(await all()).toEqual(before);
  }
});

test("a response with json as text is a body that stores the same documents, in every format of rows", async () => {
  await sql`create table page (id int primary key, a json, b jsonb, list jsonb[])`;
  await sql`insert into page values (1, '"a"', '"1"', '{{null,"\\"x\\""},{1,"{}"}}'), (2, '{"a": 1.0}', 'null', '{"[1]"}')`;
  const all = () => plain("select id, a::text, b::text, list::text from page order by id");
  const before = await all();
  const texts = await loadSchema(sql, { types: { json: "string" } });
  const tables = { page: { write: ["id", "a", "b", "list"] } };
  const pages = crud(sql, texts, { tables } as never);
  for (const type of FORMATS) {
    const headers = { accept: type, "content-type": type };
    const call = (init: object): Promise<Response> =>
      pages["/page"]!(new Request("http://localhost/page", { headers, ...init }));
    const body = await (await call({})).text();
    await sql`truncate page`;
    expect([type, (await call({ method: "POST", body })).status]).toEqual([type, 201]);
    expect(await all()).toEqual(before);
  }
  const ndjson = { "content-type": "application/x-ndjson" };
  const init = { method: "POST", body: '{"id":3,"b":"{"}', headers: ndjson };
  const response = await pages["/page"]!(new Request("http://localhost/page", init));
  const { errors } = (await response.json()) as { errors: unknown };
  expect([response.status, errors]).toMatchObject([422, [{ pointer: "/0/b", line: 1 }]]);
});
