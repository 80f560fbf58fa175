import { afterAll, beforeAll, beforeEach, expect, spyOn, test } from "bun:test";
import { traced } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({
    template: "create table item (id int primary key deferrable initially deferred)",
  });
});
afterAll(() => database.drop());
beforeEach(async () => void (await database.sql`truncate item`));

const stored = async (): Promise<unknown[]> => [...(await database.sql`select id from item`.values())];

/** A handle that throws when a statement is reported, and the statements with their errors. */
function throwingAt(statement: string | undefined) {
  const events: unknown[][] = [];
  const sql = traced(database.sql, ({ text, error, attributes }) => {
    events.push(error === undefined ? [text] : [text, attributes["error.type"]]);
    if (text === statement) throw new RangeError("onQuery");
  });
  return { events, sql };
}

test.each(["BEGIN", "insert into item values (1) returning id", "COMMIT"])(
  "an error of onQuery at %s is printed and changes neither the result nor what is stored",
  async statement => {
    const print = spyOn(console, "error").mockImplementation(() => {});
    const { events, sql } = throwingAt(statement);
    const result = await sql.begin(tx => tx`insert into item values (1) returning id`.values());
    expect([...result]).toEqual([[1]]);
    expect(events).toEqual([["BEGIN"], ["insert into item values (1) returning id"], ["COMMIT"]]);
    expect(await stored()).toEqual([[1]]);
    expect(print.mock.calls).toEqual([[new RangeError("onQuery")]]);
    print.mockRestore();
  },
);

test("an error of onQuery does not replace that of the statement, nor does a promise that it returns", async () => {
  const print = spyOn(console, "error").mockImplementation(() => {});
  const { sql } = throwingAt("select 1 / 0");
  expect((await failure(sql`select 1 / 0`)).message).toContain("division by zero");
  const later = traced(database.sql, (() => Promise.reject(new RangeError("later"))) as () => void);
  expect([...(await later`select 1`.values())]).toEqual([[1]]);
  expect(print.mock.calls).toEqual([[new RangeError("onQuery")], [new RangeError("later")]]);
  print.mockRestore();
});

test("a COMMIT that fails is reported with its error", async () => {
  const { events, sql } = throwingAt(undefined);
  await failure(sql.begin(tx => tx`insert into item values (1), (1)`));
  expect(events).toEqual([["BEGIN"], ["insert into item values (1), (1)"], ["COMMIT", "23505"]]);
  expect(await stored()).toEqual([]);
});

test("a RELEASE SAVEPOINT that fails is reported with its error", async () => {
  const { events, sql } = throwingAt(undefined);
  const work = (tx: Bun.TransactionSQL) => tx.savepoint(inner => inner`select 1 / 0`.catch(() => {}));
  await failure(sql.begin(work));
  expect(events.slice(3)).toEqual([["RELEASE SAVEPOINT", "25P02"], ["ROLLBACK"]]);
});

test("a query that the function returns and that fails is reported before ROLLBACK", async () => {
  const { events, sql } = throwingAt(undefined);
  await failure(sql.begin(tx => [tx`insert into item values (1)`, tx`select 1 / 0`]));
  expect(events.slice(2)).toEqual([["select 1 / 0", "22012"], ["ROLLBACK"]]);
  expect(await stored()).toEqual([]);
});
