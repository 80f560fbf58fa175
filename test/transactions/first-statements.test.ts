// The first statements of a transaction are sent with BEGIN. The handle behaves like the driver's.
import { expect, test } from "bun:test";
import {
  deleteRow,
  get,
  insert,
  type QueryEvent,
  traced,
  transaction,
  withDefaults,
} from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 1 });
const account = (id: number) => ({ id, balance: 1 });
const ids = async (from: number): Promise<unknown[]> =>
  (await plain(`select id from account where id >= ${from} order by id`)).flat();

const insertThenFail = (id: number, handle = sql) =>
  failure(
    transaction(handle, async tx => {
      await insert(tx, schema, "account", account(id));
      throw new RangeError("no");
    }),
  );

test("no statement runs outside the transaction after the server has lost its prepared statements", async () => {
  for (let run = 0; run < 3; run++) expect(await insertThenFail(200)).toEqual(new RangeError("no"));
  await sql.unsafe("deallocate all");
  await insert(sql, schema, "account", account(201));
  for (let run = 0; run < 3; run++) await insertThenFail(202 + run);
  await sql.unsafe("deallocate all");
  await Promise.all(Array.from({ length: 5 }, (_, run) => insertThenFail(210 + run)));
  const wrapped = traced(
    withDefaults(
      traced(sql, () => {}),
      {},
    ),
    () => {},
  );
  for (let run = 0; run < 3; run++) await insertThenFail(220 + run, wrapped);
  await sql.unsafe("deallocate all");
  for (let run = 0; run < 3; run++) await insertThenFail(230 + run, wrapped);
  expect(await ids(200)).toEqual([201]);
});

test("a statement with a single parameter does not run outside the transaction either", async () => {
  await plain("insert into account values (215, 1), (216, 1)");
  const deleteThenFail = (): Promise<Error> =>
    failure(
      transaction(sql, async tx => {
        await deleteRow(tx, schema, "account", 215, { returning: false });
        throw new RangeError("no");
      }),
    );
  for (let run = 0; run < 3; run++) await deleteThenFail();
  await sql.unsafe("deallocate all");
  await deleteRow(sql, schema, "account", 216, { returning: false });
  for (let run = 0; run < 3; run++) await deleteThenFail();
  expect(await ids(215)).toContain(215);
  // Prepares again what the other tests send.
  for (let run = 0; run < 3; run++) await insertThenFail(217);
  await plain("delete from account where id = 215");
});

test("statements without parameters, scripts and COPY run in the transaction too, in order", async () => {
  const failed = failure(
    transaction(sql, async tx => {
      const sent = [
        tx.unsafe("insert into account values (220, 1)"),
        tx.unsafe("update account set balance = balance + $1 where id = 220", [1]),
        tx`update account set balance = balance * 10 where id = 220`.simple(),
        tx`update account set balance = balance + ${5} where id = ${220}`,
        tx.unsafe("insert into account values (221, 1); insert into account values (222, 1)"),
      ];
      await Promise.all(sent);
      expect<unknown>(await tx`select id, balance from account where id >= 220 order by id`.values()).toEqual(
        [
          ...[
            [220, 25],
            [221, 1],
            [222, 1],
          ],
        ],
      );
      throw new RangeError("no");
    }),
  );
  expect(await failed).toEqual(new RangeError("no"));
  expect(await ids(220)).toEqual([]);
});

test("a COPY can be the first statement, in both directions", async () => {
  const read = await transaction(sql, async tx => {
    const query = tx.unsafe("copy account (id, balance) from stdin");
    const writer = query.writable().getWriter();
    await writer.write("230\t1\n231\t2\n");
    await writer.close();
    expect((await query).count).toBe(2);
    return await new Response(
      tx`copy (select id from account where id >= 230 order by 1) to stdout`.readable(),
    ).text();
  });
  expect(read).toBe("230\n231\n");
  const first = transaction(sql, tx =>
    new Response(
      tx.unsafe("copy (select id from account where id >= 230 order by 1) to stdout").readable(),
    ).text(),
  );
  expect(await first).toBe("230\n231\n");
  expect(await ids(230)).toEqual([230, 231]);
});

test("a COPY that the function does not finish rolls the transaction back", async () => {
  const open = (tx: Bun.TransactionSQL): WritableStreamDefaultWriter<string> =>
    tx.unsafe("copy account (id, balance) from stdin").writable().getWriter() as never;
  const abandoned = transaction(sql, async tx => {
    await insert(tx, schema, "account", account(240));
    await open(tx).write("241\t1\n");
  });
  expect((await failure(abandoned)).message).toContain("ended before the COPY stream did");
  const inner = transaction(sql, tx =>
    transaction(tx, async own => void (await open(own).write("242\t1\n"))),
  );
  expect((await failure(inner)).message).toContain("ended before the COPY stream did");
  expect(await ids(240)).toEqual([]);
});

