// Writes of many rows lock the rows in the order of their keys, so that concurrent calls cannot deadlock.
import { expect, test } from "bun:test";
import { deleteMany, type QueryError, scope, updateMany, upsertMany } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table dl (id int primary key, v int, w int); create table pair (a text, b timestamptz, v int, primary key (a, b));
   create table tenant (id int primary key, org int not null, v int)`,
  `truncate dl, pair, tenant;
   insert into dl select n, 0 from generate_series(1, 2000) n;
   insert into pair select n::text, '2026-01-01 00:00:00.123456+00', 0 from generate_series(1, 500) n;
   insert into tenant select n, n % 2, 0 from generate_series(1, 500) n`,
);
const sql = database.connect({ max: 4 });
const rows = Array.from({ length: 2000 }, (_, index) => ({ id: index + 1, v: index }));
const pairs = Array.from({ length: 500 }, (_, index) => ({
  a: String(index + 1),
  b: new Date("2026-01-01T00:00:00.123Z"),
  v: index,
}));
const own = Array.from({ length: 250 }, (_, index) => ({ id: 2 * (index + 1), v: 1 }));

test("updateMany and upsertMany of the same rows in different orders do not deadlock", async () => {
  for (let round = 0; round < 8; round++)
    await Promise.all([
      updateMany(sql, schema, "dl", rows),
      updateMany(sql, schema, "dl", rows.toReversed()),
      upsertMany(sql, schema, "dl", rows.slice(0, 1000).toReversed()),
    ]);
  expect(await plain("select count(*)::int from dl where v = id - 1")).toEqual([[2000]]);
});

test.each([["nothing"], ["changed"], [["v"]]] as const)(
  "upsertMany with update %j of the same new and existing rows in different orders does not deadlock",
  async update => {
    await plain("delete from dl where id % 2 = 0");
    for (let round = 0; round < 4; round++)
      await Promise.all([
        upsertMany(sql, schema, "dl", rows, { update }),
        upsertMany(sql, schema, "dl", rows.toReversed(), { update }),
        upsertMany(sql, schema, "dl", rows.slice(500, 1500), { update }),
      ]);
    expect(await plain("select count(*)::int, count(*) filter (where v = id - 1)::int from dl")).toEqual([
      [2000, update === "nothing" ? 1001 : 2000],
    ]);
  },
);

test("upsertMany that returns the same rows in different orders does not deadlock, and returns them in input order", async () => {
  await plain("delete from dl where id % 2 = 0");
  for (let round = 0; round < 4; round++) {
    const options = { returning: ["v"] } as const;
    const [forward, backward] = await Promise.all([
      upsertMany(sql, schema, "dl", rows, options),
      upsertMany(sql, schema, "dl", rows.toReversed(), options),
      upsertMany(sql, schema, "dl", rows.slice(500, 1500)),
    ]);
    const values = rows.map(({ v }) => ({ v }));
    expect([forward, backward]).toEqual([values, values.toReversed()]);
  }
});

test("rows with different columns, which are several statements, are locked in order", async () => {
  const mixed = rows.map(({ id, v }) => (id % 2 === 0 ? { id, v } : { id, w: v }));
  for (let round = 0; round < 4; round++)
    await Promise.all([
      updateMany(sql, schema, "dl", mixed),
      updateMany(sql, schema, "dl", mixed.toReversed()),
      upsertMany(sql, schema, "dl", mixed.slice(500)),
      upsertMany(sql, schema, "dl", mixed.toReversed(), { returning: ["id"] }),
    ]);
  expect(await plain("select count(*)::int from dl where coalesce(w, v) = id - 1")).toEqual([[2000]]);
});

test("rows with different columns that are sent by COPY are locked before", async () => {
  const many = Array.from({ length: 6_000 }, (_, index) => ({
    id: index + 1,
    ...(index % 2 === 0 ? { v: index } : { w: index }),
  }));
  const [forward, backward] = await Promise.all([
    upsertMany(sql, schema, "dl", many),
    upsertMany(sql, schema, "dl", many.toReversed()),
  ]);
  expect([forward, backward]).toEqual([6_000, 6_000]);
  expect(await plain("select count(*)::int, count(v)::int, count(w)::int from dl")).toEqual([
    [6_000, 4_000, 3_000],
  ]);
});

test("the error of a lock is the reason why nothing is written, not that of the statement after it", async () => {
  const different = [
    { id: 1, v: 1 },
    { id: 2, w: 1 },
  ];
  for (const write of [updateMany, upsertMany] as readonly (typeof upsertMany)[])
    await sql.begin(async holder => {
      await holder`update dl set v = v where id = 2`;
      const failed = await database.sql
        .begin(async tx => {
          await tx`set local lock_timeout = 50`;
          const error = await failure(write(tx, schema, "dl", different as never));
          return (error as QueryError).sqlstate;
        })
        .catch(error => error.message);
      expect(failed).toBe("55P03");
    });
  expect(await plain("select v, w from dl where id <= 2 order by id")).toEqual([
    [0, null],
    [0, null],
  ]);
});

test("rows with a key of several columns and Dates are locked in order", async () => {
  for (let round = 0; round < 4; round++)
    await Promise.all([
      updateMany(sql, schema, "pair", pairs),
      updateMany(sql, schema, "pair", pairs.toReversed()),
    ]);
  expect(await plain("select count(*)::int, max(b)::text from pair where v = a::int - 1")).toEqual([
    [500, "2026-01-01 00:00:00.123456+00"],
  ]);
});

test("inside a scope and with a version, only rows of the scope are locked and changed", async () => {
  const mine = scope(schema, { tenant: { org: 0 } });
  const versioned = own.map(({ id }) => ({ id, v: 0 }));
  const results = await Promise.all([
    updateMany(sql, mine, "tenant", versioned, { version: "v" }),
    updateMany(sql, mine, "tenant", versioned.toReversed(), { version: "v" }),
  ]);
  expect(results.map(({ updated, stale }) => updated + stale.length)).toEqual([250, 250]);
  expect(results[0]!.updated + results[1]!.updated).toBe(250);
  expect(await plain("select org, v, count(*)::int from tenant group by 1, 2 order by 1, 2")).toEqual([
    [0, 1, 250],
    [1, 0, 250],
  ]);
});

test("deleteMany of the same keys in different orders deletes each row once", async () => {
  const keys = rows.map(({ id }) => id);
  const counts = await Promise.all([
    deleteMany(sql, schema, "dl", keys),
    deleteMany(sql, schema, "dl", keys.toReversed()),
    updateMany(sql, schema, "dl", rows.toReversed()).then(() => 0),
  ]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(2000);
});

test("a row that another session inserts while updateMany waits for a lock is missing, not suppressed", async () => {
  const waiting =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  const changes = [
    { id: 1, v: 7 },
    { id: 9001, v: 7 },
  ];
  const { result } = await sql.begin(async tx => {
    await tx.unsafe("update dl set v = 1 where id = 1; insert into dl values (9001, 0)");
    const call = updateMany(sql, schema, "dl", changes);
    await until(async () => (await plain(waiting)).length === 1);
    // In an object, because the transaction would wait for a promise.
    return { result: call };
  });
  expect(await result).toEqual({ updated: 1, missing: [1], stale: [], suppressed: [] });
  expect(await plain("select id, v from dl where id in (1, 9001) order by id")).toEqual([
    [1, 7],
    [9001, 0],
  ]);
});
