import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { ArgumentError, desc, loadSchema, type SchemaSnapshot, scope } from "../../src/index.ts";
import { claim, claimSql } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: "create table job (a int, b int, status text not null default 'pending', primary key (b, a))",
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe("truncate job; insert into job select i, 10 - i from generate_series(1, 5) i");
});

test("claim locks up to limit rows and returns them in order; another session claims the next rows", async () => {
  const { sql } = database;
  await sql.begin(async first => {
    const options = { select: ["a"], orderBy: "a", limit: 3 } as const;
    expect(await claim(first, schema, "job", options)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    await sql.begin(async second => {
      expect(await claim(second, schema, "job", options)).toEqual([{ a: 4 }, { a: 5 }]);
      expect(await claim(second, schema, "job", { limit: 0 })).toEqual([]);
    });
  });
});

test("claim with set marks rows by their composite key in one statement, without a transaction", async () => {
  const options = { where: { status: "pending" }, orderBy: "a", limit: 2, select: ["a"] } as const;
  expect(claimSql(schema, "job", { ...options, set: { status: "taken" } }).text).toBe(
    'WITH "claimed" AS MATERIALIZED (SELECT "b", "a", row_number() OVER () AS "claim number" FROM (SELECT "b", "a" FROM "public"."job" WHERE "status" = $1::text ORDER BY "job"."a" LIMIT 2 FOR UPDATE SKIP LOCKED) AS "picked"), "marked" AS (UPDATE "public"."job" SET "status" = $2::text FROM "claimed" WHERE "job"."b" = "claimed"."b" AND "job"."a" = "claimed"."a" RETURNING "job"."a", "claimed"."claim number") SELECT "a" FROM "marked" ORDER BY "claim number"',
  );
  const set = { status: "taken" };
  expect(await claim(database.sql, schema, "job", { ...options, set })).toEqual([{ a: 1 }, { a: 2 }]);
  expect(await claim(database.sql, schema, "job", { ...options, set })).toEqual([{ a: 3 }, { a: 4 }]);
  expect(await database.sql`select a from job where status = 'pending'`.values()).toEqual([[5]] as never);
});

test("concurrent claims never return the same row twice", async () => {
  await database.sql.unsafe("insert into job select i, 1000 from generate_series(1, 100) i");
  const sql = database.connect({ max: 8 });
  const set = { status: "taken" };
  const taken = await Promise.all(
    Array.from({ length: 30 }, () =>
      claim(sql, schema, "job", { where: { status: "pending", b: 1000 }, limit: 7, orderBy: "a", set }),
    ),
  );
  const numbers = taken.flat().map(row => row["a"] as number);
  expect(new Set(numbers).size).toBe(numbers.length);
  const left = await claim(sql, schema, "job", { where: { status: "pending", b: 1000 }, limit: 1000, set });
  expect(numbers.length + left.length).toBe(100);
});

test("only rows inside the scope are claimed, and a claim without set is rejected outside a transaction", async () => {
  const mine = scope(schema, { job: { a: 2 } });
  expect(await claim(database.sql, mine, "job", { limit: 9, select: ["a"], set: { status: "x" } })).toEqual([
    { a: 2 },
  ]);
  await expect(claim(database.sql, schema, "job")).rejects.toThrow(
    new ArgumentError(
      "job: claim must run inside a transaction or mark the rows; use transaction(...), or pass set",
    ),
  );
});

test("the columns of a table can have the names that the statement of claim uses", async () => {
  const { sql } = database;
  await sql.unsafe(
    `create table odd (id int primary key, "claim number" int, claimed int, marked int, picked int)`,
  );
  await sql`insert into odd values (1, 1, 1, 1, 1), (2, 2, 2, 2, 2)`;
  const set = { "claim number": 7, picked: 8 };
  expect(await claim(sql, await loadSchema(sql), "odd", { orderBy: desc("id"), limit: 2, set })).toEqual([
    { id: 2, "claim number": 7, claimed: 2, marked: 2, picked: 8 },
    { id: 1, "claim number": 7, claimed: 1, marked: 1, picked: 8 },
  ]);
});
