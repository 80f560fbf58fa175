import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import {
  ArgumentError,
  asc,
  desc,
  loadSchema,
  type OrderBy,
  page,
  rowsWhere,
  type SchemaSnapshot,
  scope,
} from "../../src/index.ts";
import { pageSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;

let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table item (id bigint primary key, a int, b text, at timestamptz, n numeric, position1 text, tenant int not null default 1);
      create table pair (x int, y int, note text not null, primary key (x, y));
      insert into pair select x, y, chr(96 + (x * y) % 3) from generate_series(1, 4) x, generate_series(1, 5) y;
      create table part (id int primary key, item_id bigint references item);
      create table loose (a int); create table unlike (id int primary key, doc jsonb, code text not null unique);`,
  });
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it was accepted"),
    error => error,
  );

test("columns that are read through a cast are cast after the limit, in the page's order", async () => {
  await database.sql`insert into unlike select i, jsonb_build_object('n', i), 'c' || i % 50 || '-' || i from generate_series(1, 300) i`;
  const { sent, onStatement } = recorder();
  const options = { orderBy: desc("code"), limit: 70, select: ["doc"], onStatement } as const;
  const first = await page(database.sql, schema, "unlike", options);
  const second = await page(database.sql, schema, "unlike", { ...options, after: first.next });
  expect(sent[0]!.text).toBe(
    'SELECT "unlike"."doc"::text, "unlike"."code"::text AS "position1" FROM (SELECT "unlike"."doc", "unlike"."code" ' +
      'FROM "public"."unlike" ORDER BY "unlike"."code" DESC LIMIT 71) AS "unlike"',
  );
  const plain = await database.sql`select (doc->>'n')::int as n from unlike order by code desc limit 140`;
  const numbers = [...first.rows, ...second.rows].map(({ doc }) => (doc as { n: number }).n);
  expect(numbers).toEqual(plain.map(({ n }: { n: number }) => n));
  await database.sql`truncate unlike`;
});

test("columns with the same direction are one row comparison, forward and backward", async () => {
  const { sent, onStatement } = recorder();
  const options = { orderBy: desc("note"), limit: 2, select: ["x", "y"], onStatement } as const;
  const first = await page(database.sql, schema, "pair", options);
  const second = await page(database.sql, schema, "pair", { ...options, after: first.next });
  await page(database.sql, schema, "pair", { ...options, before: second.previous });
  expect(sent).toEqual([
    {
      text:
        'SELECT "pair"."x", "pair"."y", "pair"."note"::text AS "position1", "pair"."x"::text AS "position2", "pair"."y"::text AS "position3" ' +
        'FROM "public"."pair" ORDER BY "pair"."note" DESC, "pair"."x" DESC, "pair"."y" DESC LIMIT 3',
      params: [],
    },
    {
      text:
        'SELECT "pair"."x", "pair"."y", "pair"."note"::text AS "position1", "pair"."x"::text AS "position2", "pair"."y"::text AS "position3" ' +
        'FROM "public"."pair" WHERE ("pair"."note", "pair"."x", "pair"."y") < ($1::text, $2::text::int4, $3::text::int4) ' +
        'ORDER BY "pair"."note" DESC, "pair"."x" DESC, "pair"."y" DESC LIMIT 3',
      params: ["b", "4", "2"],
    },
    {
      text:
        'SELECT "pair"."x", "pair"."y", "pair"."note"::text AS "position1", "pair"."x"::text AS "position2", "pair"."y"::text AS "position3" ' +
        'FROM "public"."pair" WHERE ("pair"."note", "pair"."x", "pair"."y") > ($1::text, $2::text::int4, $3::text::int4) ' +
        'ORDER BY "pair"."note", "pair"."x", "pair"."y" LIMIT 3',
      params: ["b", "2", "4"],
    },
  ]);
  expect(first.rows).toEqual([
    { x: 4, y: 5 },
    { x: 4, y: 2 },
  ]);
  expect(first.previous).toBeNull();
});

const SELECT =
  'SELECT "item"."id", "item"."a"::text AS "position1_", "item"."b"::text AS "position2", "item"."id"::text AS "position3" ' +
  'FROM "public"."item" WHERE "item"."tenant" = $1::text::int4 AND';
const END = 'ORDER BY "item"."a", "item"."b" DESC NULLS LAST, "item"."id" DESC LIMIT 2';

test("mixed directions are compared column by column, from the position in the first columns", () => {
  const at = { texts: ["1", null, "7"], isInclusive: false };
  const orderBy = [asc("a"), desc("b", { nulls: "last" })] as const;
  const options = { orderBy, limit: 1, select: ["id"], where: { tenant: 1 } } as never;
  const statement = pageSql(schema, "item", options, () => ({ direction: "after", position: at }));
  expect(statement.text).toBe(
    `(${SELECT} "item"."a" >= $2::text::int4 AND (("item"."a" > $2::text::int4) OR ("item"."a" = $2::text::int4 AND false) ` +
      `OR ("item"."a" = $2::text::int4 AND "item"."b" IS NULL AND "item"."id" < $3::text::int8)) ${END}) ` +
      `UNION ALL (${SELECT} "item"."a" IS NULL ${END}) LIMIT 2`,
  );
  expect(statement.params).toEqual(["1", "1", "7"]);
});

const columns = ["a", "b", "at", "n", "id"] as const;

const term = fc.record({
  column: fc.constantFrom(...columns),
  down: fc.boolean(),
  nulls: fc.constantFrom(undefined, "first" as const, "last" as const),
});

const rowData = fc.record({
  a: fc.option(fc.integer({ min: 0, max: 2 })),
  b: fc.option(fc.constantFrom("", "a", "B", "é", "z'\"\\")),
  // Closer together than the precision of a Date.
  at: fc.option(fc.integer({ min: 0, max: 3 }).map(micros => `2024-01-01 00:00:00.00000${micros}+00`)),
  n: fc.option(fc.constantFrom("1", "1.0", "1.00000000000000000001", "NaN", "-Infinity")),
});

async function fill(rows: readonly object[]): Promise<void> {
  await database.sql.unsafe("truncate item cascade");
  await database.sql.unsafe(
    "insert into item select r.* from json_populate_recordset(null::item, $1::text::json) r",
    [
      JSON.stringify(
        rows.map((row, index) => ({ ...row, id: String(9007199254740993n + BigInt(index)), tenant: 1 })),
      ),
    ],
  );
}

test("with random rows and orders each row is seen once forward and backward, in the order of plain SQL", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowData, { maxLength: 25 }),
      fc.uniqueArray(term, { selector: ({ column }) => column, maxLength: 4 }),
      fc.integer({ min: 1, max: 7 }),
      async (rows, terms, limit) => {
        await fill(rows);
        const orderBy = terms.map(({ column, down, nulls }) =>
          (down ? desc : asc)(column, nulls && { nulls }),
        );
        const hasId = terms.some(({ column }) => column === "id");
        const tie = terms.at(-1)?.down ? desc("id") : asc("id");
        const expected = await rowsWhere(database.sql, schema, "item", {
          orderBy: (hasId ? orderBy : [...orderBy, tie]) as OrderBy,
        });
        const options = { orderBy: orderBy as OrderBy, limit, secret: "s" };
        const forward: unknown[] = [];
        let here = await page(database.sql, schema, "item", options);
        let pages = 0;
        for (;;) {
          forward.push(...here.rows);
          if (here.next === null || pages++ > 30) break;
          here = await page(database.sql, schema, "item", { ...options, after: here.next });
        }
        expect(forward).toEqual(expected);
        const backward: unknown[] = [...here.rows];
        while (here.previous !== null && pages++ < 100) {
          here = await page(database.sql, schema, "item", { ...options, before: here.previous });
          backward.unshift(...here.rows);
        }
        expect(backward).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});

test("rows that are inserted between two pages neither repeat nor hide other rows", async () => {
  await fill(Array.from({ length: 40 }, (_, index) => ({ a: index % 5, b: null, at: null, n: null })));
  const before = (
    await rowsWhere(database.sql, schema, "item", { select: ["id"], orderBy: ["a", "id"] })
  ).map(({ id }) => id);
  const seen: unknown[] = [];
  let after: string | null = null;
  let id = 1;
  do {
    const found: { rows: { id?: unknown }[]; next: string | null } = await page(
      database.sql,
      schema,
      "item",
      { orderBy: "a", limit: 7, after, select: ["id"] },
    );
    seen.push(...found.rows.map(row => row.id));
    after = found.next;
    await database.sql.unsafe(
      `insert into item (id, a) values (${id}, ${id++ % 5}), (${id + 1000}, ${id % 5})`,
    );
  } while (after !== null);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter(one => before.includes(one))).toEqual(before);
});

test("a page has a token for each direction in which more rows exist", async () => {
  const read = (from: object) => page(database.sql, schema, "pair", { limit: 8, ...from });
  const first = await read({});
  const second = await read({ after: first.next });
  const third = await read({ after: second.next });
  const secondAgain = await read({ before: third.previous });
  const firstAgain = await read({ before: secondAgain.previous });
  const directions = [first, second, third, secondAgain, firstAgain].map(({ next, previous }) => [
    ...[next !== null, previous !== null],
  ]);
  expect(directions).toEqual([
    [true, false],
    [true, true],
    [false, true],
    [true, true],
    [true, false],
  ]);
  expect([firstAgain.rows, secondAgain.rows]).toEqual([first.rows, second.rows]);
});

test("past the end the page is empty, and its previous page has the last row", async () => {
  await fill([{ a: 1 }, { a: 2 }]);
  const first = await page(database.sql, schema, "item", { orderBy: "a", limit: 1, select: ["a"] });
  await database.sql.unsafe("delete from item where a = 2");
  const empty = await page(database.sql, schema, "item", {
    orderBy: "a",
    limit: 1,
    select: ["a"],
    after: first.next,
  });
  expect([empty.rows, empty.next]).toEqual([[], null]);
  const back = await page(database.sql, schema, "item", {
    orderBy: "a",
    limit: 1,
    select: ["a"],
    before: empty.previous,
  });
  expect([back.rows, back.previous]).toEqual([[{ a: 1 }], null]);
});

test("before the start the page is empty, and its next page has the first row", async () => {
  await fill([{ a: 1 }, { a: 2 }]);
  const options = { orderBy: "a", limit: 1, select: ["a"] } as const;
  const first = await page(database.sql, schema, "item", options);
  const second = await page(database.sql, schema, "item", { ...options, after: first.next });
  await database.sql.unsafe("delete from item where a = 1");
  const empty = await page(database.sql, schema, "item", { ...options, before: second.previous });
  expect([empty.rows, empty.previous]).toEqual([[], null]);
  const forth = await page(database.sql, schema, "item", { ...options, after: empty.next });
  expect([forth.rows, forth.next]).toEqual([[{ a: 2 }], null]);
});

test("a page has its total and its related rows, also in a scope", async () => {
  await fill([{ a: 1 }, { a: 2 }, { a: 3 }]);
  await database.sql.unsafe(
    "update item set tenant = 2 where a = 3; insert into part select row_number() over (), id from item",
  );
  const mine = scope(schema, { item: { tenant: 1 } });
  const found = await page(database.sql, mine, "item", {
    orderBy: "a",
    limit: 1,
    select: ["a"],
    total: true,
    include: { part: { count: true } },
  });
  expect([found.rows, found.total, found.next === null]).toEqual([[{ a: 1, part: 1 }] as never, 2, false]);
});

test("page rejects invalid options", async () => {
  const cases: readonly [string, object, string][] = [
    ["loose", { limit: 1 }, "loose has no unique key to break ties, so page is not possible"],
    ["item", { limit: 0 }, "item: limit must be a positive integer, received 0"],
    [
      "item",
      { limit: 1, after: "a", before: "b" },
      "item: after and before cannot be combined; pass one of them",
    ],
    ["item", { limit: 1, orderBy: "nope" }, 'item has no column "nope"'],
  ];
  for (const [table, options, message] of cases)
    expect((await failure(page(database.sql, schema, table, options as never))).message).toStartWith(message);
  expect(await failure(page(database.sql, schema, "loose", { limit: 1 }))).toBeInstanceOf(ArgumentError);
  expect(pageSql(schema, "unlike", { limit: 1, orderBy: "code" as never, select: ["id"] }).text).toEndWith(
    'ORDER BY "unlike"."code" LIMIT 2',
  );
});

test("changing the options after the call does not change the limit", async () => {
  const options = { limit: 1 };
  const first = page(database.sql, schema, "pair", options);
  options.limit = 3;
  const { rows, next } = await first;
  expect([rows.length, typeof next]).toEqual([1, "string"]);
});
