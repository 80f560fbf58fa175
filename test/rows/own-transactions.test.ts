// Raw SQL that begins or ends a transaction itself.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  exec,
  expr,
  insert,
  q,
  script,
  transaction,
  withConnection,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema, plain } = await testTables(
  "create table note (id int primary key)",
  "truncate note",
);

const ended = (name: string, command: string): ArgumentError =>
  new ArgumentError(
    `${name}: ${command} would end the transaction of the handle; remove BEGIN, COMMIT and ROLLBACK from the SQL, or pass a pool`,
  );

const FILE = "begin;\ninsert into note values (2);\ncommit;\ninsert into note values (3);";

test.each<readonly [string, (tx: Bun.TransactionSQL) => Promise<unknown>, ArgumentError]>([
  ["script", tx => script(tx, FILE), ended("script, line 3", "COMMIT")],
  ["script", tx => script(tx, "/* a */ rollback"), ended("script, line 1", "ROLLBACK")],
  ["exec", tx => exec(tx, schema, expr("end")), ended("exec, line 1", "END")],
  ["q", tx => q(tx, schema, expr("commit and chain")), ended("q, line 1", "COMMIT")],
])(
  "%s does not end the transaction of the caller, which is rolled back as a whole",
  async (_name, send, error) => {
    const work = async (tx: Bun.TransactionSQL): Promise<void> => {
      await insert(tx, schema, "note", { id: 1 });
      await send(tx);
    };
    expect(await failure(transaction(sql, work))).toEqual(error);
    expect(await plain("select id from note")).toEqual([]);
  },
);

test("in a transaction the SQL may have savepoints, and these words elsewhere", async () => {
  await transaction(sql, async tx => {
    await script(
      tx,
      `savepoint a; insert into note values (1); rollback to a; release a;
       prepare transaction as select 1; execute transaction; deallocate transaction;
       create function pg_temp.f() returns int begin atomic select case when true then 1 end; end;
       do $$ begin perform 'commit'; end $$; -- commit`,
    );
    expect(await q(tx, schema, expr("select case 'commit' when '' then 1 end as a"))).toEqual([{ a: null }]);
  });
  expect(await plain("select id from note")).toEqual([]);
});

test.each([
  ["insert into note values (1);\nbegin;\ninsert into note values (2)", 2],
  ["select 1; start transaction; insert into note values (2); commit and chain", 1],
])(
  "a script that leaves its transaction open is rejected on a pool, where it would be rolled back",
  async (text, line) => {
    const error = new ArgumentError(
      `script, line ${line}: the transaction that begins here is not ended, and would be rolled back; add COMMIT, or pass the handle of withConnection`,
    );
    for (const limits of [{}, { timeout: 60_000 }])
      expect(await failure(script(sql, text, limits))).toEqual(error);
    expect(await plain("select id from note")).toEqual([]);
  },
);

test("on a dedicated connection a script can begin a transaction that a later one ends", async () => {
  const one = database.connect({ max: 1 });
  await withConnection(one, async connection => {
    await script(connection, "begin; insert into note values (1)");
    await script(connection, "insert into note values (2); commit and no chain");
  });
  await script(one, "select 1; begin; insert into note values (3); commit;");
  expect(await plain("select id from note order by id")).toEqual([[1], [2], [3]]);
});
