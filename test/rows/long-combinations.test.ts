// Long lists of equal parts share few SQL texts, because each text is a prepared statement on each connection.
import { expect, test } from "bun:test";
import { and, count, eq, expr, gt, gte, ne, not, oneOf, or, scope } from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema } = await testTables(
  `create table item (id int primary key, a int, tenant int not null default 1);
   insert into item select i, i % 7 from generate_series(1, 1600) i`,
);

const parts = <Part>(length: number, part: (at: number) => Part): Part[] =>
  Array.from({ length }, (_, at) => part(at + 1));
const textOf = (where: unknown): string => countSql(schema, "item", { where: where as never }).text;
const rowsOf = (where: unknown): Promise<number> => count(sql, schema, "item", { where: where as never });

/** Every short length, and some of the long ones. */
const LENGTHS: readonly number[] = [...parts(64, at => at), ...parts(90, at => 60 + 16 * at)];

/** A list of the given length, and the number of matching rows. */
const LISTS: readonly (readonly [string, (length: number) => unknown, (length: number) => number])[] = [
  ["or of one column", length => or(...parts(length, id => ({ id }))), length => length],
  ["or of two columns", length => or(...parts(length, id => ({ id, a: id % 7 }))), length => length],
  [
    "or of filters",
    length => or(...parts(length, id => and({ id: gte(id) }, { id: not(gt(id)) }))),
    length => length,
  ],
  [
    "operators of a column",
    length => ({ id: or(eq(0), ...parts(length - 1, id => eq(id))) }),
    length => length - 1,
  ],
  ["and", length => and(...parts(length, id => ({ id: ne(id) }))), length => 1_600 - length],
];

for (const [name, whereOf, expected] of LISTS)
  test(`${name}: lists of 1 to 1,500 parts have at most 23 SQL texts, and match what each part matches`, async () => {
    expect(new Set(LENGTHS.map(length => textOf(whereOf(length)))).size).toBeLessThanOrEqual(23);
    for (const length of [15, 16, 17, 31, 33, 100, 1_025])
      expect([length, await rowsOf(whereOf(length))]).toEqual([length, expected(length)]);
  });

test("lists of 1 to 1,500 parts create at most 23 prepared statements on a connection", async () => {
  const connection = database.connect({ max: 1 });
  for (let length = 1; length <= 1_500; length += length < 64 ? 1 : 7)
    expect([
      length,
      await count(connection, schema, "item", { where: or(...parts(length, id => ({ id }))) }),
    ]).toEqual([length, length]);
  const [[prepared]] = (await connection
    .unsafe("select count(*)::int from pg_prepared_statements where statement like '%item%'")
    .values()) as unknown as [[number]];
  expect(prepared).toBeLessThanOrEqual(23);
});

test("the last part is repeated, also inside a scope", async () => {
  const mine = scope(schema, { item: { tenant: 1 } });
  const { text, params } = countSql(mine, "item", { where: or(...parts(17, id => ({ id }))) });
  expect(text).toEndWith(`"id" = $32::text::int4) AND "tenant" = $33::text::int4`);
  expect(params.slice(15)).toEqual(["16", ...new Array<string>(16).fill("17"), "1"]);
  expect(await count(sql, mine, "item", { where: or(...parts(17, id => ({ id }))) })).toBe(17);
});

test("neither raw SQL, which can be volatile, nor parts that differ are repeated", () => {
  expect(textOf(or(...parts(17, () => expr`random() < 0.5`))).match(/random/g)).toHaveLength(17);
  expect(textOf(or(...parts(17, () => and(expr`random() < 0.5`, { id: 1 })))).match(/random/g)).toHaveLength(
    17,
  );
  expect(textOf(or(...parts(17, at => (at === 9 ? { a: 1 } : { id: at })))).match(/ = /g)).toHaveLength(17);
});

test("a last part that is always true or always false is not repeated", async () => {
  const ids = parts(17, id => id);
  expect(await rowsOf(and(...ids.map(id => ({ id: ne(id) })), {}))).toBe(1_583);
  expect(await rowsOf(or(...ids.map(id => ({ id })), { id: oneOf([]) }))).toBe(17);
  expect(textOf(or(...ids.map(id => ({ id })), { id: oneOf([]) }))).not.toContain("false");
});

test("a list is never repeated beyond the parameter limit", async () => {
  const { params } = countSql(schema, "item", { where: or(...parts(40_000, id => ({ id }))) });
  expect(params).toHaveLength(40_000);
  const [first, second] = [6_000, 50_000].map(length => or(...parts(length, id => ({ id }))));
  expect(countSql(schema, "item", { where: and(first!, second!) }).params.length).toBeLessThanOrEqual(65_535);
});
