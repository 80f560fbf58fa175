// Rows of one call that refer to each other by a foreign key of their table, and have different columns.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import { insertMany, scope, upsertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table node (id int primary key, parent int references node, org int, name text default 'd');
   create table owned (org int, id int, parent int, note text, primary key (org, id), foreign key (org, parent) references owned);
   create table part (id int, k int default 1, parent int, parent_k int, primary key (id, k), foreign key (parent, parent_k) references part) partition by list (k);
   create table part_1 partition of part for values in (1)`,
  "truncate node, owned, part",
);
const { sent, onStatement } = recorder();
const nodes = () => plain("select id, parent from node order by id");
const TREE = [{ id: 1, parent: null }, { id: 2 }, { id: 3, parent: 2 }, { id: 4, parent: 3 }] as const;
const STORED = [
  [1, null],
  [2, null],
  [3, 2],
  [4, 3],
];

test("rows that refer to rows without the column are inserted after them", async () => {
  sent.length = 0;
  expect(await insertMany(sql, schema, "node", TREE, { onStatement })).toBe(4);
  expect(await nodes()).toEqual(STORED);
  expect(sent.map(({ params }) => params[0])).toEqual(["{1}", "{2}", "{3,4}"]);
});

test.each([
  ["insertMany with returning", () => insertMany(sql, schema, "node", TREE, { returning: ["id"] })],
  ["insertMany of an iterable", () => insertMany(sql, schema, "node", TREE.values())],
  ["upsertMany", () => upsertMany(sql, schema, "node", TREE)],
  ["upsertMany with returning", () => upsertMany(sql, schema, "node", TREE, { returning: ["id"] })],
  [
    "upsertMany of new rows with returning",
    () => upsertMany(sql, schema, "node", TREE, { returning: ["id"], update: "nothing" }),
  ],
  [
    "importRows",
    () =>
      importRows(sql, schema, "node", TREE.map(row => JSON.stringify(row)).join("\n"), { format: "ndjson" }),
  ],
])("%s stores them and returns them in input order", async (_name, call) => {
  const result = await call();
  expect(result).toEqual((typeof result === "number" ? 4 : TREE.map(({ id }) => ({ id }))) as never);
  expect(await nodes()).toEqual(STORED);
});

test("rows that refer to others with different columns are inserted in input order", async () => {
  const rows = [
    { id: 1 },
    { id: 2, parent: 1, name: "a" },
    { id: 3, parent: 2 },
    { id: 4, parent: 3, name: "b" },
    { id: 5 },
  ];
  expect(await insertMany(sql, schema, "node", rows, { returning: ["id", "name"] })).toEqual([
    { id: 1, name: "d" },
    { id: 2, name: "a" },
    { id: 3, name: "d" },
    { id: 4, name: "b" },
    { id: 5, name: "d" },
  ]);
  expect((await nodes()).map(([, parent]) => parent)).toEqual([null, 1, 2, 3, null]);
});

test("an error names the row of the input", async () => {
  const { message } = await failure(
    insertMany(sql, schema, "node", [...TREE, { id: 6, name: "x", parent: 9 }]),
  );
  expect(message).toStartWith("node.parent, rows[4]: no node has id 9");
});

test("the column of the scope belongs to the foreign key, and a partition refers to its table", async () => {
  const mine = scope(schema, { owned: { org: 7 } });
  const rows = [{ id: 1, parent: null, note: "n" }, { id: 2 }, { id: 3, parent: 2, note: "x" }] as const;
  expect(await insertMany(sql, mine, "owned", rows)).toBe(3);
  expect(await plain("select org, id, parent from owned order by id")).toEqual([
    [7, 1, null],
    [7, 2, null],
    [7, 3, 2],
  ]);
  const parts = [{ id: 1, parent: null, parent_k: null }, { id: 2 }, { id: 3, parent: 2, parent_k: 1 }];
  for (const table of ["part", "part_1"]) {
    expect(await insertMany(sql, schema, table, parts)).toBe(3);
    await plain("truncate part");
  }
});
