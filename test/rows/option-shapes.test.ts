// Each option of a statement in every valid form and in the invalid ones.
import { describe, expect, test } from "bun:test";
import { formatRows } from "../../src/files/index.ts";
import { querySchema } from "../../src/http/index.ts";
import { ArgumentError, and, excluded, expr, old } from "../../src/index.ts";
import {
  deleteWhereSql,
  lockSql,
  rowsWhereSql,
  updateWhereSql,
  upsertSql,
} from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema, sql } = await testTables(
  `create table item (id int primary key, a int, b int, t text, g int generated always as (a * 2) stored, doc json);
   create table late (a int unique deferrable, b int);`,
);

const row = { id: 1, a: 2, b: 3 };
const upsertText = (options: object): string =>
  upsertSql(schema, "item", row, { returning: false, ...options }).text;

describe("the update of an upsert", () => {
  test.each([
    [["a"], 'DO UPDATE SET "a" = EXCLUDED."a"'],
    [["b", "a"], 'DO UPDATE SET "b" = EXCLUDED."b", "a" = EXCLUDED."a"'],
    [{ a: expr`1` }, 'DO UPDATE SET "a" = (1)'],
    [{ a: expr`${old("a")} + ${excluded("a")}` }, 'DO UPDATE SET "a" = ("item"."a" + EXCLUDED."a")'],
    ["nothing", "DO NOTHING"],
    [
      "changed",
      'WHERE ("item"."a" IS DISTINCT FROM EXCLUDED."a" OR "item"."b" IS DISTINCT FROM EXCLUDED."b")',
    ],
    [
      "replace",
      'DO UPDATE SET "a" = EXCLUDED."a", "b" = EXCLUDED."b", "t" = EXCLUDED."t", "doc" = EXCLUDED."doc"',
    ],
    [undefined, 'DO UPDATE SET "a" = EXCLUDED."a", "b" = EXCLUDED."b"'],
  ])("%p ends with %s", (update, text) => {
    expect(upsertText({ update })).toEndWith(text);
  });

  test("changed compares one column without parentheses, and without a column changes no row", () => {
    const options = { update: "changed", returning: false } as const;
    expect(upsertSql(schema, "item", { id: 1, a: 2 }, options).text).toEndWith(
      'DO UPDATE SET "a" = EXCLUDED."a" WHERE "item"."a" IS DISTINCT FROM EXCLUDED."a"',
    );
    expect(upsertSql(schema, "item", { id: 1 }, options).text).toEndWith("WHERE false");
  });

  test.each([
    [[], ""],
    [{}, ""],
    [{ a: 5 }, '; the value of "a" is not raw SQL'],
    [{ a: expr`1`, b: 5 }, '; the value of "b" is not raw SQL'],
    [expr`1`, ""],
    ["chnged", ""],
    [5, ""],
    [null, ""],
    [true, ""],
    [new Map(), ""],
  ])("%p is rejected%s", (update, reason) => {
    expect(() => upsertText({ update })).toThrow(
      new ArgumentError(
        `update must be a non-empty array of columns of the row, an object { column: expr }, "changed", "replace" or "nothing"${reason}`,
      ),
    );
  });

  test("with no changed column locks the row", () => {
    expect(upsertSql(schema, "item", { id: 1 }, { returning: false, update: "changed" }).text).toEndWith(
      'DO UPDATE SET "id" = "item"."id" WHERE false',
    );
  });

  test.each([
    [{ update: "nothing", where: { a: 1 } }, "where decides which existing rows are changed"],
    [{ where: {} }, "item: where is empty; leave it out to change every existing row"],
    [{ update: ["id"] }, "item.id is part of a key"],
    [{ update: ["t"] }, "item.t: the row has no value"],
  ])("%p is rejected: %s", (options, message) => {
    expect(() => upsertText(options)).toThrow(ArgumentError);
    expect(() => upsertText(options)).toThrow(message);
  });

  test.each(["nothing", undefined])("by a deferrable key is rejected with update %p", update => {
    const options = { key: ["a"], update, returning: false };
    expect(() => upsertSql(schema, "late", { a: 1, b: 1 }, options as never)).toThrow("it is deferrable");
  });
});

describe("an empty filter is rejected, also after the statement without a filter was built", () => {
  test.each([
    ["deleteWhere", (options: object) => deleteWhereSql(schema, "item", options as never)],
    ["updateWhere", (options: object) => updateWhereSql(schema, "item", { a: 1 }, options as never)],
  ])("%s", (_name, build) => {
    expect(() => build({ all: true })).not.toThrow();
    for (const options of [{}, { where: {} }, { where: {}, all: false }, { where: and() }])
      expect(() => build(options)).toThrow("the filter is empty and would affect every row");
  });

  test("upsert", () => {
    expect(upsertText({})).toContain("DO UPDATE");
    for (const where of [{}, and()]) expect(() => upsertText({ where })).toThrow("item: where is empty");
  });
});

