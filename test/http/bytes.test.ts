import { expect, test } from "bun:test";
import * as v from "valibot";
import { crud, openApi, querySchema, readBody } from "../../src/http/index.ts";
import { count, getOrThrow, insertSchema } from "../../src/index.ts";
import { responseCheck } from "../support/open-api-check.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create domain digest as bytea check (octet_length(value) = 2);
  create type signed as (signature bytea);
  create table file (id int primary key, data bytea not null, parts bytea[], hash digest, signed signed);
   create table word (id int primary key, text text, hidden jsonb, at text)`,
  "truncate file",
);
const tables = { file: { filter: ["data"], write: ["id", "data", "parts", "hash", "signed"] } } as const;
const routes = crud(sql, schema, { tables });
const post = (path: string, json: string): Request =>
  new Request(`http://localhost${path}`, { method: "POST", body: json });

const FILE = String.raw`{"id":1,"data":"\\x00ff","parts":["\\x01",null,"\\x"],"hash":"\\xABcd","signed":{"signature":"\\x02"}}`;
const STORED = {
  ...{ id: 1, data: new Uint8Array([0, 255]), parts: [new Uint8Array([1]), null, new Uint8Array()] },
  ...{ hash: new Uint8Array([0xab, 0xcd]), signed: { signature: new Uint8Array([2]) } },
};

test("bytes are \\x and hexadecimal digits in a body, in a response, in a URL and in the OpenAPI document", async () => {
  const created = await routes["/file"]!(post("/file", FILE));
  expect(created.status).toBe(201);
  expect(await getOrThrow(sql, schema, "file", 1)).toEqual(STORED);
  const sent = await (await routes["/file/:key"]!(new Request("http://localhost/file/1"))).text();
  expect(sent).toBe(FILE.replace("ABcd", "abcd"));
  expect(await readBody(post("/", sent), insertSchema(schema, "file"))).toEqual(STORED);
  const { validator } = responseCheck(openApi(schema, { title: "Files", version: "1", tables }));
  for (const name of ["file", "file.insert"])
    expect(validator(`/components/schemas/${name}`)(JSON.parse(sent))).toBe(true);
  const query = v.parse(
    querySchema(schema, "file", { filter: ["data"] }),
    new URLSearchParams([["data", String.raw`\x00FF`]]),
  );
  expect(await count(sql, schema, "file", { where: query.where })).toBe(1);
});

test("any other string for bytes is invalid in a body, in a URL and in the OpenAPI document", async () => {
  const { validator } = responseCheck(openApi(schema, { title: "Files", version: "1", tables }));
  const validate = validator("/components/schemas/file.insert");
  for (const data of ["AP8=", String.raw`\x0`, String.raw`\x0g`, "00ff", ""]) {
    expect([data, validate({ id: 1, data })]).toEqual([data, false]);
    const response = await routes["/file"]!(post("/file", JSON.stringify({ id: 1, data })));
    expect([data, response.status]).toEqual([data, 422]);
    const parsed = v.safeParse(
      querySchema(schema, "file", { filter: ["data"] }),
      new URLSearchParams([["data", data]]),
    );
    expect([data, parsed.success]).toEqual([data, false]);
  }
});

test("in a text column, a string that looks like bytes or a date of a response remains a string", async () => {
  const words = crud(sql, schema, { tables: { word: { write: ["id", "text", "hidden", "at"] } } });
  const word = { id: 1, text: "\\x00ff", hidden: { a: "\\x00ff" }, at: "2026-01-02T03:04:05.000Z" };
  expect((await words["/word"]!(post("/word", JSON.stringify(word)))).status).toBe(201);
  expect(await getOrThrow(sql, schema, "word", 1)).toEqual(word as never);
});

test("bytes of megabytes are read from a body", async () => {
  const data = "00".repeat(4_000_000);
  const body = post("/", `{"id":1,"data":"\\\\x${data}"}`);
  const row = await readBody(body, insertSchema(schema, "file"), { limit: 10_000_000 });
  expect((row["data"] as Uint8Array).length).toBe(4_000_000);
});
