// Types without equality: their arrays cannot be searched, and XML keeps its declaration.
import { describe, expect, test } from "bun:test";
import { exportRows, importRows } from "../../src/files/index.ts";
import {
  ArgumentError,
  containedBy,
  contains,
  count,
  declare,
  deleteMany,
  deleteRow,
  get,
  getMany,
  insert,
  notNull,
  oneOf,
  overlaps,
  rowsWhere,
  update,
  updateMany,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain markup as xml;
   create table na (id int primary key, xs xml[], js json[], ps point[], ls line[]);
   create table pt (id int primary key, x xml, xs xml[], dx markup, dxs markup[]);
   create type document as (body json); create table kj (k json[] primary key, n int); create table kd (k document primary key, n int);
   create table code (k json, n int); create view codes as select k, n from code`,
  "truncate na, pt, kj, kd",
);

describe("an array whose elements have no equality is rejected before a search is sent", () => {
  const values = { xs: ["<a/>"], js: ["1"], ps: [{ x: 1, y: 1 }], ls: [{ a: 1, b: 1, c: 0 }] };
  test.each(Object.entries(values))("%s", async (name, list) => {
    await insert(sql, schema, "na", { id: 1, [name]: list });
    for (const condition of [list, contains(list), overlaps(list), containedBy(list), oneOf([list])]) {
      const error = await failure(rowsWhere(sql, schema, "na", { where: { [name]: condition } } as never));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain("has no equality operator; use expr with a cast");
    }
    expect(await count(sql, schema, "na", { where: { [name]: notNull() } } as never)).toBe(1);
  });
});

describe("a key whose parts have no equality is rejected before anything is sent", () => {
  test.each<[string, unknown]>([
    ["kj", [1]],
    ["kd", { body: 1 }],
    ["codes", { k: 1 }],
  ])("%s", async (table, k) => {
    const declared = declare(schema, { codes: { primaryKey: ["k"] } });
    const row = { k: table === "codes" ? 1 : k, n: 2 };
    for (const call of [
      () => get(sql, declared, table, k),
      () => getMany(sql, declared, table, [k]),
      () => deleteRow(sql, declared, table, k),
      () => deleteMany(sql, declared, table, [k]),
      () => update(sql, declared, table, row),
      () => updateMany(sql, declared, table, [row]),
    ]) {
      const error = await failure(call());
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toStartWith(`${table}.k: type `);
    }
  });
});

describe("an XML declaration is preserved by rows, files and copies", () => {
  const x = '<?xml version="1.0" encoding="UTF-8"?><a>ä</a>';
  const other = '<?xml version="1.0" standalone="yes"?><b/>';
  test.each<[string, unknown]>([
    ["x", x],
    ["x", other],
    ["dx", x],
    ["xs", [x, null, other, "text"]],
    [
      "xs",
      [
        [x, "<c/>"],
        [other, null],
      ],
    ],
    ["dxs", [x]],
  ])("%s: %j", async (name, value) => {
    expect(await insert(sql, schema, "pt", { id: 1, [name]: value })).toMatchObject({ [name]: value });
    for (const format of ["csv", "tsv", "json", "ndjson"] as const) {
      const file = await new Response(
        exportRows(sql, schema, "pt", { format, select: ["id", name] } as never),
      ).text();
      await sql`truncate pt`;
      expect(await importRows(sql, schema, "pt", file, { format })).toBe(1);
      expect(await rowsWhere(sql, schema, "pt", { select: [name] } as never)).toEqual([{ [name]: value }]);
      const cast = Array.isArray(value) ? "text[]" : "text";
      expect(await plain(`select to_json(${name}::${cast})::text::jsonb from pt`)).toEqual([[value]]);
    }
  });
});
