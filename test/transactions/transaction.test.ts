import { expect, test } from "bun:test";
import {
  ArgumentError,
  ConstraintError,
  expr,
  insert,
  type QueryError,
  transaction,
  updateWhere,
} from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

const balance = async (id: number): Promise<number> =>
  (await sql`select balance from account where id = ${id}`)[0].balance;

test("transaction commits and returns the function's result; an error rolls it back", async () => {
  const add = (tx: Bun.TransactionSQL, amount: number) =>
    updateWhere(
      tx,
      schema,
      "account",
      { balance: expr`balance + ${amount}` },
      { where: { id: 1 }, returning: false },
    );
  expect(await transaction(sql, tx => add(tx, 5))).toBe(1);
  expect(
    await failure(
      transaction(sql, async tx => {
        await add(tx, 50);
        throw new RangeError("no");
      }),
    ),
  ).toEqual(new RangeError("no"));
  expect(await balance(1)).toBe(105);
});

test("isolation, readOnly and deferrable are set for the transaction", async () => {
  const shown = await transaction(
    sql,
    async tx =>
      (
        await tx`select current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('transaction_deferrable')`.values()
      )[0],
    { isolation: "serializable", readOnly: true, deferrable: true },
  );
  expect(shown).toEqual(["serializable on on"]);
  expect(
    (
      (await failure(
        transaction(sql, tx => insert(tx, schema, "account", { id: 99, balance: 1 }), { readOnly: true }),
      )) as QueryError
    ).sqlstate,
  ).toBe("25006");
});

test("invalid options are rejected before anything is sent", async () => {
  const work = () => expect.unreachable();
  expect(await failure(transaction(sql, work, { isolation: "chaos" as never }))).toBeInstanceOf(
    ArgumentError,
  );
  expect(await failure(transaction(sql, work, { deferrable: true }))).toBeInstanceOf(ArgumentError);
  expect(await failure(transaction(sql, work, { retries: -1 }))).toBeInstanceOf(ArgumentError);
  expect(await failure(transaction(sql, work, { timeout: 0 }))).toBeInstanceOf(ArgumentError);
  await sql.begin(async tx => {
    expect(await failure(transaction(tx, work, { isolation: "serializable" }))).toBeInstanceOf(ArgumentError);
    expect(await failure(transaction(tx, work, { retries: 3 }))).toBeInstanceOf(ArgumentError);
  });
});

test("idempotent without retries is rejected, because nothing would be tried again", async () => {
  const error = await failure(transaction(sql, () => expect.unreachable(), { idempotent: true }));
  expect(error).toEqual(
    new ArgumentError("idempotent: true requires retries, without which nothing is tried again"),
  );
});

test.each([NaN, 1.5, Infinity, -1, -Infinity, "2", 2n, null])("retries: %p is rejected", async retries => {
  const work = () => expect.unreachable();
  const error = await failure(transaction(sql, work, { retries: retries as never }));
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toBe(
    `retries must be a non-negative integer, received ${String(retries)}`,
  );
});

test("a transaction in a transaction is a savepoint, and its error does not end the outer transaction", async () => {
  await transaction(sql, async tx => {
    await insert(tx, schema, "account", { id: 20, balance: 1 });
    expect(
      await failure(transaction(tx, inner => insert(inner, schema, "account", { id: 20, balance: 2 }))),
    ).toBeInstanceOf(ConstraintError);
    await insert(tx, schema, "account", { id: 21, balance: 1 });
  });
  expect([await balance(20), await balance(21)]).toEqual([1, 1]);
});

test("an open COPY ends with the transaction, which is rolled back", async () => {
  const one = database.connect({ max: 1 });
  const open = async (tx: Bun.TransactionSQL): Promise<void> => {
    await tx`insert into later values (91)`;
    const query = tx.unsafe("copy later from stdin") as never as {
      writable(): WritableStream<string>;
      catch(ignore: () => void): void;
    };
    const writer = query.writable().getWriter();
    query.catch(() => {});
    writer.closed.catch(() => {});
    await writer.write("92\n");
  };
  const thrown = transaction(one, async tx => {
    await open(tx);
    throw new RangeError("no");
  });
  expect(await failure(thrown)).toEqual(new RangeError("no"));
  expect(await failure(transaction(one, open))).toMatchObject({
    message: expect.stringContaining("the transaction ended before the COPY stream did"),
  });
  expect([...(await one`select * from later where id > 90`.values())]).toEqual([]);
  await one.close();
});

test("queries that the function returns are awaited, and their result is unchanged", async () => {
  const one = await transaction(sql, tx => tx`select 1 as n`);
  expect([one[0], one.command, one.count]).toEqual([{ n: 1 }, "SELECT", 1]);
  const both = await transaction(sql, tx => [tx`select 1 as n`, tx`select 2 as n`] as never);
  expect((both as { n: number }[][]).map(([row]) => row)).toEqual([{ n: 1 }, { n: 2 }]);
});

test("in a failed transaction of the driver a savepoint fails with the error of SAVEPOINT", async () => {
  let late: unknown;
  const whole = sql.begin(async tx => {
    await tx`select 1 / 0`.catch(() => {});
    late = await failure(transaction(tx, async () => {}));
  });
  expect((await failure(whole)).message).toContain("COMMIT");
  expect(late).toMatchObject({ sqlstate: "25P02", text: "SAVEPOINT" });
});

test("an error that a savepoint's function ignores is reported by RELEASE SAVEPOINT", async () => {
  const late = await transaction(sql, tx =>
    failure(
      transaction(tx, async inner => {
        await inner`select 1 / 0`.catch(() => {});
      }),
    ),
  );
  expect(late).toMatchObject({ sqlstate: "25P02", text: "RELEASE SAVEPOINT" });
});

test("a constraint that is checked at COMMIT is a ConstraintError of COMMIT", async () => {
  const late = (await failure(
    transaction(sql, tx => tx`insert into later values (1), (1)`),
  )) as ConstraintError;
  expect([late.constructor, late.sqlstate, late.text]).toEqual([ConstraintError, "23505", "COMMIT"]);
  expect([late.table, late.kind]).toEqual(["later", "unique"]);
  expect(late.stack).toContain("transaction.test.ts");
});
