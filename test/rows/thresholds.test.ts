// Limits at which a call changes its statement or its message, at the limit and one above.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { createTable, createTableSql } from "../../src/ddl/index.ts";
import { importRows } from "../../src/files/index.ts";
import {
  ArgumentError,
  between,
  count,
  eq,
  expr,
  filterSchema,
  gt,
  insertMany,
  oneOf,
  or,
  QueryError,
  q,
  upsertMany,
  ValidationError,
} from "../../src/index.ts";
import { wakeSql } from "../../src/queues/index.ts";
import { countSql, rowsWhereSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  "create table item (id int primary key, name text, lists int[], doc jsonb)",
  "truncate item",
);

const rows = (count: number): { id: number }[] => Array.from({ length: count }, (_, id) => ({ id }));

describe("a statement", () => {
  test.each([
    [99, "INSERT"],
    [100, "COPY"],
  ])("of insertMany with %i rows is %s", async (count, word) => {
    const { sent, onStatement } = recorder();
    expect(await insertMany(sql, schema, "item", rows(count), { onStatement })).toBe(count);
    expect(sent.map(({ text }) => text.split(" ")[0])).toEqual([word]);
  });

  test.each([
    [1_999, false],
    [2_000, true],
  ])("of upsertMany with %i rows reads a temporary table: %p", async (count, isStaged) => {
    const { sent, onStatement } = recorder();
    expect(await upsertMany(sql, schema, "item", rows(count), { onStatement })).toBe(count);
    expect(sent.some(({ text }) => text.includes("rowfn_rows"))).toBe(isStaged);
  });

  test.each([
    [1_001, " LIMIT 1001", []],
    [1_002, " LIMIT $1::text::int8", ["1002"]],
  ])("with limit %i ends with%s", (limit, end, params) => {
    const statement = rowsWhereSql(schema, "item", { limit });
    expect([statement.text.endsWith(end), statement.params]).toEqual([true, params]);
  });

  test.each([
    [15, 15],
    [16, 16],
    [17, 32],
    [32, 32],
    [33, 64],
    [4_096, 4_096],
    [4_097, 8_192],
    [8_193, 8_193],
  ])("with %i alternatives has %i parameters", (count, params) => {
    const where = or(...rows(count).map(({ id }) => ({ id: gt(id) })));
    expect(countSql(schema, "item", { where }).params.length).toBe(params);
  });

  test.each([
    [2_049, 8_192],
    [4_097, 8_194],
  ])("with %i alternatives of two values has %i parameters", (count, params) => {
    const where = or(...rows(count).map(({ id }) => ({ id: between(id, id + 1) })));
    expect(countSql(schema, "item", { where }).params.length).toBe(params);
  });

  test("with an alternative that no row satisfies has no further alternatives", () => {
    const where = or({ id: oneOf([]) }, ...rows(20).map(({ id }) => ({ id: gt(id) })));
    expect(countSql(schema, "item", { where }).params.length).toBe(20);
  });

  test("with alternatives of different kinds has no further alternatives", () => {
    const where = or(...rows(20).map(({ id }) => ({ id: id === 7 ? eq(id) : gt(id) })));
    expect(countSql(schema, "item", { where }).params.length).toBe(20);
  });
});

describe("a message", () => {
  test.each([
    [5, []],
    [6, ["  and 1 more"]],
    [7, ["  and 2 more"]],
  ])("about %i invalid values shows 5 of them", async (count, rest) => {
    const invalid = Array.from({ length: count }, () => ({ id: "x" }));
    const error = await failure(insertMany(sql, schema, "item", invalid as never));
    const [, ...lines] = error.message.split("\n");
    expect(lines.length).toBe(5 + rest.length);
    expect(lines.slice(5)).toEqual(rest);
  });

  test.each([
    [20, []],
    [21, ["  and 1 more"]],
  ])("about a file with %i invalid values shows 20 of them", async (count, rest) => {
    const text = `id\n${"x\n".repeat(count)}`;
    const error = await failure(importRows(sql, schema, "item", text, { format: "csv" }));
    expect(error.message.split("\n").slice(21)).toEqual(rest);
    expect(error.message.split("\n")[20]).toBe(
      '  line 21, id: found "x", expected an integer from -2147483648 to 2147483647',
    );
  });
});

