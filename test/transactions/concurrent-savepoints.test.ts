// Calls that one transaction runs at the same time. Each has a savepoint of its own, and PostgreSQL undoes with a savepoint
// everything that was written after it.

import { expect, test } from "bun:test";
import {
  ConstraintError,
  insert,
  insertMany,
  type SqlHandle,
  streamRows,
  traced,
  transaction,
  upsertMany,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema, sql, plain } = await testTables(
  "create table item (id int primary key, n int)",
  "truncate item; insert into item values (1)",
);

/** Two rows that need two statements. */
const pair = (id: number, second = id + 1): { id: number; n?: number }[] => [{ id }, { id: second, n: 1 }];
const ids = async (): Promise<unknown> => (await plain("select id from item order by id")).flat();
const states = async (calls: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(calls)).map(({ status }) => status);

const HANDLES: Readonly<Record<string, (tx: SqlHandle) => SqlHandle>> = {
  "a transaction": tx => tx,
  "a traced transaction": tx => traced(tx, () => {}),
};
const LIMITS = { "without limits": {}, "with a timeout": { timeout: 60_000 } };

for (const [handle, wrap] of Object.entries(HANDLES))
  for (const [limit, options] of Object.entries(LIMITS))
    test(`of concurrent insertMany in ${handle} ${limit}, one that fails stores nothing and the others everything`, async () => {
      const results = await transaction(sql, tx =>
        states([
          insertMany(wrap(tx), schema, "item", pair(10), options),
          insertMany(wrap(tx), schema, "item", pair(20, 1), options),
          insertMany(wrap(tx), schema, "item", pair(30), options),
        ]),
      );
      expect(results).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await ids()).toEqual([1, 10, 11, 30, 31]);
    });

test("the same holds for the driver's own transactions, and for savepoints in a savepoint", async () => {
  const write = (tx: SqlHandle, from: number): Promise<string[]> =>
    states([
      insertMany(tx, schema, "item", pair(from)),
      insertMany(tx, schema, "item", pair(from + 2, 1)),
      insertMany(tx, schema, "item", pair(from + 4)),
    ]);
  const expected = ["fulfilled", "rejected", "fulfilled"];
  expect(await sql.begin(tx => write(tx, 10))).toEqual(expected);
  expect(await transaction(sql, tx => transaction(tx, inner => write(inner, 20)))).toEqual(expected);
  expect(await ids()).toEqual([1, 10, 11, 14, 15, 20, 21, 24, 25]);
});

test("a nested transaction that fails does not undo one that began later", async () => {
  const first = Promise.withResolvers<void>();
  const results = await transaction(sql, tx =>
    states([
      transaction(tx, async inner => {
        await insert(inner, schema, "item", { id: 10 });
        await first.promise;
        throw new Error("the first one fails");
      }),
      transaction(tx, inner => insert(inner, schema, "item", { id: 20 })),
      Promise.resolve(first.resolve()),
    ]),
  );
  expect(results).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(await ids()).toEqual([1, 20]);
});

test("concurrent upserts of thousands of rows do not share their temporary table", async () => {
  const rows = (from: number) => Array.from({ length: 2_000 }, (_, at) => ({ id: from + at, n: 1 }));
  const counts = await transaction(sql, tx =>
    Promise.all([upsertMany(tx, schema, "item", rows(10_000)), upsertMany(tx, schema, "item", rows(20_000))]),
  );
  expect(counts).toEqual([2_000, 2_000]);
});

test("the source of rows, and a nested transaction, may write to the transaction around them", async () => {
  await transaction(sql, async tx => {
    async function* rows() {
      for (const id of [10, 20]) {
        await insertMany(tx, schema, "item", pair(id));
        yield { id: id + 5 };
      }
    }
    await insertMany(tx, schema, "item", rows());
    await transaction(tx, () => insertMany(tx, schema, "item", pair(30)));
  });
  expect(await ids()).toEqual([1, 10, 11, 15, 20, 21, 25, 30, 31]);
});

test("the source of rows may wait for writes that were begun elsewhere", async () => {
  await transaction(sql, async tx => {
    const begun = Promise.withResolvers<void>();
    const parents = begun.promise.then(() => insertMany(tx, schema, "item", pair(10)));
    async function* rows() {
      begun.resolve();
      await parents;
      yield { id: 20 };
    }
    await insertMany(tx, schema, "item", rows());
  });
  expect(await ids()).toEqual([1, 10, 11, 20]);
});

test("a call that fails leaves the loop over a stream of the same transaction its rows", async () => {
  const read = await transaction(sql, async tx => {
    await insertMany(tx, schema, "item", pair(10));
    const found: number[] = [];
    for await (const { id } of streamRows(tx, schema, "item", { batch: 1, orderBy: "id" })) {
      found.push(id as number);
      expect(await insertMany(tx, schema, "item", pair(50, 1)).catch(error => error)).toBeInstanceOf(
        ConstraintError,
      );
    }
    return found;
  });
  expect(read).toEqual([1, 10, 11]);
});