test("a rejected COPY as the first statement rejects with the server's error", async () => {
  const rejected = transaction(sql, async tx => {
    const query = tx.unsafe("copy missing from stdin");
    const writer = query.writable().getWriter();
    writer.closed.catch(() => {});
    await writer.write("1\n").catch(() => {});
    await writer.close().catch(() => {});
    await query;
  });
  expect((await failure(rejected)).message).toContain('relation "missing" does not exist');
});

test("a function that sends nothing commits, and an invalid mode of BEGIN fails", async () => {
  expect(await transaction(sql, () => 7)).toBe(7);
  expect(await transaction(sql, tx => [tx`select ${1}::int as a`, tx`select ${2}::int as a`])).toEqual([
    ...([[{ a: 1 }], [{ a: 2 }]] as never[]),
  ]);
});

test("a handle that is used after its transaction or savepoint is rejected", async () => {
  let late: Bun.TransactionSQL | undefined;
  await transaction(sql, async tx => {
    let inner: Bun.TransactionSQL | undefined;
    await tx.savepoint(own => {
      inner = own;
    });
    expect((await failure(inner!`insert into account values (250, 1)`)).message).toContain("ended");
    late = tx;
  });
  expect((await failure(late!`insert into account values (251, 1)`)).message).toContain("ended");
  expect((await failure(insert(late!, schema, "account", account(252)))).message).toContain("ended");
  let isCalled = false;
  const nested = late!.savepoint(() => {
    isCalled = true;
  });
  expect((await failure(nested)).message).toContain("ended");
  expect(isCalled).toBe(false);
  expect(await ids(250)).toEqual([]);
});

test("an error that the function ignores makes COMMIT a ROLLBACK, which rejects", async () => {
  const swallowed = transaction(sql, async tx => {
    await insert(tx, schema, "account", account(260));
    await tx`select ${1} / 0`.catch(() => {});
  });
  expect(((await failure(swallowed)).cause as Error & { code: string }).code).toBe(
    "ERR_POSTGRES_COMMIT_ROLLED_BACK",
  );
  expect(await ids(260)).toEqual([]);
});

test("savepoints, named and nested, are rolled back separately", async () => {
  await transaction(sql, async tx => {
    await tx.savepoint("first part", own => own`insert into account values (270, 1)`);
    await tx
      .savepoint(async own => {
        await own.savepoint(deep => deep`insert into account values (271, 1)`);
        throw new RangeError("no");
      })
      .catch(() => {});
    await tx.savepoint(own => own`insert into account values (272, 1)`);
  });
  expect(await ids(270)).toEqual([270, 272]);
});

test("the handle has the properties of the driver's transaction handle", async () => {
  await transaction(sql, async tx => {
    expect<unknown[]>(["savepoint" in tx, "release" in tx, typeof tx.unsafe, tx.options.max]).toEqual([
      ...[true, false, "function", 1],
    ]);
    expect(() => (tx as unknown as Bun.SQL).begin(() => 1)).toThrow("inside a transaction");
    const part = tx`where id = ${1}`;
    expect((await tx`select id from account ${part}`.values())[0]).toEqual([1]);
    await tx`insert into account ${tx({ id: 280, balance: 3 })}`;
  });
  expect(await ids(280)).toEqual([280]);
});

test("a trace contains the statements as the caller wrote them", async () => {
  const events: QueryEvent[] = [];
  const logged = traced(sql, event => void events.push(event));
  await transaction(logged, async tx => {
    await Promise.all([get(tx, schema, "account", 1), tx`select ${1}::int as one`]);
  });
  expect(events.map(({ text }) => text)).toEqual([
    "BEGIN",
    'SELECT "id", "balance", "owner" FROM "public"."account" WHERE "id" = $1::text::int4',
    "select $1::int as one",
    "COMMIT",
  ]);
});

test("after the answer to BEGIN only the statements of the function are sent", async () => {
  await transaction(sql, async tx => {
    await tx`select ${1}::int as first`;
    const [[pid]] = (await tx`select pg_backend_pid()`.values()) as unknown as [[number]];
    expect(await plain(`select query from pg_stat_activity where pid = ${pid}`)).toEqual([
      ["select pg_backend_pid()"],
    ]);
  });
});

test("a transaction that fails on the primary sends nothing but ROLLBACK", async () => {
  const texts: string[] = [];
  const logged = traced(sql, ({ text }) => void texts.push(text));
  await failure(
    transaction(logged, tx => tx.unsafe("select 1 / $1::int", [0]), { retries: 1, idempotent: true }),
  );
  expect(texts).toEqual(["BEGIN", "select 1 / $1::int", "ROLLBACK"]);
});
