// Functions of transactions that return their queries in an array without awaiting them, as the driver's `begin` allows.
import { expect, test } from "bun:test";
import { asRole, TimeoutError, transaction, UnknownOutcomeError, withLock } from "../../src/index.ts";
import { rollback } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, plain } = await testTables("create table note (id int primary key)", "truncate note");

type Queries = (tx: Bun.TransactionSQL) => PromiseLike<unknown>[];

const insertTwo: Queries = tx => [
  tx`insert into note values (1)`,
  tx`insert into note values (${2}) returning id`,
];

test("the queries run in the transaction, and it returns their results", async () => {
  const runs: Readonly<Record<string, () => Promise<unknown>>> = {
    transaction: () => transaction(sql, insertTwo),
    "a transaction with a timeout": () => transaction(sql, insertTwo, { timeout: 60_000 }),
    "a savepoint": () => transaction(sql, tx => transaction(tx, insertTwo)),
    asRole: () => asRole(sql, { settings: { "app.a": 1 } }, insertTwo),
    withLock: () => withLock(sql, "notes", insertTwo),
  };
  for (const [name, run] of Object.entries(runs)) {
    const results = (await run()) as unknown[][];
    expect([name, Array.from(results[1]!)]).toEqual([name, [{ id: 2 }]]);
    expect(await plain("delete from note returning id")).toEqual([[1], [2]]);
  }
});

test("rollback returns their results too, and undoes them", async () => {
  const results = (await rollback(sql, insertTwo)) as unknown as unknown[][];
  expect(Array.from(results[1]!)).toEqual([{ id: 2 }]);
  expect(await plain("select id from note")).toEqual([]);
});

test("asRole in a transaction runs them as the role, with the settings", async () => {
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role ${role}`);
  const read: Queries = tx => [
    tx`select current_user::text as role, current_setting('app.tenant') as tenant`,
  ];
  const results = (await transaction(sql, tx =>
    asRole(tx, { role, settings: { "app.tenant": 7 } }, read),
  )) as unknown as unknown[][];
  expect(Array.from(results[0]!)).toEqual([{ role, tenant: "7" }]);
  await sql.unsafe(`drop role ${role}`);
});

test("a timeout cancels them, and nothing is stored", async () => {
  const sleep: Queries = tx => [tx`insert into note values (1)`, tx`select pg_sleep(600)`];
  for (const run of [
    () => transaction(sql, sleep, { timeout: 50 }),
    () => transaction(sql, tx => transaction(tx, sleep), { timeout: 50 }),
    () => withLock(sql, "notes", sleep, { timeout: 50 }),
  ])
    expect(await failure(run())).toBeInstanceOf(TimeoutError);
  expect(await plain("select id from note")).toEqual([]);
});

test("a connection that is lost in one of them is not an UnknownOutcomeError, and the error of one is unchanged", async () => {
  const lost = await failure(transaction(sql, tx => [tx`select pg_terminate_backend(pg_backend_pid())`]));
  expect(lost).not.toBeInstanceOf(UnknownOutcomeError);
  const failed = await failure(transaction(sql, tx => [tx`insert into note values (1)`, tx`select 1 / 0`]));
  expect([failed.message, await plain("select id from note")]).toEqual(["division by zero", []]);
});
