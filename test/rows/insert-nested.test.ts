import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import { insert, insertMany, loadSchema, nest, refine, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { EMPTY_NESTED_TABLES, INCLUDE, NESTED_TABLES, TREE } from "../support/nested-tables.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: NESTED_TABLES });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(EMPTY_NESTED_TABLES);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];

test("nested rows follow foreign keys in both directions, with one statement per table", async () => {
  const { sent, onStatement } = recorder();
  const stored = await insert(database.sql, schema, "invoice", TREE, { include: INCLUDE, onStatement });
  expect(stored).toEqual({
    id: 1,
    customer_id: 1,
    note: "first",
    customer: { id: 1, name: "Ann" },
    line: [
      {
        ...{ invoice_id: 1, n: 1, product: "a", quantity: 1, product_row: { code: "a", price: "1.50" } },
        remark: [
          { id: 1, invoice_id: 1, n: 1, body: "x" },
          { id: 2, invoice_id: 1, n: 1, body: "y" },
        ],
      },
      { invoice_id: 1, n: 2, product: null, quantity: 3, remark: [] },
    ],
  });
  expect(sent.map(({ text }) => /^INSERT INTO "public"\."(\w+)"/.exec(text)?.[1])).toEqual([
    "customer",
    "invoice",
    "product",
    "line",
    "line",
    "remark",
  ]);
  expect(await plain("select id, customer_id, note from invoice")).toEqual([[1, 1, "first"]]);
  expect(await plain("select invoice_id, n, product, quantity from line order by n")).toEqual([
    [1, 1, "a", 1],
    [1, 2, null, 3],
  ]);
  expect(await plain("select invoice_id, n, body from remark order by id")).toEqual([
    [1, 1, "x"],
    [1, 1, "y"],
  ]);
});

test("rows can refer to each other by columns that are not returned", async () => {
  const row = { customer: { name: "A" }, line: [{ n: 1, quantity: 3, remark: [{ body: "x" }] }] };
  const remark = { select: ["body"] } as const;
  const include = nest({
    customer: { select: ["name"] },
    line: { select: ["quantity"], include: { remark } },
  });
  const options = { include, returning: ["note"] } as const;
  expect(await insertMany(database.sql, schema, "invoice", [row], options)).toEqual([
    { note: "none", customer: { name: "A" }, line: [{ quantity: 3, remark: [{ body: "x" }] }] },
  ]);
  const read = `select name, line.n, body from invoice join customer on customer.id = customer_id
    join line on line.invoice_id = invoice.id join remark on remark.invoice_id = line.invoice_id and remark.n = line.n`;
  expect(await plain(read)).toEqual([["A", 1, "x"]]);
});

test("insertMany accepts nested rows, and returns the number of top-level rows or all stored rows", async () => {
  const rows = [
    { customer: { name: "A" }, line: [{ n: 1 }, { n: 2 }] },
    { customer: { name: "B" } },
    { customer: { name: "C" }, line: [{ n: 7 }] },
  ];
  const include = nest({ customer: true, line: { select: ["n"] } });
  expect(await insertMany(database.sql, schema, "invoice", rows, { include })).toBe(3);
  const again = rows.map(row => ({ ...row, customer: { name: `${row.customer.name}2` } }));
  const options = { include, returning: ["id", "customer_id"] } as const;
  expect(await insertMany(database.sql, schema, "invoice", again, options)).toEqual([
    { id: 4, customer_id: 4, customer: { id: 4, name: "A2" }, line: [{ n: 1 }, { n: 2 }] },
    { id: 5, customer_id: 5, customer: { id: 5, name: "B2" }, line: [] },
    { id: 6, customer_id: 6, customer: { id: 6, name: "C2" }, line: [{ n: 7 }] },
  ]);
  const read =
    "select name, array_agg(n order by n) from invoice join customer on customer.id = customer_id left join line on invoice_id = invoice.id group by 1 order by 1";
  expect(await plain(read)).toEqual([
    ["A", [1, 2]],
    ["A2", [1, 2]],
    ["B", [null]],
    ["B2", [null]],
    ["C", [7]],
    ["C2", [7]],
  ]);
});

test("an iterable is read in batches, and stored completely or not at all", async () => {
  function* trees(count: number, bad?: number): Generator<Record<string, unknown>> {
    for (let at = 0; at < count; at++)
      yield { customer: { name: `c${at}` }, line: [{ n: at === bad ? 0 : 1 }, { n: 2 }] };
  }
  const include = nest({ customer: true, line: true });
  const error = await failure(
    insertMany(database.sql, schema, "invoice", trees(10_500, 10_200), { include }),
  );
  expect(error.message).toContain("invoice.line[0].n, rows[10200]: Expected");
  expect(await plain("select count(*)::int from customer")).toEqual([[0]]);
  expect(await insertMany(database.sql, schema, "invoice", trees(10_500), { include })).toBe(10_500);
  // Statistics of the empty tables would make the planner join them row by row.
  await database.sql.unsafe("analyze invoice, line, customer");
  const read =
    "select count(*)::int from invoice join line on invoice_id = id join customer on customer.id = customer_id where name = 'c' || (invoice.id - (select min(id) from invoice))";
  expect(await plain(read)).toEqual([[21_000]]);
});

test.each([null, undefined])("%p instead of a referenced row means no row", async none => {
  const include = nest({ customer: true, line: { include: { product_row: { table: "product" } } } });
  for (const validate of [true, false]) {
    const tree = { customer: { name: `${validate}` }, line: [{ n: 1, product_row: none }] };
    const stored = await insert(database.sql, schema, "invoice", tree, { include, validate });
    expect(stored).toMatchObject({ line: [{ n: 1, product: null }] });
  }
  expect(await plain("select invoice_id, n, product from line order by 1")).toEqual([
    [1, 1, null],
    [2, 1, null],
  ]);
  await expect(insert(database.sql, schema, "invoice", { customer: none }, { include })).rejects.toThrow(
    "customer_id: Expected a value, received nothing (the column is NOT NULL without a default)",
  );
});

test("a table can be nested in itself, in the direction that the options choose", async () => {
  const reports = { table: "person", many: true } as const;
  const include = nest({
    reports: { ...reports, include: { reports } },
    manager: { table: "person", many: false },
  });
  const tree = {
    name: "a",
    manager: { name: "root" },
    reports: [{ name: "b", reports: [{ name: "d" }] }, { name: "c" }],
  };
  await insert(database.sql, schema, "person", tree, { include });
  expect(
    await plain("select p.name, b.name from person p left join person b on b.id = p.boss order by 1"),
  ).toEqual([
    ["a", "root"],
    ["b", "a"],
    ["c", "a"],
    ["d", "b"],
    ["root", null],
  ]);
});

test("a referenced timestamp keeps its microseconds", async () => {
  const stored = await insert(
    database.sql,
    schema,
    "event",
    { title: "x", visit: [{}, {}] },
    { include: nest({ visit: true }) },
  );
  expect(await plain("select at::text, count(*)::int from visit group by 1")).toEqual([
    ["2026-01-01 00:00:00.123456+00", 2],
  ]);
  const at = new Date("2026-01-01T00:00:00.123Z");
  expect(stored).toEqual({
    at,
    title: "x",
    visit: [
      { id: 1, at },
      { id: 2, at },
    ],
  });
  await insert(
    database.sql,
    schema,
    "visit",
    { event: { at: new Date(0), title: "y" } },
    { include: nest({ event: true }) },
  );
  expect(await plain("select at::text from event where title = 'y'")).toEqual([["1970-01-01 00:00:00+00"]]);
});

test("returning: false stores everything and returns nothing", async () => {
  expect(
    await insert(database.sql, schema, "invoice", TREE, { include: INCLUDE, returning: false }),
  ).toBeUndefined();
  expect(await plain("select count(*)::int from remark")).toEqual([[2]]);
});

test("the refinement of a single column of a related row is enforced, and nothing is stored", async () => {
  const refined = refine(schema, { line: { quantity: v.pipe(v.number(), v.maxValue(10)) } });
  const tree = (quantity: number) => ({ note: "x", customer: { name: "Ann" }, line: [{ n: 1, quantity }] });
  const write = (quantity: number) =>
    insert(database.sql, refined, "invoice", tree(quantity) as never, { include: INCLUDE });
  expect((await failure(write(11))).message).toContain("line[0].quantity");
  expect(await plain("select count(*)::int from invoice")).toEqual([[0]]);
  await write(10);
  expect(await plain("select n, quantity from line")).toEqual([[1, 10]]);
});
