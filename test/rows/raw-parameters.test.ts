// Every kind of JavaScript value as a parameter of raw SQL, wherever raw SQL is accepted.
import { describe, expect, test } from "bun:test";
import { expr, q, rowsWhere, updateWhere, upsert } from "../../src/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table item (id int primary key, t text)",
  "truncate item; insert into item values (1, 'a'), (2, 'b')",
);

/** A value, its PostgreSQL type and its text format. */
const VALUES: readonly [name: string, value: unknown, type: string, text: string | null][] = [
  ["a Date", new Date("2024-02-29T12:00:00.123Z"), "timestamptz", "2024-02-29 12:00:00.123+00"],
  ["an array of numbers", [1, 2, 3], "int[]", "{1,2,3}"],
  ["an array of strings", ["a,b", 'c"d', "NULL"], "text[]", '{"a,b","c\\"d","NULL"}'],
  ["an empty array", [], "text[]", "{}"],
  ["bytes", new Uint8Array([0, 255, 92]), "bytea", "\\x00ff5c"],
  ["a bigint", 9_007_199_254_740_993n, "bigint", "9007199254740993"],
  ["null", null, "text", null],
  ["true", true, "boolean", "true"],
  ["false", false, "boolean", "false"],
  ["a number", 0.1, "float8", "0.1"],
  ["0", 0, "int", "0"],
  ["-0", -0, "float8", "-0"],
  ["-0 for an integer", -0, "int", "0"],
  ["an array with -0", [-0, 1.5], "float8[]", "{-0,1.5}"],
  ["a string", "it's \\ $1", "text", "it's \\ $1"],
  ["an empty string", "", "text", ""],
];

const utc = expr`set_config('timezone', 'UTC', true)`;

describe.each(VALUES)("%s", (_name, value, type, text) => {
  // The type is explicit, because PostgreSQL cannot infer it from a cast to text.
  const asText = expr([`(`, `::${type})::text`] as unknown as TemplateStringsArray, value);

  test("in a query", async () => {
    await sql.begin(async tx => {
      await q(tx, schema, expr`select ${utc}`);
      expect((await q(tx, schema, expr`select ${asText} as text`)) as unknown).toEqual([{ text }]);
    });
  });

  test("in where", async () => {
    const rows = await sql.begin(async tx => {
      await q(tx, schema, expr`select ${utc}`);
      return rowsWhere(tx, schema, "item", {
        where: expr`id = 1 and ${asText} is not distinct from ${text}::text`,
      });
    });
    expect(rows).toEqual([{ id: 1, t: "a" }]);
  });

  test("in orderBy", async () => {
    const orderBy = expr`case when id = 2 and ${asText} is not distinct from ${text}::text then 0 else id end`;
    const rows = await sql.begin(async tx => {
      await q(tx, schema, expr`select ${utc}`);
      return rowsWhere(tx, schema, "item", { orderBy, select: ["id"] });
    });
    expect(rows).toEqual([{ id: 2 }, { id: 1 }]);
  });

  test("in the values of an update and of an upsert", async () => {
    await sql.begin(async tx => {
      await q(tx, schema, expr`select ${utc}`);
      await updateWhere(tx, schema, "item", { t: asText } as never, { where: { id: 1 } });
      await upsert(tx, schema, "item", { id: 2, t: "x" }, { update: { t: asText } } as never);
    });
    expect(await plain("select t from item order by id")).toEqual([[text], [text]]);
  });
});

test("a digit after a value does not become part of its placeholder", () => {
  const where = expr`id = ${1}0`;
  expect(rowsWhereSql(schema, "item", { where }).text).toEndWith(" WHERE (id = $1 0)");
});
