// A builder does not have every option of its runner: options without effect are rejected.
import { describe, expect, test } from "bun:test";
import { ArgumentError, get, getMany, page, rowLoader, rowsWhere, selectOne } from "../../src/index.ts";
import { getManySql, getSql, pageSql, rowsWhereSql, stagedUpsertSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table doc (id int primary key, title text); create table line (id int primary key, doc_id int references doc);
   insert into doc values (1, 'a'), (2, 'b'); insert into line values (1, 1)`,
);
const include = { line: { select: ["id"] } } as const;

test.each<[string, () => unknown, string]>([
  ["rowsWhereSql", () => rowsWhereSql(schema, "doc", { include } as never), "rowsWhereSql: include"],
  ["getSql", () => getSql(schema, "doc", 1, { include } as never), "getSql: include"],
  ["getManySql", () => getManySql(schema, "doc", [1], { include } as never), "getManySql: include"],
  ...["after", "before", "secret"].map((name): [string, () => unknown, string] => [
    `pageSql with ${name}`,
    () => pageSql(schema, "doc", { limit: 1, [name]: "x" } as never),
    `pageSql: ${name}`,
  ]),
  ["pageSql with total", () => pageSql(schema, "doc", { limit: 1, total: true } as never), "pageSql: total"],
  ["pageSql with include", () => pageSql(schema, "doc", { limit: 1, include } as never), "pageSql: include"],
  [
    "stagedUpsertSql",
    () => stagedUpsertSql(schema, "doc", [{ id: 1 }], { returning: true } as never),
    "stagedUpsertSql: rows are not returned",
  ],
])("%s", (_name, build, message) => {
  expect(build).toThrow(ArgumentError);
  expect(build).toThrow(message);
});

describe("the runners have these options", () => {
  const row = { id: 1, title: "a", line: [{ id: 1 }] };
  const options = { include, where: { id: 1 } } as const;
  test.each<[string, () => Promise<unknown>]>([
    ["rowsWhere", async () => (await rowsWhere(sql, schema, "doc", options))[0]],
    ["selectOne", () => selectOne(sql, schema, "doc", options)],
    ["get", () => get(sql, schema, "doc", 1, { include })],
    ["getMany", async () => (await getMany(sql, schema, "doc", [1], { include }))[0]],
    ["rowLoader", () => rowLoader(sql, schema, "doc", { include })(1)],
    ["page", async () => (await page(sql, schema, "doc", { ...options, limit: 1, total: true })).rows[0]],
  ])("%s", async (_name, read) => {
    expect(await read()).toEqual(row);
  });

  test("a later page, with a secret and the total number of rows", async () => {
    const given = { include, limit: 1, secret: "key", total: true } as const;
    const first = await page(sql, schema, "doc", given);
    const second = await page(sql, schema, "doc", { ...given, after: first.next });
    expect([first.rows[0], second.rows[0], second.total]).toEqual([row, { id: 2, title: "b", line: [] }, 2]);
  });
});
