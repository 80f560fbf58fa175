import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  and,
  excluded,
  expr,
  loadSchema,
  lt,
  old,
  q,
  type SchemaSnapshot,
  ScopeError,
  scope,
  some,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { upsertManySql, upsertSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table stock (id int primary key, tenant_id int not null default 1, name text not null default '', n int not null default 1);
      create table note (id int primary key, stock_id int references stock);
      create table quiet (id int primary key, v int);
      create function suppress() returns trigger language plpgsql as 'begin return null; end';
      create trigger suppress before insert on quiet for each row execute function suppress();`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.sql.unsafe(`truncate stock, note, quiet restart identity;
    insert into stock values (1, 1, 'one', 10), (2, 1, 'two', 20), (3, 2, 'three', 30);
    insert into note values (1, 1);`);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];
const stock = (): Promise<unknown[][]> => plain("select id, name, n from stock order by id");

const sum = { n: expr`${old("n")} + ${excluded("n")}` };
const more = expr`${excluded("n")} > ${old("n")}`;

test("a change is computed from the existing row and the given row", async () => {
  expect(
    await upsert(database.sql, schema, "stock", { id: 1, n: 5 }, { update: sum, returning: ["n"] }),
  ).toEqual({
    n: 15,
  });
  expect(
    await upsert(database.sql, schema, "stock", { id: 9, n: 5 }, { update: sum, returning: ["n"] }),
  ).toEqual({
    n: 5,
  });
  expect(await plain("select id, n from stock where id in (1, 9) order by id")).toEqual([
    [1, 15],
    [9, 5],
  ]);
});

test("the SQL of a computed change and of a condition", () => {
  const options = { update: { ...sum, name: expr`${old("name")} || ${"!"}` }, where: more, returning: false };
  expect(upsertSql(schema, "stock", { id: 1, n: 5 }, options)).toEqual({
    text:
      'INSERT INTO "public"."stock" ("id", "n") VALUES ($1::text::int4, $2::text::int4) ON CONFLICT ("id") DO UPDATE ' +
      'SET "n" = ("stock"."n" + EXCLUDED."n"), "name" = ("stock"."name" || $3) WHERE (EXCLUDED."n" > "stock"."n")',
    params: ["1", "5", "!"],
    output: [],
  });
  const filtered = upsertSql(
    schema,
    "stock",
    { id: 1, n: 5 },
    { where: { n: lt(3), name: "x" }, returning: false },
  );
  expect(filtered.text).toBe(
    'INSERT INTO "public"."stock" ("id", "n") VALUES ($1::text::int4, $2::text::int4) ON CONFLICT ("id") DO UPDATE ' +
      'SET "n" = EXCLUDED."n" WHERE "stock"."n" < $3::text::int4 AND "stock"."name" = $4::text',
  );
  expect(filtered.params).toEqual(["1", "5", "3", "x"]);
});

test("a cached statement with a condition has the parameters of the current call", () => {
  const mine = scope(schema, { stock: { tenant_id: 1 } });
  const make = (n: number) =>
    upsertSql(mine, "stock", { id: 1, n }, { where: { n: lt(n) }, returning: false });
  const [first, second] = [make(3), make(4)];
  expect(second.text).toBe(first.text);
  expect(second.params).toEqual(["1", "4", "1", "4", "1"]);
  expect(upsertSql(mine, "stock", { id: 1, n: 3 }, { returning: false }).params).toEqual([
    "1",
    "3",
    "1",
    "1",
  ]);
});

test("where leaves an existing row unchanged, and the row is returned in any case", async () => {
  const before = await plain("select xmin::text from stock where id = 1");
  const options = { where: more, returning: ["id", "n"], inserted: true } as const;
  expect(await upsert(database.sql, schema, "stock", { id: 1, n: 5 }, options)).toEqual({
    row: { id: 1, n: 10 },
    inserted: false,
  });
  expect(await plain("select xmin::text from stock where id = 1")).toEqual(before);
  expect(await upsert(database.sql, schema, "stock", { id: 1, n: 50 }, options)).toEqual({
    row: { id: 1, n: 50 },
    inserted: false,
  });
  expect(await upsert(database.sql, schema, "stock", { id: 8, n: 0 }, options)).toEqual({
    row: { id: 8, n: 0 },
    inserted: true,
  });
  expect(await plain("select id, n from stock where id in (1, 8) order by id")).toEqual([
    [1, 50],
    [8, 0],
  ]);
});

test("where accepts any filter on the existing row", async () => {
  const where = and({ name: "one" }, some("note", { id: 1 }), more);
  await upsert(database.sql, schema, "stock", { id: 1, n: 11 }, { where });
  await upsert(database.sql, schema, "stock", { id: 2, n: 21 }, { where });
  expect(await stock()).toEqual([
    [1, "one", 11],
    [2, "two", 20],
    [3, "three", 30],
  ]);
});

test("upsertMany computes each row, and rows with equal keys one after the other", async () => {
  const rows = [
    { id: 1, n: 1 },
    { id: 5, n: 5 },
    { id: 1, n: 2 },
  ];
  expect(
    await upsertMany(database.sql, schema, "stock", rows, { update: sum, returning: ["id", "n"] }),
  ).toEqual([
    { id: 1, n: 11 },
    { id: 5, n: 5 },
    { id: 1, n: 13 },
  ]);
  expect(upsertManySql(schema, "stock", [{ id: 1, n: 1 }], { update: sum, where: more }).text).toBe(
    'INSERT INTO "public"."stock" ("id", "n") SELECT "c1"::int4, "c2"::int4 FROM unnest($1::text::text[], $2::text::text[]) ' +
      'WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY 1 ON CONFLICT ("id") DO UPDATE ' +
      'SET "n" = ("stock"."n" + EXCLUDED."n") WHERE (EXCLUDED."n" > "stock"."n")',
  );
});

test("upsertMany with where returns every row in input order and counts the written rows", async () => {
  const rows = [
    { id: 2, n: 5 },
    { id: 7, n: 7 },
    { id: 1, n: 50 },
  ];
  const { sent, onStatement } = recorder();
  const options = { where: more, returning: ["id", "n"], onStatement } as const;
  expect(await upsertMany(database.sql, schema, "stock", rows, options)).toEqual([
    { id: 2, n: 20 },
    { id: 7, n: 7 },
    { id: 1, n: 50 },
  ]);
  expect(sent.at(-1)!.text).toBe(
    'SELECT "stock"."id", "stock"."n" FROM unnest($1::text::text[]) WITH ORDINALITY AS "rows" ("c1", "n") ' +
      'JOIN "public"."stock" ON "stock"."id" = "rows"."c1"::int4 ORDER BY "rows"."n"',
  );
  expect(await upsertMany(database.sql, schema, "stock", rows, { where: more })).toBe(0);
  expect(await plain("select id, n from stock where id in (1, 7) order by id")).toEqual([
    [1, 50],
    [7, 7],
  ]);
});

test("thousands of rows by COPY are changed in the same way", async () => {
  await database.sql`insert into stock (id, n) select id, 1 from generate_series(1000, 3999) as id`;
  const rows = Array.from({ length: 3000 }, (_, at) => ({ id: 1000 + at, n: at % 2 === 0 ? 5 : 0 }));
  expect(await upsertMany(database.sql, schema, "stock", rows, { update: sum, where: more })).toBe(1500);
  expect(await plain("select n, count(*)::int from stock where id >= 1000 group by n order by n")).toEqual([
    [1, 1500],
    [6, 1500],
  ]);
});

test("a bare column name in a change is ambiguous, and the error has the remedy", async () => {
  const update = { n: expr`n + 1` };
  await expect(upsert(database.sql, schema, "stock", { id: 1, n: 1 }, { update })).rejects.toThrow(
    'column reference "n" is ambiguous [42702]; write col(table, column), or in an upsert old(column) or excluded(column)',
  );
  expect(await stock()).toContainEqual([1, "one", 10]);
});

test("the scope applies in addition to where", async () => {
  const mine = scope(schema, { stock: { tenant_id: 1 } });
  const options = { where: more, update: sum, returning: ["id", "n"] } as const;
  await expect(upsert(database.sql, mine, "stock", { id: 3, n: 99 }, options)).rejects.toThrow(ScopeError);
  expect(await upsert(database.sql, mine, "stock", { id: 1, n: 0 }, options)).toEqual({ id: 1, n: 10 });
  const rows = [
    { id: 1, n: 99 },
    { id: 3, n: 99 },
  ];
  await expect(upsertMany(database.sql, mine, "stock", rows, options)).rejects.toThrow(
    "stock, rows[1]: the key belongs to a row outside the snapshot's scope; nothing was written",
  );
  expect(await upsertMany(database.sql, mine, "stock", [{ id: 2, n: 1 }], options)).toEqual([
    { id: 2, n: 20 },
  ]);
  expect((await stock()).map(([id, , n]) => [id, n])).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
});

test("a row that a trigger suppresses is undefined", async () => {
  expect(await upsert(database.sql, schema, "quiet", { id: 1, v: 1 }, { where: expr`true` })).toBeUndefined();
  expect(
    await upsertMany(database.sql, schema, "quiet", [{ id: 1, v: 1 }], {
      where: expr`true`,
      returning: true,
    }),
  ).toEqual([]);
});

test("invalid options are rejected before anything is sent", async () => {
  const row = { id: 1, n: 1 };
  const { sent, onStatement } = recorder();
  const rejected: [object, string][] = [
    [{ update: { n: expr`${old("m")} + 1` } }, 'stock has no column "m"; did you mean "n" or "id"?'],
    [{ update: { id: expr`${old("id")} + 1` } }, "stock.id is part of a key or of the scope"],
    [{ update: { id: expr`1`, n: 5 } }, 'or "nothing"; the value of "n" is not raw SQL'],
    [{ update: { n: old("n") } }, 'or "nothing"; the value of "n" is not raw SQL'],
    [{ where: {} }, "stock: where is empty; leave it out to change every existing row"],
    [{ where: and() }, "stock: where is empty; leave it out to change every existing row"],
    [{ where: { m: 1 } }, 'stock has no column "m"; did you mean "n" or "id"?'],
    [
      { where: more, update: "nothing" },
      'where decides which existing rows are changed; leave it out with update: "nothing"',
    ],
  ];
  for (const [options, message] of rejected) {
    await expect(upsert(database.sql, schema, "stock", row, { ...options, onStatement })).rejects.toThrow(
      message,
    );
    await expect(
      upsertMany(database.sql, schema, "stock", [row], { ...options, onStatement }),
    ).rejects.toThrow(message);
  }
  await expect(
    q(database.sql, schema, expr`select ${old("n")} from ${"x"}`, { onStatement }),
  ).rejects.toThrow('old("n") belongs in update or where of an upsert; elsewhere use col');
  expect(sent).toEqual([]);
});
