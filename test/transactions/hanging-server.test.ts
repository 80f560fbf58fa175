// The limits of a transaction whose server hangs: the connection remains open, but nothing arrives.
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { QueryError, TimeoutError, transaction, UnknownOutcomeError } from "../../src/index.ts";
import { claimOne } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { startSwitch } from "../support/switch-proxy.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(
  "create table job (id int primary key, status text not null); insert into job values (1, 'pending')",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";

/** A pool whose server can hang. */
function openHanging() {
  const line = startSwitch(database.url);
  const pool = new SQL(line.url, { database: database.name, max: 1, prepare });
  const close = async (): Promise<void> => {
    await pool.close({ timeout: 0 });
    line.stop();
  };
  return { pool, hang: line.hang, [Symbol.asyncDispose]: close };
}

const REASON = new RangeError("enough");
const UNKNOWN = new UnknownOutcomeError(
  "the connection was lost during COMMIT; the transaction was either committed or rolled back",
);

/** What a function does after the server has begun to hang, and the error of its transaction. */
const PHASES: Readonly<Record<string, readonly [next: (tx: Bun.TransactionSQL) => unknown, Error]>> = {
  "during a statement": [tx => tx`select 2`, REASON],
  "while the function waits for something else": [() => new Promise(() => {}), REASON],
  "during ROLLBACK": [() => Promise.reject(new Error("no")), REASON],
  "during COMMIT": [() => {}, UNKNOWN],
};

const open = {
  "a pool": (pool: SQL) => pool,
  "a connection of the caller": (pool: SQL) => pool.reserve(),
};

/** The function of a transaction, and a signal that is aborted after its next statement, ROLLBACK or COMMIT was sent. */
function hangingWork(hang: () => void, next: (tx: Bun.TransactionSQL) => unknown) {
  const stop = new AbortController();
  const work = async (tx: Bun.TransactionSQL): Promise<unknown> => {
    await tx`select 1`;
    hang();
    setTimeout(() => stop.abort(REASON));
    return await next(tx);
  };
  return { work, signal: stop.signal };
}

test.concurrent.each(
  Object.entries(PHASES).flatMap(([phase, [next, error]]) =>
    Object.entries(open).map(([name, handle]) => [phase, name, next, handle, error] as const),
  ),
)(
  "a transaction whose server hangs %s ends after its deadline on %s",
  async (_phase, _name, next, handle, error) => {
    await using line = openHanging();
    const { work, signal } = hangingWork(line.hang, next);
    const ended = failure(transaction(await handle(line.pool), work, { signal }));
    expect(String(await ended)).toBe(String(error));
  },
);

test.concurrent("the TimeoutError of a transaction whose BEGIN is not answered does not say that no connection was free", async () => {
  await using line = openHanging();
  await line.pool`select 1`;
  line.hang();
  expect(await failure(transaction(line.pool, tx => tx`select 2`, { timeout: 50 }))).toEqual(
    new TimeoutError("the transaction took longer than 50 ms and was rolled back"),
  );
});

test.concurrent("a savepoint whose server hangs ends after its deadline", async () => {
  await using line = openHanging();
  const { promise, resolve } = Promise.withResolvers<Error>();
  const { work, signal } = hangingWork(line.hang, tx => tx`select 2`);
  const outer = transaction(line.pool, async tx => resolve(await failure(transaction(tx, work, { signal }))));
  outer.catch(() => {});
  expect(await promise).toBe(REASON);
});

test.concurrent("a job with a timeout whose server hangs ends as after a lost connection, so that a worker goes on", async () => {
  await using line = openHanging();
  const handler = async (_: unknown, tx: Bun.TransactionSQL): Promise<void> => {
    line.hang();
    await tx`select 1`;
  };
  const error = await failure(claimOne(line.pool, schema, "job", handler, { timeout: 100 }));
  expect(error).toBeInstanceOf(QueryError);
  expect(error.message).toMatch(/^the connection to \S+ was lost: the server does not answer\n/);
});
