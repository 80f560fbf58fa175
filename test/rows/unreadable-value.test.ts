// A value that only PostgreSQL can judge, among many rows: the error of a COPY has the row and the column.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import { insertMany, type Nest, nest, QueryError, upsertMany } from "../../src/index.ts";
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
   create table member (id int primary key, group_id int references groups, q tsquery)`,
  "truncate query, refusing, groups, member",
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

test("importRows names the line", async () => {
  const lines = Array.from({ length: 150 }, (_, index) => `${index + 100},${index === 140 ? "x &" : "x"}`);
  const error = await failure(
    importRows(sql, schema, "query", `id,"q ""x"\n${lines.join("\n")}`, { format: "csv" } as never),
  );
  expect(error.message.split("\n")[0]).toBe(
    'query, line 142, q "x: no operand in tsquery [42601]; nothing was written',
  );
});
