import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  insertMany,
  QueryError,
  type SqlHandle,
  traced,
  transaction,
  UnknownOutcomeError,
  upsertMany,
} from "../../src/index.ts";
import { startPostgres } from "../../src/testing/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

/** Terminates a connection and waits until the server has closed it. */
async function terminate(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid})`;
  await until(async () => (await sql`select 1 from pg_stat_activity where pid = ${pid}`).length === 0);
}

test("a connection lost in the function is retried only if the work is idempotent", async () => {
  let runs = 0;
  const work = async (tx: Bun.TransactionSQL): Promise<string> => {
    runs++;
    const [{ pid }] = await tx`select pg_backend_pid() as pid`;
    if (runs % 2 === 1) await terminate(pid);
    await tx`select 1`;
    return "done";
  };
  const lost = await failure(transaction(sql, work, { retries: 3 }));
  expect([runs, lost instanceof UnknownOutcomeError]).toEqual([1, false]);
  runs = 0;
  expect(await transaction(sql, work, { retries: 3, idempotent: true })).toBe("done");
  expect(runs).toBe(2);
});

test("a connection lost in a function that returns nevertheless is not an UnknownOutcomeError", async () => {
  for (const handle of [sql, traced(sql, () => {})]) {
    const lost = await failure(
      transaction(handle, async tx => {
        const [{ pid }] = await tx`select pg_backend_pid() as pid`;
        await terminate(pid);
        await tx`select 1`.catch(() => {});
        return "done";
      }),
    );
    expect(lost).toBeInstanceOf(QueryError);
    expect(lost.message).toContain("was lost");
  }
});

test("a connection lost during COMMIT is an UnknownOutcomeError", async () => {
  await sql.unsafe(`create function slow_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
    create constraint trigger slow after insert on later initially deferred for each row execute function slow_commit()`);
  let pid = 0;
  const losing = failure(
    transaction(sql, async tx => {
      pid = (await tx`insert into later values (5) returning pg_backend_pid() as pid`)[0].pid;
    }),
  );
  await until(
    async () =>
      (await sql`select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`).length === 1,
  );
  await terminate(pid);
  const error = await losing;
  expect(error).toBeInstanceOf(UnknownOutcomeError);
  expect(error.message).toBe(
    "the connection was lost during COMMIT; the transaction was either committed or rolled back",
  );
  await sql.unsafe("drop function slow_commit cascade");
});

test("a connection lost during the COMMIT of a function that writes many rows is an UnknownOutcomeError", async () => {
  await sql.unsafe(`create function slow_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
    create constraint trigger slow after insert on later initially deferred for each row when (new.id = 5) execute function slow_commit()`);
  async function* rows() {
    for (let id = 1; id <= 10_001; id++) yield { id };
  }
  const sleeping = "from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
  for (const write of [
    () => insertMany(sql, schema, "later", rows()),
    () =>
      importRows(sql, schema, "later", JSON.stringify([...Array(10_002).keys()].map(id => ({ id }))), {
        format: "json",
      }),
  ]) {
    const losing = failure(write());
    await until(async () => (await sql.unsafe(`select 1 ${sleeping}`)).length === 1);
    const [{ pid }] = await sql.unsafe(`select pid ${sleeping}`);
    await terminate(pid);
    expect(await losing).toBeInstanceOf(UnknownOutcomeError);
  }
  await sql.unsafe("drop function slow_commit cascade");
});

const IN_ROW = "create trigger slow before insert on account";
const IN_COMMIT = "create constraint trigger slow after insert on account initially deferred";

test.each([
  ["that the server ends before COMMIT", IN_ROW, "terminate", QueryError],
  ["that the server ends during COMMIT", IN_COMMIT, "terminate", UnknownOutcomeError],
  ["that is cut before any answer", IN_ROW, "cut", UnknownOutcomeError],
])("upsertMany of thousands of rows on a connection %s", async (_name, trigger, way, expected) => {
  await sql.unsafe(`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; end $$;
    ${trigger} for each row when (new.id = 500) execute function slow()`);
  const url = new URL(database.url);
  const proxy = startTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const handle = new Bun.SQL(url.href, { max: 1, prepare: (sql as SqlHandle).options.prepare === true });
  const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, balance: 1 }));
  const losing = failure(upsertMany(handle, schema, "account", rows));
  const sleeping = "from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
  await until(async () => (await sql.unsafe(`select 1 ${sleeping}`)).length === 1);
  const [{ pid }] = await sql.unsafe(`select pid ${sleeping}`);
  if (way === "cut") proxy.cut();
  else await terminate(pid);
  expect((await losing).constructor).toBe(expected);
  await terminate(pid);
  proxy.stop();
  await handle.close({ timeout: 0 });
  await sql.unsafe("drop function slow cascade");
});

test("idempotent work succeeds in a later attempt after the server restarts", async () => {
  const first = await startPostgres();
  const handle = new Bun.SQL(first.url, { max: 2 });
  let runs = 0;
  const work = async (tx: Bun.TransactionSQL): Promise<unknown> =>
    (await (runs++ === 0 ? tx`select pg_sleep(20)` : tx`select 7 as a`).values())[0]?.[0];
  const during = transaction(handle, work, { retries: 1000, idempotent: true });
  await until(() => runs > 0);
  await first.stop();
  const second = await startPostgres({ port: first.port });
  expect(await during).toBe(7);
  await handle.close({ timeout: 0 }).catch(() => {});
  await second.stop();
});
