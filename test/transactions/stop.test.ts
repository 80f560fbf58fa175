// A timeout or a signal stops a transaction.
import { expect, test } from "bun:test";
import { insert, TimeoutError, transaction, upsertMany } from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

const balance = async (id: number): Promise<number> =>
  (await sql`select balance from account where id = ${id}`)[0].balance;

const activeSleeps = async (): Promise<number> =>
  (
    await sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`
  )[0].n;

test("a timeout stops the statement on the server and rolls back", async () => {
  const error = await failure(
    transaction(
      sql,
      async tx => {
        await tx`update account set balance = 0`;
        await tx`select pg_sleep(30)`;
      },
      { timeout: 300 },
    ),
  );
  expect(error).toEqual(new TimeoutError("the transaction took longer than 300 ms and was rolled back"));
  expect(await activeSleeps()).toBe(0);
  expect(await balance(1)).toBe(100);
});

test("a timeout stops a function that continues after the error, and one that waits for something else", async () => {
  const stubborn = transaction(
    sql,
    async tx => {
      for (let round = 0; round < 3; round++)
        await tx.savepoint(sp => sp`select pg_sleep(30)`).catch(() => {});
    },
    { timeout: 200 },
  );
  expect(await failure(stubborn)).toBeInstanceOf(TimeoutError);
  expect(await activeSleeps()).toBe(0);
  expect(await failure(transaction(sql, () => new Promise(() => {}), { timeout: 50 }))).toBeInstanceOf(
    TimeoutError,
  );
});

test("a timeout ends the wait for a connection", async () => {
  const pool = database.connect({ max: 1 });
  const held = await pool.reserve();
  const waiting = transaction(pool, () => expect.unreachable(), { timeout: 50 });
  expect(await failure(waiting)).toBeInstanceOf(TimeoutError);
  held.release();
  expect(await transaction(pool, () => 1)).toBe(1);
});

test("a signal stops the statement, also in a savepoint, and the outer transaction continues", async () => {
  const stop = new AbortController();
  const stopped = until(async () => (await activeSleeps()) === 1).then(() =>
    stop.abort(new RangeError("enough")),
  );
  await transaction(sql, async tx => {
    await insert(tx, schema, "account", { id: 40, balance: 1 });
    expect(
      await failure(transaction(tx, inner => inner`select pg_sleep(30)`, { signal: stop.signal })),
    ).toEqual(new RangeError("enough"));
    await insert(tx, schema, "account", { id: 41, balance: 1 });
  });
  await stopped;
  expect(await activeSleeps()).toBe(0);
  expect([await balance(40), await balance(41)]).toEqual([1, 1]);
  expect(await failure(transaction(sql, () => expect.unreachable(), { signal: stop.signal }))).toEqual(
    new RangeError("enough"),
  );
});

test.each([true, false])(
  "a stopped write of several statements leaves the caller's connection unchanged; prepare: %p",
  async prepare => {
    const connection = await database.connect({ max: 1, prepare }).reserve();
    const rows = Array.from({ length: 2_000 }, (_, index) => ({ id: 1_000 + index, balance: 7 }));
    const stop = new AbortController();
    await transaction(sql, async tx => {
      await tx`insert into account (id, balance) values (1500, 1)`;
      const write = failure(upsertMany(connection, schema, "account", rows, { signal: stop.signal }));
      await until(async () => {
        const [{ n }] =
          await sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return n === 1;
      });
      stop.abort(new RangeError("enough"));
      expect(await write).toEqual(new RangeError("enough"));
    });
    expect(
      await connection`select count(*)::int, sum(balance)::int from account where id >= 1000`.values(),
    ).toEqual([[1, 1]]);
    await insert(connection, schema, "account", { id: 1501, balance: 2 });
    expect(await balance(1501)).toBe(2);
    connection.release();
  },
);

test.each([true, false])(
  "a write that is stopped before its COMMIT is sent is rolled back on the caller's connection; prepare: %p",
  async prepare => {
    const connection = await database.connect({ max: 1, prepare }).reserve();
    const rows = Array.from({ length: 2_000 }, (_, index) => ({ id: 3_000 + index, balance: 7 }));
    const stop = new AbortController();
    const onStatement = ({ text }: { readonly text: string }): void => {
      if (text.startsWith("COPY ")) stop.abort(new RangeError("enough"));
    };
    expect(
      await failure(upsertMany(connection, schema, "account", rows, { signal: stop.signal, onStatement })),
    ).toEqual(new RangeError("enough"));
    await insert(connection, schema, "account", { id: 2_999, balance: 2 });
    expect(await sql`select id, balance from account where id >= 2999`.values()).toEqual([[2_999, 2]]);
    connection.release();
  },
);

test.each([
  ["a pool", () => database.connect({ max: 1 })],
  ["a connection of the caller", async () => await database.connect({ max: 1 }).reserve()],
])("a signal stops all statements that were sent together on %s", async (_name, open) => {
  const handle = await open();
  const stop = new AbortController();
  const together = transaction(
    handle,
    async tx => {
      const sleeps = Array.from({ length: 3 }, () => tx`select pg_sleep(30)`.catch(error => error));
      return await Promise.all(sleeps);
    },
    { signal: stop.signal },
  );
  const stopped = failure(together);
  await until(async () => (await activeSleeps()) === 1);
  stop.abort(new RangeError("enough"));
  expect(await stopped).toEqual(new RangeError("enough"));
  expect(await activeSleeps()).toBe(0);
  expect([...(await handle`select 1`.values())]).toEqual([[1]]);
});

test.each([true, false])(
  "a deferrable transaction that waits for others stops at its deadline; prepare: %p",
  async prepare => {
    const writer = await database.connect({ max: 1 }).reserve();
    await writer`begin isolation level serializable`;
    await writer`update account set balance = 100 where id = 1`;
    const stop = new AbortController();
    const mode = { isolation: "serializable", readOnly: true, deferrable: true } as const;
    const pool = database.connect({ max: 1, prepare });
    const waiting = transaction(pool, tx => tx`select 1`.values(), { ...mode, signal: stop.signal });
    const stopped = failure(waiting);
    await until(async () => {
      const waits = await sql`select from pg_stat_activity where wait_event = 'SafeSnapshot'`;
      return waits.length === 1;
    });
    stop.abort(new RangeError("enough"));
    expect(await stopped).toEqual(new RangeError("enough"));
    await writer`rollback`;
    writer.release();
    const rows = await transaction(pool, tx => tx`select 1`.values(), { ...mode, timeout: 60_000 });
    expect([...rows]).toEqual([[1]]);
  },
);
