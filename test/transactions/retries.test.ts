import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  ConstraintError,
  count,
  exec,
  expr,
  getOrThrow,
  insert,
  insertMany,
  q,
  rowsAndCount,
  transaction,
  updateWhere,
} from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { failure } from "../support/failure.ts";
import { meetingOf } from "../support/meeting.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

const balance = async (id: number): Promise<number> =>
  (await sql`select balance from account where id = ${id}`)[0].balance;

test("300 concurrent serializable transfers between 10 accounts preserve the total", async () => {
  let runs = 0;
  const transfer = async (): Promise<void> => {
    const from = 1 + Math.floor(Math.random() * 10);
    const to = 1 + ((from + Math.floor(Math.random() * 9)) % 10);
    await transaction(
      sql,
      async tx => {
        runs++;
        const [source, target] = await Promise.all([
          getOrThrow(tx, schema, "account", from),
          getOrThrow(tx, schema, "account", to),
        ]);
        await updateWhere(
          tx,
          schema,
          "account",
          { balance: (source["balance"] as number) - 1 },
          { where: { id: from } },
        );
        await updateWhere(
          tx,
          schema,
          "account",
          { balance: (target["balance"] as number) + 1 },
          { where: { id: to } },
        );
      },
      { isolation: "serializable", retries: 1000 },
    );
  };
  const queue = Array.from({ length: 300 });
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (queue.pop() !== undefined || queue.length > 0) await transfer();
    }),
  );
  expect((await sql`select sum(balance)::int as total from account`)[0].total).toBe(1000);
  expect(runs).toBeGreaterThan(300);
});

test("a deadlock is retried", async () => {
  const runs = [0, 0];
  const meet = meetingOf(2);
  const swap = (index: number) =>
    transaction(
      sql,
      async tx => {
        runs[index]!++;
        await tx`update account set balance = balance + 1 where id = ${index + 1}`;
        await meet();
        await tx`update account set balance = balance + 1 where id = ${2 - index}`;
      },
      { retries: 3 },
    );
  await Promise.all([swap(0), swap(1)]);
  expect([await balance(1), await balance(2)]).toEqual([102, 102]);
  expect(runs[0]! + runs[1]!).toBeGreaterThan(2);
});

test("without retries a conflict is thrown; otherwise the last error contains the number of attempts", async () => {
  const fail = (retries: number) => {
    let runs = 0;
    return failure(
      transaction(
        sql,
        async tx => {
          runs++;
          await tx.unsafe("do $$ begin raise exception 'again' using errcode = '40001'; end $$");
        },
        { retries },
      ),
    ).then(error => [runs, (error as Error & { attempts?: number }).attempts]);
  };
  expect(await fail(0)).toEqual([1, undefined]);
  expect(await fail(1)).toEqual([2, 2]);
  expect(await fail(2)).toEqual([3, 3]);
});

test("other errors are never retried", async () => {
  let runs = 0;
  const taken = transaction(
    sql,
    tx => {
      runs++;
      return insert(tx, schema, "account", { id: 1, balance: 1 });
    },
    { retries: 5, idempotent: true },
  );
  expect(await failure(taken)).toBeInstanceOf(ConstraintError);
  expect(runs).toBe(1);
});

test("a conflict in an import is retried, as that of every other write", async () => {
  await sql`create or replace function once() returns trigger language plpgsql as $$
    begin
      if nextval('tries') = 1 then raise exception 'again' using errcode = '40001'; end if;
      return null;
    end $$`.simple();
  await sql`drop sequence if exists tries; create sequence tries;
    create or replace trigger once before insert on account for each statement execute function once()`.simple();
  const formats = [
    ['[{ "id": 50, "balance": 1 }]', { format: "json" }],
    ["id,balance\n51,1\n", { format: "csv", upsert: true }],
    ["id,balance\n52,1\n", { format: "csv" }],
  ] as const;
  for (const [file, options] of formats) {
    await sql`alter sequence tries restart`.simple();
    const work = (tx: Bun.TransactionSQL) => importRows(tx, schema, "account", file, options);
    await transaction(sql, work, { retries: 1 });
  }
  await sql`drop trigger once on account`.simple();
  expect(await sql`select id from account where id between 50 and 52 order by id`.values()).toEqual([
    [50],
    [51],
    [52],
  ]);
});

// A conflict in the first run.
const conflict = async (tx: Bun.TransactionSQL, run: number): Promise<number> =>
  await exec(
    tx,
    schema,
    expr`update account set balance = ${run} where id = ${1} and case ${run}::int when ${1} then conflict() end is null`,
  );

const SIBLINGS: Readonly<Record<string, (tx: Bun.TransactionSQL, run: number) => Promise<unknown>>> = {
  "the driver's own statement": async (tx, run) => [
    await Promise.all([conflict(tx, run), tx`select ${"1"}::text`]),
  ],
  "a statement of another function": (tx, run) =>
    Promise.all([count(tx, schema, "account"), conflict(tx, run), rowsAndCount(tx, schema, "account")]),
  "a statement inside of a savepoint that fails": (tx, run) =>
    Promise.all([
      transaction(tx, inner => conflict(inner, run)),
      rowsAndCount(tx, schema, "account"),
      q(tx, schema, expr`select 1 as one`),
    ]),
  "COMMIT, because the error was ignored": (tx, run) => conflict(tx, run).catch(() => {}) as Promise<unknown>,
};

test.each(Object.entries(SIBLINGS))(
  "a conflict is retried also if the transaction fails with the error of %s",
  async (_name, work) => {
    await sql.unsafe(
      "create or replace function conflict() returns int language plpgsql as $$ begin raise 'conflict' using errcode = '40001'; end $$",
    );
    let runs = 0;
    await transaction(sql, tx => work(tx, ++runs), { retries: 2 });
    expect([runs, await balance(1)]).toEqual([2, 2]);
  },
);

test("of functions whose statements are sent together, the one that fails first rejects first", async () => {
  const row = { id: 1, balance: 1 };
  for (const prefix of [[], [1], [1, 2, 3]]) {
    const failing = transaction(sql, async tx => {
      for (const _ of prefix) await tx`select 1`;
      await Promise.all([
        count(tx, schema, "account"),
        insertMany(tx, schema, "account", [row], { returning: true }),
        count(tx, schema, "account"),
        exec(tx, schema, expr`select 1`),
        q(tx, schema, expr`select 1 as one`),
      ]);
    });
    expect(await failure(failing)).toBeInstanceOf(ConstraintError);
  }
});

test("after the pool was closed idempotent work is not retried", async () => {
  const options = { retries: 1_000_000, idempotent: true };
  const closed = database.connect({ max: 1 });
  const started = Promise.withResolvers<void>();
  const running = failure(
    transaction(
      closed,
      async tx => {
        started.resolve();
        await tx`select pg_sleep(600)`;
      },
      options,
    ),
  );
  await started.promise;
  await closed.close({ timeout: 0 });
  expect(await running).toBeInstanceOf(Error);
  const error = await failure(transaction(closed, () => 1, options));
  expect(error.message).toContain("connection closed");
  expect(error).not.toHaveProperty("attempts");
});
