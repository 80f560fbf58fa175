// `update: "changed"` of values that `=` calls equal, although they are not the same.
import { describe, expect, test } from "bun:test";
import { upsert, upsertMany } from "../../src/index.ts";
import { upsertSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

/** Type → stored value, a value that `=` calls equal or that has no `=`, and its text. */
const VALUES: readonly (readonly [type: string, before: unknown, after: unknown, text: string])[] = [
  ["citext", "iphone", "iPhone", "iPhone"],
  ["label", "iphone", "iPhone", "iPhone"],
  ["text collate ci", "iphone", "iPhone", "iPhone"],
  ["numeric", "1.0", "1.00", "1.00"],
  ["float8", 0, -0, "-0"],
  ["interval", "1 mon", "30 days", "30 days"],
  ["numeric[]", ["1.0"], ["1.00"], "{1.00}"],
  ["numrange", "[1,2)", "[1.0,2)", "[1.0,2)"],
  ["pair", { a: "x", n: "1" }, { a: "X", n: "1.0" }, "(X,1.0)"],
  ["jsonb", { n: "1" }, { n: 1 }, '{"n": 1}'],
  ["json", { a: 1 }, { a: 2 }, '{"a":2}'],
  ["point", { x: 1, y: 2 }, { x: 1, y: 2.0000000001 }, "(1,2.0000000001)"],
  ["xml", "<a/>", "<a />", "<a />"],
  ["text", null, "x", "x"],
];

const { sql, schema, plain } = await testTables(
  `create extension citext;
   create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
   create domain label as citext; create type pair as (a citext, n numeric);
   ${VALUES.map(([type], at) => `create table t${at} (id int primary key, v ${type})`).join(";")}`,
  "",
);

describe('update: "changed" stores the given value', () => {
  for (const [at, [type, before, after, text]] of VALUES.entries()) {
    const table = `t${at}` as never;
    const row = (v: unknown, id = 1): never => ({ id, v }) as never;
    const update = "changed";

    test(`${type}: by upsert`, async () => {
      await plain(`truncate t${at}`);
      await upsert(sql, schema, table, row(before));
      await upsert(sql, schema, table, row(after), { update });
      expect(await plain(`select v::text from t${at}`)).toEqual([[text]]);
    });

    test.each([
      ["a parameter", 3],
      ["a temporary table", 2_001],
    ] as const)(
      `${type}: by upsertMany through %s, and leaves the same value unchanged`,
      async (_way, count) => {
        await plain(`truncate t${at}`);
        const rows = (v: unknown): never[] => Array.from({ length: count }, (_, id) => row(v, id));
        await upsertMany(sql, schema, table, rows(before));
        expect(await upsertMany(sql, schema, table, rows(before), { update })).toBe(0);
        expect(await upsertMany(sql, schema, table, rows(after), { update })).toBe(count);
        expect(await upsertMany(sql, schema, table, rows(after), { update })).toBe(0);
        expect(await plain(`select distinct v::text from t${at}`)).toEqual([[text]]);
      },
    );
  }
});

test("only columns whose = is not exact are compared by their stored bytes", () => {
  const text = (at: number): string =>
    upsertSql(schema, `t${at}`, { id: 1, v: VALUES[at]![2] }, { update: "changed", returning: false }).text;
  expect(text(3)).toEndWith(' WHERE ROW("t3"."v")::record *<> ROW(EXCLUDED."v")::record');
  expect(text(VALUES.length - 1)).toEndWith(' WHERE "t13"."v" IS DISTINCT FROM EXCLUDED."v"');
});
