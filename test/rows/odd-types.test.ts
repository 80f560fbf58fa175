// Types whose text format, NULL or operators differ from those of other types, in filters, pages, keys and includes.
import { describe, expect, test } from "bun:test";
import { transformTable } from "../../src/ddl/index.ts";
import {
  ArgumentError,
  and,
  contains,
  count,
  distinctFrom,
  get,
  groupBy,
  gt,
  insert,
  insertMany,
  isNull,
  loadSchema,
  ne,
  none,
  noneOf,
  not,
  notNull,
  oneOf,
  overlaps,
  page,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  some,
  upsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create type comp as (a int, b text); create domain dcomp as comp;
   create domain pos as int check (value > 0); create domain short as varchar(3);
   create table tc (id int primary key, c comp, d dcomp);
   create table ck (c comp primary key, x int); create table ckc (id int primary key, c comp references ck);
   create table m (id int primary key, mo money, list money[]);
   create table bt (id int primary key, b bit(3)[], one bit(3), v varbit(5)[]);
   create table bk (b bit(3)[] primary key, x int);
   create table dp (id int primary key, p pos[], s short[], one pos);
   create table dk (p pos[] primary key, x int);
   create table dkc (id int primary key, p pos[] references dk);
   create table pt (id int primary key, p point, x xml, j json, k xid)`,
  `truncate tc, ck, ckc, m, bt, bk, dp, dk, dkc, pt;
   insert into tc values (1, '(1,x)', '(1,x)'), (2, '(1,)', '(1,)'), (3, '(,)', '(,)'), (4, NULL, NULL), (5, '(2,y)', '(2,y)')`,
);

async function pageIds(table: string, options: object, mine: SchemaSnapshot = schema): Promise<unknown[]> {
  const ids: unknown[] = [];
  let after: string | null = null;
  do {
    const found: { readonly rows: Record<string, unknown>[]; readonly next: string | null } = await page(
      sql,
      mine,
      table,
      { ...options, limit: 1, after },
    );
    ids.push(...found.rows.map(row => row["id"] ?? row));
    after = found.next;
  } while (after !== null && ids.length < 20);
  return ids;
}
const ids = async (table: string, where: object): Promise<unknown[]> =>
  (await rowsWhere(sql, schema, table, { where, orderBy: "id" })).map(row => row["id"]);

describe.each(["c", "d"])("a composite column %s with NULL fields", name => {
  test("is NULL only as a whole, in every operator", async () => {
    expect(await ids("tc", { [name]: notNull() })).toEqual([1, 2, 3, 5]);
    expect(await ids("tc", { [name]: not(isNull()) })).toEqual([1, 2, 3, 5]);
    expect(await ids("tc", { [name]: null })).toEqual([4]);
    expect(await ids("tc", { [name]: isNull() })).toEqual([4]);
    expect(await ids("tc", { [name]: ne(null) })).toEqual([1, 2, 3, 5]);
    expect(await ids("tc", { [name]: distinctFrom(null) })).toEqual([1, 2, 3, 5]);
    expect(await ids("tc", { [name]: oneOf([null, { a: 1, b: null }]) })).toEqual([2, 4]);
    expect(await ids("tc", { [name]: noneOf([null, { a: 1, b: null }]) })).toEqual([1, 3, 5]);
    expect(await ids("tc", not({ [name]: null }))).toEqual([1, 2, 3, 5]);
    expect(await ids("tc", and({ [name]: { a: null, b: null } }))).toEqual([3]);
    expect(await count(sql, scope(schema, { tc: { [name]: null } }), "tc")).toBe(1);
  });

  test("has its own position in every page", async () => {
    expect(await pageIds("tc", { orderBy: name })).toEqual([1, 2, 5, 3, 4]);
    const backward: unknown[] = [];
    const last = await page(sql, schema, "tc", { orderBy: name, limit: 5 });
    expect(last.rows.map(row => row["id"])).toEqual([1, 2, 5, 3, 4]);
    let end = await page(sql, schema, "tc", { orderBy: name, limit: 4 });
    end = await page(sql, schema, "tc", { orderBy: name, limit: 1, after: end.next });
    for (let token = end.previous; token !== null; ) {
      const found = await page(sql, schema, "tc", { orderBy: name, limit: 1, before: token });
      backward.push(...found.rows.map(row => row["id"]));
      token = found.previous;
    }
    expect(backward).toEqual([3, 5, 2, 1]);
  });
});

test("a composite key with NULL fields is found, and its upsert is an update", async () => {
  const key = { a: null, b: null };
  expect(await upsert(sql, schema, "ck", { c: key, x: 1 }, { inserted: true })).toEqual({
    row: { c: key, x: 1 },
    inserted: true,
  });
  expect(await upsert(sql, schema, "ck", { c: key, x: 2 }, { inserted: true })).toEqual({
    row: { c: key, x: 2 },
    inserted: false,
  });
  expect(await get(sql, schema, "ck", key)).toEqual({ c: key, x: 2 });
});

test("a foreign key with NULL fields refers to its row, and only NULL refers to none", async () => {
  await sql.unsafe(`insert into ck values ('(,)', 1), ('(1,)', 2);
    insert into ckc values (1, '(,)'), (2, '(1,)'), (3, null)`);
  const key = { a: null, b: null };
  const rows = await rowsWhere(sql, schema, "ckc", { include: { ck: { select: ["x"] } }, orderBy: "ck.x" });
  expect(rows.map(({ id, ck }) => [id, ck])).toEqual([
    [1, { x: 1 }],
    [2, { x: 2 }],
    [3, null],
  ] as never);
  expect(await ids("ckc", some("ck", {}))).toEqual([1, 2]);
  expect(await ids("ckc", none("ck", {}))).toEqual([3]);
  expect(await rowsWhere(sql, schema, "ck", { where: { c: key }, include: { ckc: true } })).toEqual([
    { c: key, x: 1, ckc: [{ id: 1, c: key }] },
  ]);
  expect(await groupBy(sql, schema, "ckc", [], { aggregates: { n: { count: "c" }, all: "count" } })).toEqual([
    { n: 2, all: 3 },
  ]);
});

test("transformTable counts a composite value with NULL fields as a value", async () => {
  await sql`delete from tc where id <> 3`;
  const error = await failure(transformTable(sql, schema, "tc", { drop: ["c"] } as never));
  expect(error.message).toContain("1 row has a value");
});

describe("money", () => {
  test("is a page order, a sum and a filter", async () => {
    await sql`insert into m values (1, '-1.50', '{1,2}'), (2, '1234.56', '{-1}'), (3, '-1.50', '{}'), (4, null, null)`;
    expect(await pageIds("m", { orderBy: "mo" })).toEqual([1, 3, 2, 4]);
    expect(await pageIds("m", { orderBy: "list" })).toEqual([3, 2, 1, 4]);
    expect(await groupBy(sql, schema, "m", [], { aggregates: { a: { sum: "mo" } } })).toEqual([
      { a: "1231.56" },
    ]);
    expect(await ids("m", { mo: oneOf(["-1.50"]) })).toEqual([1, 3]);
    expect(await ids("m", { list: contains(["1.00"]) })).toEqual([1]);
  });
});

describe("arrays of bits", () => {
  test("are filters, pages and keys, and no bit is lost", async () => {
    await insert(sql, schema, "bt", { id: 1, b: ["101", null], one: "110", v: ["10101"] });
    await insert(sql, schema, "bt", { id: 2, b: ["011"], one: "111", v: [] });
    expect(await ids("bt", { b: ["101", null] })).toEqual([1]);
    expect(await ids("bt", { b: oneOf([["011"]]) })).toEqual([2]);
    expect(await ids("bt", { b: contains(["101"]) })).toEqual([1]);
    expect(await ids("bt", { b: overlaps(["101", "011"]) })).toEqual([1, 2]);
    expect(await ids("bt", { b: gt(["011"]) })).toEqual([1]);
    expect(await ids("bt", { one: oneOf(["110"]) })).toEqual([1]);
    expect(await ids("bt", { v: contains(["10101"]) })).toEqual([1]);
    expect(await pageIds("bt", { orderBy: "b" })).toEqual([2, 1]);
    await upsert(sql, schema, "bk", { b: ["101"], x: 1 });
    await upsert(sql, schema, "bk", { b: ["101"], x: 2 });
    expect(await get(sql, schema, "bk", ["101"])).toEqual({ b: ["101"], x: 2 });
    expect(await plain("select b::text, one::text from bt order by id")).toEqual([
      ["{101,NULL}", "110"],
      ["{011}", "111"],
    ]);
  });
});

describe("arrays of domains", () => {
  test("are filters, pages, keys and foreign keys", async () => {
    await insert(sql, schema, "dp", { id: 1, p: [1, 2], s: ["abc"], one: 1 });
    await insert(sql, schema, "dp", { id: 2, p: [3], s: [], one: 2 });
    expect(await ids("dp", { p: contains([1]) })).toEqual([1]);
    expect(await ids("dp", { p: [3] })).toEqual([2]);
    expect(await ids("dp", { p: oneOf([[3], [1, 2]]) })).toEqual([1, 2]);
    expect(await ids("dp", { p: gt([1, 2]) })).toEqual([2]);
    expect(await ids("dp", { s: overlaps(["abc"]) })).toEqual([1]);
    expect(await ids("dp", { one: oneOf([2]) })).toEqual([2]);
    expect(await pageIds("dp", { orderBy: "p" })).toEqual([1, 2]);
    await upsert(sql, schema, "dk", { p: [7], x: 1 });
    await upsert(sql, schema, "dk", { p: [7], x: 2 });
    expect(await get(sql, schema, "dk", [7])).toEqual({ p: [7], x: 2 });
    await insert(sql, schema, "dkc", { id: 1, p: [7] });
    expect(await rowsWhere(sql, schema, "dkc", { include: { dk: true } })).toEqual([
      { id: 1, p: [7], dk: { p: [7], x: 2 } },
    ]);
    expect(await count(sql, scope(schema, { dp: { p: [3] } }), "dp")).toBe(1);
  });

  test("a string that is too long is rejected, not truncated, even without validation", async () => {
    const row = { id: 1, s: ["abcd"] };
    await failure(insert(sql, schema, "dp", row));
    await failure(insert(sql, schema, "dp", row, { validate: false }));
    expect(await plain("select * from dp")).toEqual([]);
  });
});

test.each(["p", "x", "j", "k"])(
  "a type without an order is rejected before a page or a comparison is sent: %s",
  async name => {
    const text = `pt.${name}: type `;
    const error = await failure(page(sql, schema, "pt", { orderBy: name, limit: 1 }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(text);
    const value = name === "p" ? { x: 1, y: 1 } : name === "k" ? 1 : "1";
    expect(await failure(rowsWhere(sql, schema, "pt", { where: { [name]: gt(value) } }))).toBeInstanceOf(
      ArgumentError,
    );
  },
);

test("a PERIOD foreign key is rejected by every function that relates rows by equality, but checked inside a scope", async () => {
  if (schema.serverVersionNum < 180_000) return;
  await sql.unsafe(`create extension if not exists btree_gist;
    create table stay (id int, during tstzrange, primary key (id, during without overlaps));
    create table meal (id int primary key, stay int, during tstzrange, foreign key (stay, period during) references stay (id, period during))`);
  const later = await loadSchema(sql);
  for (const call of [
    () => rowsWhere(sql, later, "meal", { include: { stay_row: { table: "stay" } } }),
    () => rowsWhere(sql, later, "stay", { include: { meal: true } }),
    () => rowsWhere(sql, later, "stay", { where: some("meal", {}) }),
  ]) {
    const error = await failure(Promise.resolve().then(call));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("a PERIOD foreign key");
  }
  await sql.unsafe(
    `insert into stay values (1, '[2026-01-01Z,2026-01-05Z)'), (1, '[2026-01-05Z,2026-01-09Z)'), (2, '[2026-01-01Z,)')`,
  );
  const mine = scope(later, { stay: { id: 1 } });
  const during = "[2026-01-03 00:00:00+00,2026-01-07 00:00:00+00)";
  await insert(sql, mine, "meal", { id: 1, stay: 1, during });
  for (const row of [
    { id: 2, stay: 2, during },
    { id: 3, stay: 1, during: "[2026-01-03 00:00:00+00,)" },
  ])
    expect((await failure(insert(sql, mine, "meal", row))).name).toBe("ScopeError");
  expect(await plain("select id from meal")).toEqual([[1]]);
});

test("hstore has no order, but is stored, found and compared exactly", async () => {
  const [available] = await plain("select from pg_available_extensions where name = 'hstore'");
  if (available === undefined) return;
  await sql.unsafe("create extension hstore; create table h (id int primary key, h hstore)");
  await sql.unsafe(
    "create table hk (h hstore primary key); create table hu (h hstore primary key, n int unique not null)",
  );
  const mine = await loadSchema(sql);
  await insert(sql, mine, "h", { id: 1, h: '"a"=>"1", "b"=>NULL' });
  expect(await rowsWhere(sql, mine, "h", { where: { h: "b=>NULL, a=>1" } })).toHaveLength(1);
  for (const call of [
    () => page(sql, mine, "h", { orderBy: "h", limit: 1 }),
    () => page(sql, mine, "hk", { limit: 1 }),
    () => rowsWhere(sql, mine, "h", { where: { h: gt("a=>1") } }),
  ])
    expect(await failure(call())).toBeInstanceOf(ArgumentError);
  await insertMany(sql, mine, "hu", [
    { h: "a=>1", n: 2 },
    { h: "a=>2", n: 1 },
  ]);
  const first = await page(sql, mine, "hu", { limit: 1, select: ["n"] });
  const second = await page(sql, mine, "hu", { limit: 1, select: ["n"], after: first.next });
  expect([...first.rows, ...second.rows]).toEqual([{ n: 1 }, { n: 2 }]);
});
