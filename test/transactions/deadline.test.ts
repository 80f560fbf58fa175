// `signal` and `timeout` of functions that call a function of the caller, of claimOne, and of file functions.
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { exportRows, importRows } from "../../src/files/index.ts";
import {
  asRole,
  count,
  deleteRow,
  TimeoutError,
  transaction,
  withConnection,
  withLock,
} from "../../src/index.ts";
import { claimOne } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { type LimitedCall, lockedTables, testLimits } from "../support/limited-calls.ts";
import { testTables } from "../support/test-tables.ts";

const tables = await testTables(
  `create table job (id int primary key, status text not null default 'pending')`,
  `truncate job; insert into job select id from generate_series(1, 3) id`,
);
const { database, schema, plain } = tables;
const sql = database.connect({ max: 3 });
const locked = lockedTables(tables, "job");

const expectUnchanged = async (): Promise<void> =>
  expect(await plain("select id, status from job order by id")).toEqual([
    ...[
      [1, "pending"],
      [2, "pending"],
      [3, "pending"],
    ],
  ]);

const FILE = "id,status\n7,pending\n8,pending\n";

const WORK: Readonly<Record<string, LimitedCall>> = {
  asRole: (sql, limits) =>
    asRole(sql, { settings: { "app.a": 1 }, ...limits }, tx => count(tx, schema, "job")),
  withLock: (sql, limits) => withLock(sql, "jobs", tx => count(tx, schema, "job"), limits),
};

testLimits({
  ...{ sql, locked, calls: WORK, expectUnchanged, text: /job/ },
  message: "the transaction took longer than 100 ms and was rolled back",
});

const CALLS: Readonly<Record<string, LimitedCall>> = {
  withConnection: (sql, limits) =>
    withConnection(sql, connection => count(connection, schema, "job"), limits),
  "importRows of CSV": (sql, limits) => importRows(sql, schema, "job", FILE, { format: "csv", ...limits }),
  "importRows with upsert": (sql, limits) =>
    importRows(sql, schema, "job", FILE, { format: "csv", upsert: true, ...limits }),
  "exportRows of CSV": (sql, limits) =>
    new Response(exportRows(sql, schema, "job", { format: "csv", ...limits })).text(),
  "exportRows of JSON": (sql, limits) =>
    new Response(exportRows(sql, schema, "job", { format: "json", ...limits })).text(),
};

testLimits({ sql, locked, calls: CALLS, expectUnchanged, text: /job/ });

test("a savepoint is rolled back at its deadline although the server accepts no connection to cancel its statement", async () => {
  const role = `one_${crypto.randomUUID()}`;
  await database.sql.unsafe(
    `create role "${role}" login password 'one' connection limit 1; grant all on job to "${role}"`,
  );
  const url = new URL(database.url);
  [url.username, url.password] = [role, "one"];
  const own = new SQL(url.href, { max: 1 });
  const work = async (inner: Bun.TransactionSQL): Promise<void> => {
    await deleteRow(inner, schema, "job", 1);
    await inner`select pg_sleep(0.5)`;
  };
  const error = await transaction(own, tx => failure(transaction(tx, work, { timeout: 100 })));
  await own.close({ timeout: 0 });
  expect(error).toBeInstanceOf(TimeoutError);
  await expectUnchanged();
  await database.sql.unsafe(`drop owned by "${role}"; drop role "${role}"`);
});

test("a signal cancels the statement of claimOne, and the job is pending again", async () => {
  const stop = new AbortController();
  const reason = new RangeError("enough");
  const claimed = claimOne(
    sql,
    schema,
    "job",
    async (_, tx) => {
      await tx`update job set status = 'half'`;
      stop.abort(reason);
      await tx`select pg_sleep(30)`;
    },
    { signal: stop.signal },
  );
  expect(await failure(claimed)).toBe(reason);
  await expectUnchanged();
});

test("the driver's transaction on the connection of a limited call fails with the error of its function", async () => {
  const reason = new RangeError("enough");
  const failing = withConnection(
    sql,
    connection =>
      connection.begin(async tx => {
        await tx`update job set status = 'half'`;
        throw reason;
      }),
    { timeout: 60_000 },
  );
  expect(await failure(failing)).toBe(reason);
  await expectUnchanged();
});

test("an import whose file stalls stops at its deadline, and nothing is stored", async () => {
  const file = (async function* () {
    yield "id,status\n7,pending\n";
    await new Promise(() => {});
  })();
  const error = await failure(importRows(sql, schema, "job", file, { format: "csv", timeout: 50 }));
  expect(error).toBeInstanceOf(TimeoutError);
  await expectUnchanged();
});

test("a query on the pool inside a transaction that uses its only connection fails at its timeout with the reason", async () => {
  const pool = database.connect({ max: 1 });
  const reason = new TimeoutError(
    "no connection was free within 50 ms; nothing was sent; the pool has one connection: inside a transaction pass tx instead of the pool",
  );
  const beside = [
    () => count(pool, schema, "job", { timeout: 50 }),
    () => transaction(pool, tx => count(tx, schema, "job"), { timeout: 50 }),
    () => withLock(pool, "jobs", tx => count(tx, schema, "job"), { timeout: 50 }),
  ];
  for (const call of beside) expect(await transaction(pool, () => failure(call()))).toEqual(reason);
  expect(await count(pool, schema, "job")).toBe(3);
});