describe("a name", () => {
  test.each(["x".repeat(63), `${"é".repeat(31)}x`])("of 63 bytes is stored", async name => {
    await createTable(sql, schema, name, { id: "int" });
    expect(await sql`select from pg_class where relname = ${name}`).toHaveLength(1);
    await sql.unsafe(`drop table "${name}"`);
  });

  test.each(["x".repeat(64), "é".repeat(32)])("of 64 bytes is rejected", name => {
    expect(() => createTableSql(schema, name, { id: "int" })).toThrow(
      new ArgumentError(`the name "${name}" has 64 bytes; PostgreSQL stores at most 63 bytes`),
    );
  });

  test.each([
    [63 - "rowfn_jobs public.".length, true],
    [64 - "rowfn_jobs public.".length, false],
  ])("of a table with %i bytes is the name of its channel: %p", async (length, isPlain) => {
    const name = "j".repeat(length);
    const after = await createTable(sql, schema, name, { id: "int", status: "text" }, { primaryKey: "id" });
    const text = wakeSql(after, name).join("\n");
    expect(text.includes(`'rowfn_jobs public.${name}'`)).toBe(isPlain);
    expect(/'rowfn_jobs [0-9a-f]{32}'/.test(text)).toBe(!isPlain);
    await sql.unsafe(`drop table "${name}"`);
  });
});

function nested(depth: number, innermost: unknown): unknown {
  return depth === 0 ? innermost : [nested(depth - 1, innermost)];
}

describe("a value", () => {
  test.each([
    ["an array of 6 dimensions", { lists: nested(6, 1) }, true],
    ["an array of 7 dimensions", { lists: nested(7, 1) }, false],
    ["a JSON value of 1,000 levels", { doc: nested(1_000, 1) }, true],
    ["a JSON value of 1,001 levels", { doc: nested(1_001, 1) }, false],
  ])("that is %s: %#", async (_name, value, isValid) => {
    const row = { id: 1, ...(value as object) };
    const call = insertMany(sql, schema, "item", [row]);
    if (isValid) expect(await call).toBe(1);
    else expect(await failure(call)).toBeInstanceOf(ValidationError);
  });

  test.each([
    ["a{255}", true],
    ["a{256}", false],
    ["a{1,255}", true],
    ["a{1,256}", false],
    ["a{256,}", false],
  ])("that is the regular expression %s is accepted in a filter: %p", (matches, isValid) => {
    const { success } = v.safeParse(filterSchema(schema, "item"), { name: { matches } });
    expect(success).toBe(isValid);
  });
});

describe("the message of a failed statement", () => {
  test.each([
    [4_000, ""],
    [4_001, "... (4001 characters)"],
  ])("shows the first 4,000 of %i characters, and the error has all of them", async (length, end) => {
    const start = "select 1 / 0 as ";
    const text = start + "x".repeat(length - start.length);
    const error = (await failure(q(sql, schema, expr(text)))) as QueryError;
    expect(error.message).toEndWith(`\n  in: ${text.slice(0, 4_000)}${end}`);
    expect(error.text).toBe(text);
  });

  test("with more than 65,535 parameters says how to pass a list", async () => {
    const where = (count: number) => ({ where: or(...Array.from({ length: count }, (_, id) => ({ id }))) });
    const error = await failure(count(sql, schema, "item", where(65_536)));
    expect(error).toBeInstanceOf(QueryError);
    expect(error.message).toStartWith(
      "a statement can have 65,535 parameters, and this one has more; a list is one parameter in oneOf(list) and = ANY ($1)\n  in: SELECT",
    );
  });
});
