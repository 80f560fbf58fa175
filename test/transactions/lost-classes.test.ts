// The SQLSTATEs that mean a lost connection, in the function and in COMMIT.
import { beforeEach, expect, test } from "bun:test";
import { codesOf } from "../../src/driver/lost-connection.ts";
import { transaction, UnknownOutcomeError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const LOST = [
  "08000",
  "08001",
  "08003",
  "08004",
  "08006",
  "08007",
  "08P01",
  "57P01",
  "57P02",
  "57P03",
  "57P05",
];
const OTHERS = ["57014", "57000", "23514", "40002", "53300", "XX000", "P0001", "0A000"];

const { sql, plain } = await testTables(
  `create table done (id int); create table late (code text);
   create function fail(code text) returns void language plpgsql as $$ begin raise exception using errcode = code; end $$;
   create function fail_late() returns trigger language plpgsql as $$ begin perform fail(new.code); return null; end $$;
   create constraint trigger late after insert on late initially deferred for each row execute function fail_late()`,
  "truncate done, late",
);

let runs = 0;
beforeEach(() => {
  runs = 0;
});

/** Fails with a code in the first run. */
const failsOnce = (code: string) => async (tx: Bun.TransactionSQL) => {
  await tx`insert into done values (${++runs})`;
  if (runs === 1) await tx`select fail(${code})`;
  return "done";
};

/** Fails with a code in the COMMIT of the first run. */
const failsOnceLate = (code: string) => async (tx: Bun.TransactionSQL) => {
  await tx`insert into done values (${++runs})`;
  if (runs === 1) await tx`insert into late values (${code})`;
  return "done";
};

test.each(LOST)("SQLSTATE %s in the function is retried if the work is idempotent", async code => {
  expect(await transaction(sql, failsOnce(code), { retries: 2, idempotent: true })).toBe("done");
  expect(await plain("select id from done")).toEqual([[2]]);
});

test.each(LOST)("SQLSTATE %s in the function is not retried otherwise, and nothing is stored", async code => {
  const error = await failure(transaction(sql, failsOnce(code), { retries: 2 }));
  expect([runs, codesOf(error).sqlstate, error instanceof UnknownOutcomeError]).toEqual([1, code, false]);
  expect(await plain("select id from done")).toEqual([]);
});

test.each(LOST)("SQLSTATE %s in COMMIT is an UnknownOutcomeError", async code => {
  const error = await failure(transaction(sql, failsOnceLate(code), { retries: 2 }));
  expect(error).toBeInstanceOf(UnknownOutcomeError);
  expect(runs).toBe(1);
});

test.each(LOST)("SQLSTATE %s in COMMIT is retried if the work is idempotent", async code => {
  expect(await transaction(sql, failsOnceLate(code), { retries: 2, idempotent: true })).toBe("done");
  expect(await plain("select id from done")).toEqual([[2]]);
});

test.each(OTHERS)("SQLSTATE %s is never retried, and in COMMIT its outcome is known", async code => {
  for (const work of [failsOnce(code), failsOnceLate(code)]) {
    runs = 0;
    const error = await failure(transaction(sql, work, { retries: 2, idempotent: true }));
    expect([runs, error instanceof UnknownOutcomeError]).toEqual([1, false]);
  }
  expect(await plain("select id from done")).toEqual([]);
});
