// The texts that are stored in the column of errors.
import { expect, test } from "bun:test";
import { claimOne, giveUp, retryLater } from "../../src/queues/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain message as varchar(6);
  create table job (id int primary key, status text not null default 'pending', run_at timestamptz, error varchar(5), cause message)`,
  "truncate job; insert into job values (1)",
);

const fail = (reason: unknown) => (): never => {
  throw reason;
};

test.each([
  ["an error of the handler", fail(new Error("of many words")), "failed", "Error"],
  ["an error with characters outside the BMP", fail("a😀b😀c😀"), "failed", "a😀b😀c"],
  ["an object without a prototype", fail(Object.create(null)), "failed", "an ob"],
  ["the reason of giveUp", () => giveUp("a\0 long reason"), "failed", "a lon"],
  ["the reason of retryLater", () => retryLater(1, "later\0, please"), "pending", "later"],
] as const)("%s is cut to the length of its column, without NUL", async (_, handler, status, error) => {
  await claimOne(sql, schema, "job", handler);
  expect(await plain("select status, error from job")).toEqual([[status, error]]);
});

test("an error is cut to the length of the column's domain", async () => {
  await claimOne(sql, schema, "job", fail("1234567"), { columns: { error: "cause" } });
  expect(await plain("select cause from job")).toEqual([["123456"]]);
});

test.each([undefined, 5, null])("giveUp rejects the reason %p", reason => {
  expect(() => giveUp(reason as never)).toThrow("reason must be a string, received ");
});

test.each([5, {}])("retryLater rejects the reason %p", reason => {
  expect(() => retryLater(1, reason as never)).toThrow("reason must be a string, received ");
});

test("an outcome that the table cannot store rolls back the handler's work", async () => {
  const handler = async (_job: unknown, tx: Bun.TransactionSQL) => {
    await tx`insert into job values (2, 'lost')`;
    return retryLater(1);
  };
  const result = await claimOne(sql, schema, "job", handler, { columns: { runAt: false } });
  expect([result?.status, await plain("select id, status from job")]).toEqual(["failed", [[1, "failed"]]]);
});

test("a handler can return its queries", async () => {
  const queries = (_job: unknown, tx: Bun.TransactionSQL) => [tx`insert into job values (2, 'new')`];
  expect((await claimOne(sql, schema, "job", queries))?.status).toBe("done");
  expect(await plain("select id, status from job order by id")).toEqual([
    [1, "done"],
    [2, "new"],
  ]);
});

test("the longest delay is stored, and a longer one is rejected", async () => {
  await claimOne(sql, schema, "job", () => retryLater(8.64e15));
  expect(await plain("select extract(year from run_at)::int > 275000 from job")).toEqual([[true]]);
  expect(() => retryLater(8.65e15)).toThrow(
    "after must be a non-negative number of milliseconds up to 8640000000000000, received 8650000000000000",
  );
});
