// Keys that a path has as text and a response as an object or an array.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { testTables } from "../support/test-tables.ts";

const KEYS = [
  ["int4range", "[1,5)"],
  ["tsrange", '["2026-01-02 03:04:05","2026-02-01 00:00:00")'],
  ["tstzrange", '["2026-01-02 03:04:05+00",infinity]'],
  ["tstzmultirange", '{["2026-01-02 03:04:05+00",)}'],
  ["timestamp[]", '{"2026-01-02 03:04:05",NULL}'],
  ["visit", '(7,"2026-01-02 03:04:05+00")'],
] as const;
const { sql, schema, plain } = await testTables(
  `create type visit as (number int, at timestamptz);
   create table stay (room int, during tstzrange, note text, primary key (room, during));
   ${KEYS.map(([type], at) => `create table t${at} (key ${type} primary key, note text);`).join("\n")}`,
  `truncate stay; ${KEYS.map((_, at) => `truncate t${at};`).join("")}`,
);
const options = { write: ["key", "note"], delete: true };
const routes = crud(sql, schema, {
  tables: {
    ...Object.fromEntries(KEYS.map((_, at) => [`t${at}`, options])),
    stay: { write: ["room", "during", "note"], delete: true },
  },
} as never) as Readonly<Record<string, (request: Request) => Promise<Response>>>;
const send = async (path: string, method: string, body?: unknown): Promise<readonly [number, unknown]> => {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const route = path.replace(/^(\/\w+)\/.*$/s, "$1/:key");
  const response = await routes[route]!(new Request(`http://localhost${path}`, init));
  return [response.status, response.body === null ? null : await response.json()];
};

test.each(KEYS.map((key, at) => [...key, `t${at}`] as const))(
  "PUT and a batch accept the key that GET has sent: %s %s",
  async (type, text, table) => {
    await sql.unsafe(`insert into ${table} values ($1::text::${type}, 'a')`, [text]);
    const path = `/${table}/${encodeURIComponent(text)}`;
    const [, { key }] = (await send(path, "GET")) as [number, { key: unknown }];
    expect(await send(path, "PUT", { key, note: "b" })).toEqual([200, { key, note: "b" }]);
    for (const [op, note] of [
      ["update", "c"],
      ["upsert", "d"],
    ] as const) {
      expect(await send("/batch", "POST", [{ op, table, key, row: { note } }])).toEqual([
        200,
        { results: [{ key, note }] },
      ]);
      expect(await plain(`select key::text, note from ${table}`)).toEqual([[text, note]]);
    }
    expect(await send("/batch", "POST", [{ op: "delete", table, key }])).toEqual([200, { results: [null] }]);
    expect(await plain(`select from ${table}`)).toEqual([]);
  },
);

test("a batch accepts a range in a key of several columns", async () => {
  await sql`insert into stay values (1, '[2026-01-02Z,2026-02-01Z)', 'a')`;
  const [, [{ room, during }]] = (await send("/stay", "GET")) as [number, [Record<string, unknown>]];
  for (const key of [[room, during], { room, during }])
    expect(
      (await send("/batch", "POST", [{ op: "update", table: "stay", key, row: { note: "b" } }]))[0],
    ).toBe(200);
  expect(await plain("select note from stay")).toEqual([["b"]]);
});

test("PUT rejects an object that is a different key, and a text of other microseconds", async () => {
  await sql`insert into t0 values ('[1,5)', 'a')`;
  const key = { lower: 1, upper: 6, bounds: "[)" };
  expect((await send("/t0/%5B1,5)", "PUT", { key, note: "b" }))[0]).toBe(422);
  await sql`insert into t2 values ('[2026-01-02 03:04:05.678901Z,)', 'a')`;
  const during = (fraction: string) => `["2026-01-02 03:04:05.${fraction}+00",)`;
  const path = `/t2/${encodeURIComponent(during("678901"))}`;
  expect((await send(path, "PUT", { key: during("678902"), note: "b" }))[0]).toBe(422);
  const [, { key: sent }] = (await send(path, "GET")) as [number, { key: unknown }];
  expect((await send(path, "PUT", { key: sent, note: "b" }))[0]).toBe(200);
  expect(await plain("select key::text, note from t2")).toEqual([[during("678901"), "b"]]);
});
