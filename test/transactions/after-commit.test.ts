import { expect, test } from "bun:test";
import {
  ArgumentError,
  afterCommit,
  insert,
  QueryError,
  traced,
  transaction,
  withDefaults,
} from "../../src/index.ts";
import { rollback } from "../../src/testing/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

const balance = async (id: number): Promise<number> =>
  (await sql`select balance from account where id = ${id}`)[0].balance;

test("afterCommit functions run in order after the commit; those of a rolled back savepoint do not run", async () => {
  const done: string[] = [];
  await transaction(sql, async tx => {
    afterCommit(tx, () => done.push("outer"));
    await transaction(tx, inner =>
      afterCommit(inner, async () => {
        done.push(`inner sees ${await balance(30)}`);
      }),
    );
    await failure(
      transaction(tx, inner => {
        afterCommit(inner, () => done.push("never"));
        throw new Error("no");
      }),
    );
    await insert(tx, schema, "account", { id: 30, balance: 7 });
    expect(done).toEqual([]);
  });
  expect(done).toEqual(["outer", "inner sees 7"]);
  await failure(
    transaction(sql, tx => {
      afterCommit(tx, () => done.push("never"));
      throw new Error("no");
    }),
  );
  expect(done).toHaveLength(2);
  await sql.begin(async tx => {
    expect(() => afterCommit(tx, () => {})).toThrow(ArgumentError);
  });
});

test("afterCommit accepts a handle that works in place of the transaction's, also of a savepoint", async () => {
  const done: string[] = [];
  const log = (text: string) => () => void done.push(text);
  await transaction(
    traced(sql, () => {}),
    async tx => {
      const logged = traced(tx, () => {});
      afterCommit(logged, log("outer"));
      await transaction(logged, inner => afterCommit(inner, log("inner")));
      await transaction(withDefaults(logged, { timeout: 60_000 }), inner =>
        afterCommit(
          traced(inner, () => {}),
          log("limited"),
        ),
      );
      await failure(
        transaction(logged, inner => {
          afterCommit(inner, log("never"));
          throw new Error("no");
        }),
      );
      expect(done).toEqual([]);
    },
  );
  expect(done).toEqual(["outer", "inner", "limited"]);
});

test("afterCommit rejects a savepoint that transaction did not open, because it could be rolled back", async () => {
  await transaction(sql, async tx => {
    await tx.savepoint(async inner => {
      for (const handle of [inner, traced(inner, () => {})])
        expect(() => afterCommit(handle, () => {})).toThrow(ArgumentError);
    });
  });
});

test("in rollback afterCommit is accepted, also in a transaction inside it, and its functions never run", async () => {
  const done: string[] = [];
  const result = await rollback(sql, async tx => {
    afterCommit(tx, () => done.push("rollback"));
    await transaction(tx, async inner => {
      await insert(inner, schema, "account", { id: 90, balance: 1 });
      afterCommit(inner, () => done.push("transaction"));
    });
    await transaction(sql, outer =>
      rollback(outer, inner => afterCommit(inner, () => done.push("savepoint"))),
    );
    return "result";
  });
  expect([result, done]).toEqual(["result", []]);
  expect(await sql`select from account where id = 90`).toHaveLength(0);
});

const TOO_LATE = new ArgumentError(
  "the transaction or savepoint of tx has ended, so that afterCommit is too late",
);

test("afterCommit is too late after the end of the transaction or savepoint, where its function would never run", async () => {
  const late = (tx: Bun.TransactionSQL) => failure((async () => afterCommit(tx, () => {}))());
  let outer: Bun.TransactionSQL | undefined;
  let rolledBack: Bun.TransactionSQL | undefined;
  await transaction(sql, async tx => {
    outer = tx;
    let inner: Bun.TransactionSQL | undefined;
    await transaction(tx, own => {
      inner = own;
    });
    expect(await late(inner!)).toEqual(TOO_LATE);
    afterCommit(tx, () => {});
  });
  expect(await late(outer!)).toEqual(TOO_LATE);
  expect(await late(traced(outer!, () => {}) as Bun.TransactionSQL)).toEqual(TOO_LATE);
  await failure(
    transaction(sql, tx => {
      rolledBack = tx;
      throw new Error("no");
    }),
  );
  expect(await late(rolledBack!)).toEqual(TOO_LATE);
});

test("a function of afterCommit can register another one, which runs after it", async () => {
  const done: number[] = [];
  await transaction(sql, tx =>
    afterCommit(tx, () => {
      done.push(1);
      afterCommit(tx, () => done.push(2));
    }),
  );
  expect(done).toEqual([1, 2]);
});

test("an error of a function of afterCommit does not repeat the transaction, whose rows are stored", async () => {
  const conflict = (): Promise<unknown> =>
    transaction(sql, tx => tx`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`);
  let runs = 0;
  const error = await failure(
    transaction(
      sql,
      async tx => {
        runs++;
        await tx`insert into account (id, balance) values (${60 + runs}, 1)`;
        afterCommit(tx, conflict);
      },
      { retries: 5, idempotent: true },
    ),
  );
  expect([runs, (error as Bun.SQL.PostgresError).errno]).toEqual([1, "40001"]);
  expect(await sql`select id from account where id between 60 and 69`.values()).toEqual([[61]]);
});

test("an error of a function of afterCommit is reported also after the deadline of the transaction, which is not rolled back", async () => {
  const reason = new RangeError("no mail");
  const stop = new AbortController();
  const work = async (tx: Bun.TransactionSQL): Promise<void> => {
    await tx`insert into account (id, balance) values (70, 1)`;
    afterCommit(tx, () => {
      stop.abort();
      throw reason;
    });
  };
  expect(await failure(transaction(sql, work, { signal: stop.signal }))).toBe(reason);
  expect(await balance(70)).toBe(1);
});

test("functions of afterCommit do not run if the savepoint is rolled back by the error that its function ignored", async () => {
  const done: string[] = [];
  await transaction(sql, async tx => {
    const released = transaction(tx, async inner => {
      await inner`insert into account (id, balance) values (80, 1)`;
      afterCommit(inner, () => done.push("never"));
      await failure(inner`select 1 / 0`);
    });
    expect(await failure(released)).toBeInstanceOf(QueryError);
  });
  expect(done).toEqual([]);
  expect(await sql`select from account where id = 80`).toHaveLength(0);
});
