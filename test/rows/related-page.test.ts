// `page` ordered by columns of referenced rows.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { asc, desc, loadSchema, page, type SchemaSnapshot, scope } from "../../src/index.ts";
import { pageSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

// Names that the join of a page would choose, rows without a referenced row, ties, and values that a Date or number
// truncates.
beforeAll(async () => {
  database = await testDatabase({
    template: `
      create domain cents as money;
      create table country (id int primary key, name text);
      create table related (id int primary key, country_id int references country, tenant int not null default 1,
        at timestamptz, price cents, big numeric, flag boolean, related1 text);
      create table visit ("related_id" int references related, id bigint primary key, related1 text);
      insert into country values (1, 'Finland'), (2, null), (3, 'Chad');
      insert into related values
        (1, 1, 1, '2026-01-01 00:00:00.000001+00', '1.10', 1e30, true, 'b'),
        (2, 2, 1, '2026-01-01 00:00:00.000002+00', '1.2', 1e30 + 1, false, 'a'),
        (3, 3, 2, null, null, 'NaN', null, null),
        (4, null, 2, 'infinity', '-5', null, true, 'b'),
        (5, 3, 1, '2026-01-01 00:00:00.000001+00', '1.10', 'NaN', true, 'B');
      insert into visit select case when n % 6 = 0 then null else n % 6 end, n, 'v' || n % 3 from generate_series(1, 23) n;`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

type Options = Parameters<typeof page>[3];
const read = (given: SchemaSnapshot, options: Partial<Options>): ReturnType<typeof page> =>
  page(database.sql, given, "visit", { limit: 4, ...options } as Options);

/** The ids of all pages forward, which must equal the ids backward and those of the hand-written SQL. */
async function requirePages(given: SchemaSnapshot, orderBy: unknown, sql: string): Promise<void> {
  const wanted = (await database.sql.unsafe(`select visit.id from visit ${sql}`).values()).flat();
  const pages: string[][] = [];
  let after: string | null = null;
  let previous: string | null = null;
  do {
    const found = await read(given, { orderBy, after } as never);
    pages.push(found.rows.map(({ id }) => String(id)));
    ({ next: after, previous } = found as never);
  } while (after !== null);
  expect(pages.flat()).toEqual(wanted);
  const backward = [pages.pop()!];
  while (previous !== null) {
    const found = await read(given, { orderBy, before: previous } as never);
    backward.unshift(found.rows.map(({ id }) => String(id)));
    ({ previous } = found as never);
  }
  expect(backward.flat()).toEqual(wanted);
}

test("the related column is evaluated once, and its text is part of the token", () => {
  expect(pageSql(schema, "visit", { orderBy: ["related.price"], limit: 2, select: ["id"] }).text).toBe(
    'SELECT "visit"."id", "related"."related1_"::numeric::text AS "position1", "visit"."id"::text AS "position2" ' +
      'FROM "public"."visit" CROSS JOIN LATERAL (SELECT (SELECT "order1"."price" FROM "public"."related" AS "order1" ' +
      'WHERE "order1"."id" = "visit"."related_id") AS "related1_") AS "related" ' +
      'ORDER BY "related"."related1_", "visit"."id" LIMIT 3',
  );
});

const LEFT = "left join related on related.id = related_id left join country on country.id = country_id";

for (const [name, orderBy, order] of [
  ["a timestamp with microseconds", "related.at", "related.at, visit.id"],
  ["descending", desc("related.at"), "related.at desc, visit.id desc"],
  ["with NULLs first", asc("related.at", { nulls: "first" }), "related.at nulls first, visit.id"],
  [
    "descending with NULLs last",
    desc("related.big", { nulls: "last" }),
    "big desc nulls last, visit.id desc",
  ],
  ["money", ["related.price", desc("id")], "price, visit.id desc"],
  [
    "a boolean and an own column",
    ["related.flag", desc("related1")],
    "flag, visit.related1 desc, visit.id desc",
  ],
  ["text of two steps", ["related.country.name", "related.at"], "country.name, related.at, visit.id"],
  [
    "a column of the join's name",
    [desc("related.related1"), "related1"],
    "related.related1 desc, visit.related1, visit.id",
  ],
] as const)
  test(`pages by ${name} contain the rows in order, forward and backward`, async () => {
    await requirePages(schema, orderBy, `${LEFT} order by ${order}`);
  });

test("rows with a column that is cast can be in the order of a related column", async () => {
  const options = { orderBy: "country.name", select: ["id", "price"], limit: 2 } as const;
  expect(pageSql(schema, "related", options).text).toBe(
    'SELECT "related"."id", "related"."price"::numeric, "related"."related1_"::text AS "position1", ' +
      '"related"."id"::text AS "position2" FROM (SELECT "related"."id", "related"."price", ' +
      '"related_"."related1_" FROM "public"."related" CROSS JOIN LATERAL (SELECT (SELECT "order1"."name" ' +
      'FROM "public"."country" AS "order1" WHERE "order1"."id" = "related"."country_id") AS "related1_") AS "related_" ' +
      'ORDER BY "related_"."related1_", "related"."id" LIMIT 3) AS "related"',
  );
  const { rows, next } = await page(database.sql, schema, "related", options);
  expect(rows).toEqual([
    { id: 3, price: null },
    { id: 5, price: "1.10" },
  ]);
  const rest = await page(database.sql, schema, "related", { ...options, after: next });
  expect(rest.rows).toEqual([
    { id: 1, price: "1.10" },
    { id: 2, price: "1.20" },
  ]);
});

test("in a scope a referenced row outside it has no value, and the token is valid only in the scope", async () => {
  const mine = scope(schema, { related: { tenant: 1 } }) as SchemaSnapshot;
  const joined = LEFT.replace("related.id = related_id", "related.id = related_id and tenant = 1");
  await requirePages(mine, "related.at", `${joined} order by related.at, visit.id`);
  const { next } = await read(mine, { orderBy: "related.at" } as never);
  await expect(read(schema, { orderBy: "related.at", after: next } as never)).rejects.toThrow("page token");
  await expect(read(mine, { orderBy: "related.price", after: next } as never)).rejects.toThrow("page token");
});

test("a filter with parameters, an include and a total can be combined", async () => {
  const options = {
    ...{ where: { id: 5 }, orderBy: desc("related.at"), select: ["id"], total: true },
    include: { related: { select: ["at"] } },
  } as never;
  expect(await read(schema, options)).toMatchObject({
    rows: [{ id: "5", related: {} }],
    total: 1,
    next: null,
  });
});

test("a token with an invalid value for the related column is rejected", async () => {
  const { next } = await read(schema, { orderBy: "related.at" } as never);
  const [body] = next!.split(".") as [string];
  const [, text] = Buffer.from(body.slice(1), "base64url").toString().split("\0");
  expect(text).toBe("+2026-01-01 00:00:00.000001+00");
  await expect(read(schema, { orderBy: "related.at", after: `${body}x` } as never)).rejects.toThrow(
    "page token",
  );
});