describe("a lock of rows", () => {
  const text = (options: object): string =>
    rowsWhereSql(schema, "item", { select: ["id"], ...options } as never).text;
  test.each([
    [{ lock: "update" }, " FOR UPDATE"],
    [{ lock: "no key update" }, " FOR NO KEY UPDATE"],
    [{ lock: "share", skipLocked: true }, " FOR SHARE SKIP LOCKED"],
    [{ lock: "key share", noWait: true }, " FOR KEY SHARE NOWAIT"],
    [{ lock: "update", noWait: false, skipLocked: false }, " FOR UPDATE"],
  ])("%p ends with%s", (options, end) => {
    expect(text(options)).toEndWith(`"item"${end}`);
  });

  test.each([
    [{ skipLocked: true }, "skipLocked and noWait require lock"],
    [{ noWait: true }, "skipLocked and noWait require lock"],
    [{ lock: "update", noWait: true, skipLocked: true }, "skipLocked and noWait cannot be combined"],
    [{ lock: "updates" }, 'lock must be "update", "no key update", "share" or "key share"'],
    [{ lock: true }, 'lock must be "update", '],
  ])("%p is rejected: %s", (options, message) => {
    expect(() => text(options)).toThrow(message);
  });
});

describe("the name of an advisory lock", () => {
  test.each([
    ["report", "hashtextextended($1::text, 0)", "report"],
    [5n, "$1::text::int8", "5"],
    [2n ** 63n - 1n, "$1::text::int8", "9223372036854775807"],
    [-(2n ** 63n), "$1::text::int8", "-9223372036854775808"],
  ])("%p is a key", async (name, key, param) => {
    const statement = lockSql(name);
    expect(statement).toEqual({ text: `SELECT pg_advisory_xact_lock(${key}) AS locked`, params: [param] });
    await sql.unsafe(statement.text, [...statement.params]);
  });

  test.each([2n ** 63n, -(2n ** 63n) - 1n, 5, null, undefined, {}])("%p is rejected", name => {
    expect(() => lockSql(name as never)).toThrow("the name of a lock must be a string or a 64-bit bigint");
  });

  test.each([
    [{ shared: true }, "pg_advisory_xact_lock_shared("],
    [{ wait: false }, "pg_try_advisory_xact_lock("],
    [{ shared: true, wait: false }, "pg_try_advisory_xact_lock_shared("],
  ])("with %p calls %s", (options, fn) => {
    expect(lockSql("a", options).text).toContain(fn);
  });
});

test.each([
  [1, true],
  [{ default: 1, max: 1 }, true],
  [{ default: 5, max: 5 }, true],
  [{ default: 6, max: 5 }, false],
  [{ default: 0, max: 5 }, false],
  [{ default: 1.5, max: 5 }, false],
  [{ default: 1, max: 5.5 }, false],
  [{ default: 1, max: Number.POSITIVE_INFINITY }, false],
  [{ max: 5 }, false],
  [0, false],
  [-1, false],
  [Number.NaN, false],
])("the limit %p of a URL's query is accepted: %p", (limit, isValid) => {
  const attempt = (): unknown => querySchema(schema, "item", { limit } as never);
  if (isValid) expect(attempt).not.toThrow();
  else expect(attempt).toThrow("limit must be a positive integer");
});

test.each([
  ["a Date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["infinity", new Date(8.64e15), "infinity"],
  ["-infinity", new Date(-8.64e15), "-infinity"],
  ["an invalid Date", new Date(Number.NaN), ""],
  ["bytes", new Uint8Array([1, 255]), "\\x01ff"],
  ["-0", -0, "-0"],
  ["0", 0, "0"],
  ["a bigint", 5n, "5"],
  ["NaN", Number.NaN, "NaN"],
  [
    "a list",
    [1, -0, Number.NaN, 5n, new Date(0), new Uint8Array([1])],
    '[1,"-0","NaN","5","1970-01-01T00:00:00.000Z","\\\\x01"]',
  ],
  ["an object", { a: new Date(8.64e15), b: Number.POSITIVE_INFINITY }, '{"a":"infinity","b":"Infinity"}'],
])("%s in a TSV is %p", (_name, value, text) => {
  const [, line] = formatRows([{ v: value }], "tsv").split("\n");
  expect(line!.replace(/^"(.*)"$/, (_, inner: string) => inner.replaceAll('""', '"'))).toBe(text);
});
