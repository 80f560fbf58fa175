// A Map, a Set or a promise instead of an options object: its entries are invisible, so it must not be treated as empty
// options.
import { expect, test } from "bun:test";
import * as rowfn from "./support/every-entry.ts";
import { failure } from "./support/failure.ts";
import { testTables } from "./support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table doc (id int primary key, title text);
   create table line (id int primary key, doc_id int references doc, n int);
   create table a (id int primary key); create table b (id int primary key);
   create table pair (a_id int references a, b_id int references b, n int, primary key (a_id, b_id));`,
);

const entries = (record: object) => new Map(Object.entries(record)) as never;
const names = new Set(["title"]) as never;
const file = { format: "csv" } as const;
const table = (options: object) =>
  rowfn.createTable(sql, schema, "made", { id: "int4", n: "int4" }, options as never);
const change = (changes: object) => rowfn.transformTable(sql, schema, "doc", changes as never);
const crud = (options: object, more = {}) =>
  rowfn.crud(sql, schema, { tables: { doc: options }, ...more } as never);
const read = (options: object) => rowfn.rowsWhere(sql, schema, "doc", options as never);
const filters = (options: object) => rowfn.filterSchema(schema, "doc", options as never);

const CALLS: Readonly<Record<string, readonly [call: () => unknown, message: string]>> = {
  include: [() => read({ include: entries({ line: true }) }), "received a value of class Map"],
  "nested include": [() => read({ include: { line: { include: entries({}) } } }), "an instance of Map"],
  "count of an include": [
    () => read({ include: { line: { count: "false" } } }),
    'count must be true or false, received "false"',
  ],
  "aggregates of an include": [
    () => read({ include: { line: { aggregates: entries({ n: "count" }) } } }),
    "an instance of Map",
  ],
  aggregates: [
    () => rowfn.groupBy(sql, schema, "doc", "title", { aggregates: entries({ n: "count" }) }),
    "aggregates must not be an instance of Map; pass Object.fromEntries(...) of it",
  ],
  "a list of aggregates": [
    () => rowfn.groupBy(sql, schema, "doc", "title", { aggregates: ["count"] as never }),
    "doc: aggregates must be a plain object, received an array of length 1",
  ],
  select: [() => read({ select: names }), "select must not be an instance of Set; pass an array: [...set]"],
  "select: null": [
    () => read({ select: null }),
    "doc: select must be an array of column names, received null",
  ],
  nest: [
    () =>
      rowfn.insert(sql, schema, "doc", { id: 1 }, { include: rowfn.nest(entries({ line: true })) as never }),
    "a value of class Map",
  ],
  returning: [
    () => rowfn.insertMany(sql, schema, "doc", [{ id: 1 }], { returning: names }),
    "returning must be true, false or a non-empty array of column names",
  ],
  "update of upsert": [
    () => rowfn.upsert(sql, schema, "doc", { id: 1 }, { update: names }),
    "update must be a non-empty array of columns of the row",
  ],
  "a promise of a filter": [
    () => rowfn.count(sql, schema, "doc", { where: Promise.resolve({ id: 1 }) as never }),
    "doc: where must be an object { column: value }",
  ],
  "a promise of a limit": [
    () => read({ limit: Promise.resolve(1) }),
    "rowsWhere: limit must not be an instance of Promise; await the promise",
  ],
  types: [
    () => rowfn.loadSchema(sql, { types: entries({ int8: "bigint" }) }),
    "types must not be an instance of Map",
  ],
  "values of link": [
    () => rowfn.link(sql, schema, "a", 1, "b", [1], { values: entries({ n: 1 }) }),
    "values must not be",
  ],
  "columns of an import": [
    () => rowfn.importRows(sql, schema, "doc", "n\nx\n", { ...file, columns: entries({ n: "title" }) }),
    "columns must not be",
  ],
  ...Object.fromEntries(
    ["foreignKeys", "checks", "defaults", "comments", "generated", "unique", "indexes"].map(option => [
      `${option} of createTable`,
      [() => table({ [option]: entries({ n: "doc" }) }), `createTable: ${option} must not be`] as const,
    ]),
  ),
  "unique as a text": [
    () => table({ unique: "n" }),
    "createTable: unique must be an array, received a string",
  ],
  identity: [
    () => table({ identity: "no" }),
    'made: identity must be "byDefault", "always" or null, received "no"',
  ],
  "rename of transformTable": [() => change({ rename: entries({ title: "name" }) }), "rename must not be"],
  "drop as a text": [() => change({ drop: "title" }), "drop must be an array, received a string"],
  "filter of crud": [() => crud({ filter: entries({ title: ["eq"] }) }), "filter must not be"],
  "write: true": [() => crud({ write: true }), 'table "doc": write must be an array, received a boolean'],
  "delete as a text": [
    () => crud({ delete: "false" }),
    'table "doc": delete must be true or false, received "false"',
  ],
  "stream as a text": [
    () => crud({ stream: "false" }),
    'table "doc": stream must be true or false, received "false"',
  ],
  "batch as a text": [
    () => crud({}, { batch: "false" }),
    'crud: batch must be true or false, received "false"',
  ],
  "scope of crud as a snapshot": [
    () => crud({}, { scope: schema }),
    "scope must be a function, received an object",
  ],
  "authorize: true": [
    () => crud({}, { authorize: true }),
    "authorize must be a function, received a boolean",
  ],
  ...Object.fromEntries(
    ["scope", "authorize"].map(option => [
      `an undefined ${option} of crud`,
      [
        () => crud({}, { [option]: undefined }),
        `crud: ${option} must be a function, received undefined`,
      ] as const,
    ]),
  ),
  "an undefined table of crud": [
    () => rowfn.crud(sql, schema, { tables: { doc: undefined } } as never),
    'table "doc": the options must be a plain object, received null',
  ],
  ...Object.fromEntries(
    ["1", NaN, -1, Infinity].map(limit => [
      `a limit of crud of ${Bun.inspect(limit)}`,
      [() => crud({}, { limit }), "crud: limit must be a non-negative integer"] as const,
    ]),
  ),
  "an empty secret": [
    () => rowfn.page(sql, schema, "doc", { limit: 1, secret: "" }),
    "page: secret must be a non-empty string, received an empty string",
  ],
  "settings of a role as a list": [
    () => rowfn.asRole(sql, { role: "postgres", settings: [] as never }, () => 1),
    "asRole: settings must be a plain object, received an array of length 0",
  ],
  "rows of a copy as a text": [
    () => rowfn.duplicateTable(sql, schema, "line", "made", { rows: "false" as never }),
    'duplicateTable: rows must be true or false, received "false"',
  ],
  "maxList of a URL": [
    () => rowfn.querySchema(schema, "doc", { filter: ["id"], maxList: NaN }),
    "querySchema: maxList must be a non-negative integer, received a number",
  ],
  "filter of a URL": [
    () => rowfn.querySchema(schema, "doc", { filter: names, limit: 5 }),
    "filter must not be",
  ],
  "columns of filterSchema": [() => filters({ columns: names }), "columns must not be"],
  "operators as a text": [
    () => filters({ operators: "eq" }),
    "operators must be an array, received a string",
  ],
  ...Object.fromEntries(
    [NaN, -1, 1.5, Infinity, "5", null].map(value => [
      `maxConditions: ${value}`,
      [
        () => filters({ maxConditions: value }),
        "filterSchema: maxConditions must be a non-negative integer",
      ] as const,
    ]),
  ),
  "maxList: NaN": [() => filters({ maxList: NaN }), "maxList must be a non-negative integer, received NaN"],
  "maxDepth: text": [
    () => filters({ maxDepth: "1" }),
    'maxDepth must be a non-negative integer, received "1"',
  ],
};

for (const [name, [call, message]] of Object.entries(CALLS))
  test(`${name} is rejected, and nothing changes`, async () => {
    const error = await failure(Promise.resolve().then(call));
    expect(error).toBeInstanceOf(rowfn.ArgumentError);
    expect(error.message).toContain(message);
    expect(await plain("select count(*)::int from doc")).toEqual([[0]]);
    expect(await plain("select to_regclass('made')::text")).toEqual([[null]]);
  });

test("an invalid scope of crud is a server error", async () => {
  const errors: Error[] = [];
  const mistakes = [
    () => rowfn.scope(schema, { none: { id: 1 } } as never),
    () => rowfn.scope(schema, { doc: { id: undefined } } as never),
  ];
  for (const scope of mistakes) {
    const [handler] = Object.values(crud({}, { scope, onError: (error: Error) => errors.push(error) }));
    const response = await handler!(new Request("http://localhost/doc"));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ detail: "an unexpected error occurred" });
  }
  expect(errors.map(({ cause }) => (cause as Error).name)).toEqual(["UnknownNameError", "ArgumentError"]);
});

test("a scope of crud that returns no snapshot is a server error", async () => {
  const errors: unknown[] = [];
  const [handler] = Object.values(
    crud({}, { scope: () => undefined, onError: (error: unknown) => errors.push(error) }),
  );
  const response = await handler!(new Request("http://localhost/doc"));
  expect(response.status).toBe(500);
  expect(errors).toEqual([new TypeError("crud: scope must return a snapshot")]);
});
