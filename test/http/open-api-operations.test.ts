// The operations in the document for the options of a table: parameters, bodies and responses.
import { expect, test } from "bun:test";
import { openApi } from "../../src/http/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables(
  `create table item (id int primary key, name text not null, version int not null default 1);
   create table keyless (id int, name text);
   create type color as enum ('red');
   create table sample (id int primary key, a int8, b numeric(6, 2), c float8, d bool, e text, f color, g int[], h int4range,
     i int8 check (i > 1), j money)`,
);

interface Json {
  readonly [key: string]: Json;
}

const parameterName = (one: Json): string => `${one["name"]}${one["required"] ? "!" : ""}`;
const types = (one: Json | undefined): string => Object.keys(one?.["content"] ?? {}).join(" ");

function summary(tables: object): readonly string[] {
  const document = openApi(schema, { title: "T", version: "1", tables: tables as never }) as unknown as Json;
  return Object.entries(document["paths"]!).flatMap(([path, item]) => {
    const shared = ((item["parameters"] ?? []) as unknown as Json[]).map(parameterName);
    const operations = Object.entries(item).filter(([method]) => method !== "parameters");
    return operations.map(([method, { parameters, requestBody, responses }]) =>
      [
        `${method} ${path}(${[...shared, ...((parameters ?? []) as unknown as Json[]).map(parameterName)].join(", ")})`,
        ...(requestBody ? [`body${requestBody["required"] ? "!" : ""} ${types(requestBody)}`] : []),
        ...Object.entries(responses!).map(([status, one]) =>
          [status, types(one), ...Object.keys(one["headers"] ?? {})].filter(Boolean).join(" "),
        ),
      ].join("; "),
    );
  });
}

const LIST = "application/json application/x-ndjson text/csv text/tab-separated-values";
const ROWS = "application/json text/csv application/x-ndjson text/tab-separated-values";
const GET_LIST = `get /item(limit, after, before); 200 ${LIST} Link; 400; 406; default`;
const GET_ROW =
  "get /item/{key}(key!, If-None-Match, If-Match); 200 application/json ETag; 304; 400; 404; 406; 412; default";
const BATCH =
  "post /batch(); body! application/json; 200 application/json; 400; 404; 409; 412; 413; 415; 422; default";

test("a read-only table", () => {
  expect(summary({ item: {} })).toEqual([GET_LIST, GET_ROW]);
});

test("a table whose rows can be deleted, without a batch", () => {
  const row = "delete /item/{key}(key!, If-Match); 204; 400; 404; 409; 412; default";
  expect(summary({ item: { delete: true } })).toEqual([GET_LIST, GET_ROW, row, BATCH]);
});

test("a writable table without a key", () => {
  expect(summary({ keyless: { write: ["name"] } })).toEqual([
    GET_LIST.replace("item", "keyless"),
    `post /keyless(); body! ${ROWS}; 201 application/json; 204; 400; 409; 413; 415; 422; default`,
    BATCH,
  ]);
});

test("a table with every option", () => {
  const options = {
    ...{ filter: ["id"], sort: ["id"], search: "name", total: true, stream: true },
    ...{ write: ["name"], delete: true, version: "version" },
  };
  const operators = ["ne", "distinctFrom", "lt", "lte", "gt", "gte", "between", "in", "notIn", "is"];
  const filters = ["id", ...operators.map(name => `id[${name}]`)].join(", ");
  const answers = "400; 404; 409; 412; 413; 415; 422; 428; default";
  expect(summary({ item: options })).toEqual([
    `get /item(${filters}, sort, limit, after, before, total, q, stream); 200 ${LIST} text/event-stream Link X-Total-Count; 400; 406; default`,
    `post /item(); body! ${ROWS}; 201 application/json Location ETag; 204; 400; 409; 413; 415; 422; default`,
    GET_ROW,
    `patch /item/{key}(key!, If-Match!); body! application/json; 200 application/json ETag; 204; ${answers}`,
    `put /item/{key}(key!, If-Match, If-None-Match); body! application/json; 200 application/json ETag; 201 application/json Location ETag; 204; ${answers}`,
    "delete /item/{key}(key!, If-Match!); 204; 400; 404; 409; 412; 428; default",
    BATCH,
  ]);
});

test("each operation has an id, the tag of its table and a summary", () => {
  const options = { write: ["id", "name"], delete: true };
  const { paths } = openApi(schema, {
    title: "T",
    version: "1",
    tables: { item: options },
  } as never) as unknown as Json;
  const heads = Object.values(paths!).flatMap(item =>
    Object.values(item)
      .filter(one => "responses" in one)
      .map(({ operationId, tags, summary: text }) => [operationId, tags, typeof text]),
  );
  const ids = ["list_item", "insert_item", "get_item", "update_item", "put_item", "delete_item"];
  expect(heads.slice(0, ids.length)).toEqual(ids.map(id => [id, ["item"], "string"]) as never);
});

test("the body of PUT may have the key, that of PATCH has no key and requires nothing", () => {
  const { components } = openApi(schema, {
    title: "T",
    version: "1",
    tables: { item: { write: ["id", "name"] } },
  } as never) as unknown as Json;
  const bodies = ["item.insert", "item.update", "item.replace"].map(name => {
    const { properties, required } = components!["schemas"]![name]!;
    return [name, Object.keys(properties!), required];
  });
  expect(bodies).toEqual([
    ["item.insert", ["id", "name"], ["id", "name"]],
    ["item.update", ["name"], undefined],
    ["item.replace", ["id", "name"], ["name"]],
  ] as never);
});

test("an example has a value of the type of each column", () => {
  const write = [..."abcdefghij"];
  const { components } = openApi(schema, {
    title: "T",
    version: "1",
    tables: { sample: { write } },
  } as never) as unknown as Json;
  expect(components!["schemas"]!["sample.insert"]!["examples"]![0]).toEqual({
    ...{ a: "1", b: "1", c: 1, d: true, e: "example", f: "red", g: [1], h: "empty", i: "10" },
  } as never);
});
