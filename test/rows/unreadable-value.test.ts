// A value that only PostgreSQL can judge: the error has the column and, among many rows, the row.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  expr,
  insert,
  insertMany,
  type Nest,
  nest,
  QueryError,
  rowsWhere,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain odd as text constraint is_odd check (length(value) % 2 = 1);
   create table query (id int primary key, c1 text, "q ""x" tsquery, word odd, other odd, part int generated always as (100 / (id - 77)) stored);
   create function refuse() returns trigger language plpgsql as
     $$ begin if new.v = 'bad' then raise exception 'refused'; end if; return new; end $$;
   create table refusing (id int primary key, v text);
   create trigger refuse before insert on refusing for each row execute function refuse();
   create table groups (id int primary key);
   create table member (id int primary key, group_id int references groups, q tsquery);
   create table unread (id int primary key, t text, w tsquery, p jsonpath, o jsonpath, x xml, r regclass, n int, c regconfig, l name);
   create table computed (id int primary key, n int, total numeric, start time, day date, at timestamptz,
     price numeric(5, 2) generated always as (n * 100) stored)`,
  "truncate query, refusing, groups, member, unread, computed",
);
const NAME = 'q "x';
const BAD = 'c1: "x" & & y';
const list = (count: number, at: number, bad: object, good: object): never =>
  Array.from({ length: count }, (_, index) => ({ id: index + 100, ...(index === at ? bad : good) })) as never;
const firstLine = async (promise: Promise<unknown>): Promise<string> => {
  const error = await failure(promise);
  expect(error).toBeInstanceOf(QueryError);
  return error.message.split("\n")[0]!;
};

test("insertMany names the row and the column of a text that PostgreSQL cannot read", async () => {
  const rows = list(150, 140, { c1: "a", [NAME]: BAD }, { c1: "a", [NAME]: "x" });
  expect(await firstLine(insertMany(sql, schema, "query", rows))).toBe(
    'query.q "x, rows[140]: syntax error in tsquery [42601]',
  );
  expect(await plain("select count(*)::int from query")).toEqual([[0]]);
});

test("upsertMany does so through a temporary table, with the name of the table's column", async () => {
  const rows = list(2_100, 2_050, { [NAME]: BAD, c1: "a" }, { [NAME]: "x", c1: "a" });
  expect(await firstLine(upsertMany(sql, schema, "query", rows))).toBe(
    'query.q "x, rows[2050]: syntax error in tsquery [42601]',
  );
});

test("an error of a generated column or of a trigger has the row", async () => {
  const rows = list(150, 140, { id: 77 }, {});
  expect(await firstLine(insertMany(sql, schema, "query", rows))).toBe(
    "query, rows[140]: division by zero [22012]",
  );
  const refused = list(150, 140, { v: "bad" }, { v: "good" });
  expect(await firstLine(insertMany(sql, schema, "refusing", refused))).toBe(
    "refusing, rows[140]: refused [P0001]",
  );
});

test("a violated domain of several columns has the column that was read", async () => {
  const rows = list(150, 140, { other: "abc", word: "ab" }, { other: "abc", word: "abc" });
  expect(await failure(insertMany(sql, schema, "query", rows))).toMatchObject({
    ...{ kind: "domain", columns: ["word"], row: 140 },
    message: expect.stringContaining("query.word, rows[140]: must satisfy"),
  });
});

test("a nested row has its path", async () => {
  const rows = list(
    150,
    140,
    {
      member: [
        { id: 1, q: "x" },
        { id: 2, q: BAD },
      ],
    },
    { member: [] },
  );
  const others = list(150, -1, {}, {}) as { id: number; member?: object[] }[];
  for (const [index, row] of others.entries())
    row.member = [{ id: index + 10, q: "x" }, ...((rows as typeof others)[index]!.member ?? [])];
  const include = nest({ member: true }) as Nest<never>;
  expect(await firstLine(insertMany(sql, schema, "groups", others as never, { include } as never))).toBe(
    "member.q in member[2], rows[140]: syntax error in tsquery [42601]",
  );
});

const ROW = { id: 1, t: "a &", w: null, p: null, x: null, r: null, n: null };

test.each([
  [{ w: "a &" }, "unread.w: no operand in tsquery [42601]"],
  [{ p: "$.[" }, "unread.p: syntax error of jsonpath input [42601]"],
  [{ x: "<a>" }, "unread.x: invalid XML content [2200N]"],
  [{ r: "absent" }, 'unread.r: relation "absent" does not exist [42P01]'],
])("functions that write one row name the column of %j", async (values, message) => {
  const row = { ...ROW, ...values };
  await insert(sql, schema, "unread", ROW);
  for (const write of [insert, upsert, update] as readonly (typeof insert)[])
    expect(await firstLine(write(sql, schema, "unread", row as never))).toBe(message);
  expect(await plain("select id, w is null, p is null, x is null, r is null from unread")).toEqual([
    [1, true, true, true, true],
  ]);
});

test.each([
  [{ w: "a &" }, "unread.w, rows[1]: no operand in tsquery [42601]"],
  [{ p: "$.[" }, "unread.p, rows[1]: syntax error of jsonpath input [42601]"],
  [{ x: "<a>" }, "unread.x, rows[1]: invalid XML content [2200N]"],
  [{ r: "absent" }, 'unread.r, rows[1]: relation "absent" does not exist [42P01]'],
])("functions that write few rows name the column and the row of %j", async (values, message) => {
  await insertMany(sql, schema, "unread", [ROW, { ...ROW, id: 2 }]);
  const rowsFrom = (id: number): never =>
    [
      { ...ROW, id },
      { ...ROW, ...values, id: id + 1 },
    ] as never;
  const returning = { returning: true } as never;
  for (const write of [upsertMany, updateMany] as readonly (typeof upsertMany)[])
    expect(await firstLine(write(sql, schema, "unread", rowsFrom(1)))).toBe(message);
  expect(await firstLine(insertMany(sql, schema, "unread", rowsFrom(3)))).toBe(message);
  expect(await firstLine(insertMany(sql, schema, "unread", rowsFrom(3), returning))).toBe(message);
  expect(await plain("select count(*)::int, count(w)::int, count(p)::int from unread")).toEqual([[2, 0, 0]]);
});

test("a nested row among few has its path", async () => {
  const include = nest({ member: true }) as Nest<never>;
  const rows = [
    { id: 1, member: [{ id: 1, q: "x" }] },
    { id: 2, member: [{ id: 2, q: BAD }] },
  ];
  expect(await firstLine(insertMany(sql, schema, "groups", rows as never, { include } as never))).toBe(
    "member.q in member[0], rows[1]: syntax error in tsquery [42601]",
  );
});

test("of several values of the type that the message names the row is not known", async () => {
  const rows = [
    { id: 1, p: "$.a" },
    { id: 2, p: "$.[" },
  ];
  expect(await firstLine(insertMany(sql, schema, "unread", rows))).toBe(
    "unread.p: syntax error of jsonpath input [42601]",
  );
});

test("of several columns of the type that the message names none is guessed", async () => {
  const row = { id: 1, p: "$.[", o: "$.a" };
  expect(await firstLine(insert(sql, schema, "unread", row))).toBe("syntax error of jsonpath input [42601]");
  expect(await firstLine(insertMany(sql, schema, "unread", [{ id: 2, p: "$.a", o: null }, row]))).toBe(
    "syntax error of jsonpath input [42601]",
  );
});

test.each([
  [
    "text configuration",
    { t: "a", c: "Absent" },
    'text search configuration "absent" does not exist [42704]',
  ],
  ["name syntax", { l: "a", r: "a..b" }, "invalid name syntax [42602]"],
  ["folded name", { t: "absent", r: "Absent" }, 'relation "absent" does not exist [42P01]'],
])("a column of texts, which are always valid, is not named: %s", async (_, row, message) => {
  expect(await firstLine(insert(sql, schema, "unread", { id: 1, ...row } as never))).toBe(message);
  const rows = [
    { id: 1, ...row },
    { id: 2, ...row },
  ] as never;
  expect(await firstLine(insertMany(sql, schema, "unread", rows))).toBe(message);
});

test("a value that validation was not asked to check is named too", async () => {
  const unchecked = { validate: false };
  expect(await firstLine(insert(sql, schema, "unread", { id: 1, n: 2 ** 40 }, unchecked))).toBe(
    "unread.n: value is out of range for type integer [22003]",
  );
  const rows = [
    { id: 1, n: 1 },
    { id: 2, n: 2 ** 40 },
  ];
  expect(await firstLine(insertMany(sql, schema, "unread", rows, unchecked))).toBe(
    "unread.n, rows[1]: value is out of range for type integer [22003]",
  );
});

test("a filter names the column of a value that PostgreSQL cannot read", async () => {
  const where = { w: "a &" };
  expect(await failure(rowsWhere(sql, schema, "unread", { where }))).toMatchObject({
    message: expect.stringMatching(/^unread\.w: no operand in tsquery \[42601\]\n/),
    column: "unread.w",
  });
});

test("a value of a megabyte that PostgreSQL cannot read has its column and its row", async () => {
  const long = { id: 1, w: `a & & ${"x(".repeat(500_000)}` };
  expect(await firstLine(insert(sql, schema, "unread", long))).toBe(
    "unread.w: syntax error in tsquery [42601]",
  );
  expect(await firstLine(insertMany(sql, schema, "unread", [ROW, { ...ROW, ...long, id: 2 }]))).toBe(
    "unread.w, rows[1]: syntax error in tsquery [42601]",
  );
});

test("importRows names the line", async () => {
  const lines = Array.from({ length: 150 }, (_, index) => `${index + 100},${index === 140 ? "x &" : "x"}`);
  const error = await failure(
    importRows(sql, schema, "query", `id,"q ""x"\n${lines.join("\n")}`, { format: "csv" } as never),
  );
  expect(error.message.split("\n")[0]).toBe(
    'query, line 142, q "x: no operand in tsquery [42601]; nothing was written',
  );
});

test("a computation that is out of range names no column of its type", async () => {
  await sql.unsafe("insert into computed values (1, 1, 1)");
  const overflow = "computed: numeric field overflow [22003]";
  expect(await firstLine(insert(sql, schema, "computed", { id: 2, n: 999, total: 5 }))).toBe(overflow);
  expect(await firstLine(update(sql, schema, "computed", { id: 1, n: 999, total: 5 }))).toBe(overflow);
  const rows = list(3, 1, { n: 999, total: 5 }, { n: 1, total: null });
  expect(await firstLine(insertMany(sql, schema, "computed", rows))).toBe(overflow);
});

test.each([
  ["day", { day: "2026-01-01", at: expr`('2026-13-' || n)::timestamptz` }, /^date\/time field .* \[22008\]$/],
  ["start", { start: "10:00", at: expr`now()::timestamp at time zone 'Mars/X'` }, /^time zone .* \[22023\]$/],
  [
    "day",
    { day: "2026-01-01", at: expr`('x' || n)::date` },
    /^invalid input syntax for type date \[22007\]$/,
  ],
])(
  "an error of raw SQL does not name the column %s, whose type its message names",
  async (_, values, message) => {
    await sql.unsafe("insert into computed values (1, 1, 1)");
    expect(await firstLine(update(sql, schema, "computed", { id: 1, ...values } as never))).toMatch(message);
  },
);
