// Calls that run transactions of their own at the same time on one reserved connection. A COMMIT ends every BEGIN before it.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  expr,
  insert,
  insertMany,
  page,
  q,
  rowsAndCount,
  streamRows,
  transaction,
  upsertMany,
  withConnection,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table item (id int primary key, n int)",
  "truncate item; insert into item values (1), (2)",
);
const ids = async (): Promise<unknown> =>
  (await plain("select id from item where id < 1000 order by id")).flat();
const MANY = Array.from({ length: 2_000 }, (_, at) => ({ id: 1_000 + at, n: 1 }));

type Call = (connection: Bun.SQL) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  rowsAndCount: connection => rowsAndCount(connection, schema, "item"),
  "page with total": connection => page(connection, schema, "item", { limit: 1, total: true }),
  "q that only reads": connection => q(connection, schema, expr`select 1 as one`, { readOnly: true }),
  "insertMany of several statements": connection =>
    insertMany(connection, schema, "item", [{ id: 30 }, { id: 31, n: 1 }]).finally(() =>
      plain("delete from item where id in (30, 31)"),
    ),
  "upsertMany of thousands of rows": connection => upsertMany(connection, schema, "item", MANY),
  streamRows: connection => Array.fromAsync(streamRows(connection, schema, "item", { batch: 1 })),
  transaction: connection => transaction(connection, tx => insert(tx, schema, "item", { id: 1_000_000 })),
};
const LIMITS = { "without limits": {}, "with a timeout": { timeout: 60_000 } };

for (const [name, call] of Object.entries(CALLS))
  for (const [limit, options] of Object.entries(LIMITS))
    test(`${name} waits for a transaction ${limit} on its connection, which is rolled back as a whole`, async () => {
      const results = await withConnection(sql, async connection => {
        const started = Promise.withResolvers<void>();
        const failing = transaction(
          connection,
          async tx => {
            await insert(tx, schema, "item", { id: 10 });
            started.resolve();
            for (let trip = 0; trip < 5; trip++) await tx`select 1`;
            await insert(tx, schema, "item", { id: 11 });
            throw new RangeError("the transaction fails");
          },
          options,
        );
        const during = started.promise.then(() => call(connection));
        return await Promise.allSettled([failing, call(connection), during]);
      });
      // The same rows are inserted twice.
      expect(results.slice(0, 2)).toMatchObject([
        { status: "rejected", reason: new RangeError("the transaction fails") },
        { status: "fulfilled" },
      ]);
      expect(await ids()).toEqual([1, 2]);
    });

const IN_TRANSACTION =
  "the connection is in a transaction that runs this call: pass the handle of the transaction in place of the connection; if it is the transaction of a function that writes many rows, begin one around that function";

test.each(Object.entries(CALLS))(
  "%s on the connection of the transaction whose function calls it is an ArgumentError",
  async (_name, call) => {
    const error = new ArgumentError(IN_TRANSACTION);
    await withConnection(sql, async connection => {
      const work = async (tx: Bun.TransactionSQL): Promise<void> => {
        await insert(tx, schema, "item", { id: 10 });
        await call(connection);
      };
      expect(await failure(transaction(connection, work))).toEqual(error);
      expect(await failure(transaction(connection, tx => transaction(tx, work)))).toEqual(error);
    });
    expect(await ids()).toEqual([1, 2]);
  },
);

test("rows that are read from the connection to which they are written need a transaction around both", async () => {
  async function* moved(rows: AsyncIterable<{ readonly id?: unknown }>): AsyncGenerator<{ id: number }> {
    for await (const { id } of rows) yield { id: (id as number) + 10 };
  }
  const copy = (handle: Bun.SQL): Promise<unknown> =>
    insertMany(handle, schema, "item", moved(streamRows(handle, schema, "item", { batch: 1 })));
  await withConnection(sql, async connection => {
    expect(await failure(copy(connection))).toEqual(new ArgumentError(IN_TRANSACTION));
    expect(await ids()).toEqual([1, 2]);
    await transaction(connection, copy);
  });
  expect(await ids()).toEqual([1, 2, 11, 12]);
});

test.each(Object.entries(CALLS).filter(([name]) => name !== "streamRows"))(
  "%s in a loop over a stream of its connection is an ArgumentError, and the loop goes on",
  async (_name, call) => {
    const found = await withConnection(sql, async connection => {
      const read: unknown[] = [];
      for await (const { id } of streamRows(connection, schema, "item", { batch: 1, orderBy: "id" })) {
        expect(await failure(call(connection))).toEqual(
          new ArgumentError(
            "a loop over streamRows reads on this connection in a transaction of its own: use another handle inside of the loop, or begin a transaction around the loop",
          ),
        );
        read.push(id);
      }
      await call(connection);
      return read;
    });
    expect(found).toEqual([1, 2]);
  },
);

test.each<readonly [string, (connection: Bun.SQL, signal: AbortSignal) => Promise<unknown>]>([
  ["a transaction", (connection, signal) => transaction(connection, () => "never", { signal })],
  ["rowsAndCount", (connection, signal) => rowsAndCount(connection, schema, "item", { signal })],
  ["a stream", (connection, signal) => Array.fromAsync(streamRows(connection, schema, "item", { signal }))],
])("a signal ends the wait of %s, behind which others still wait", async (_name, call) => {
  const reason = new RangeError("enough");
  const stop = new AbortController();
  await withConnection(sql, async connection => {
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const first = transaction(connection, async tx => {
      await insert(tx, schema, "item", { id: 10 });
      await end;
      throw new RangeError("the transaction fails");
    });
    const failed = failure(first);
    const stopped = failure(call(connection, stop.signal));
    stop.abort(reason);
    expect(await stopped).toEqual(reason);
    const last = transaction(connection, tx => insert(tx, schema, "item", { id: 20 }));
    resolve();
    expect(await failed).toEqual(new RangeError("the transaction fails"));
    await last;
  });
  expect(await ids()).toEqual([1, 2, 20]);
});
