// The server ignores a cancel request that arrives before its statement.
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { expr, type Limits, q, type SqlHandle, withConnection } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { startHoldingProxy } from "../support/holding-proxy.ts";
import { recordingHandle } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables("create table box (id int primary key)");
const prepare = process.env["ROWFN_PREPARE"] !== "false";

const RUNNING =
  "from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%' and state = 'active'";
// The milliseconds after which a call expects that its statement has arrived.
const ARRIVAL_MS = 50;

/** Aborts a call whose statement arrives 10 ms later; false if a slow machine delayed the statement for too long. */
async function abortEarly(): Promise<boolean> {
  const proxy = await startHoldingProxy(database.url);
  const sql = new SQL(proxy.url, { max: 1, prepare });
  const sleep = (seconds: number) => expr`select pg_sleep(${seconds})`;
  await q(sql, schema, sleep(0));
  const stop = new AbortController();
  const reason = new RangeError("enough");
  let held: Promise<void> | undefined;
  let start = 0;
  const onStatement = (): void => {
    held = proxy.hold();
    start = performance.now();
  };
  const stopped = failure(q(sql, schema, sleep(600), { signal: stop.signal, onStatement }));
  await until(() => held !== undefined);
  await held;
  stop.abort(reason);
  await Bun.sleep(10);
  proxy.release();
  const isEarly = performance.now() - start < ARRIVAL_MS;
  expect(await stopped).toBe(reason);
  if (isEarly) {
    await until(async () => (await plain(`select ${RUNNING}`)).length === 0);
    expect(await q(sql, schema, expr`select 1 as one`)).toEqual([{ one: 1 }]);
  } else await plain(`select pg_terminate_backend(pid) ${RUNNING}`);
  await sql.close({ timeout: 0 });
  proxy.stop();
  return isEarly;
}

test("a call that is aborted before its statement arrives is canceled on the server", async () => {
  while (!(await abortEarly()));
});

test("the connection of a canceled statement is used again after the statement has ended", async () => {
  const sql = new SQL(database.url, { max: 1, prepare });
  const pid = async (): Promise<unknown> => (await sql`select pg_backend_pid() as pid`)[0].pid;
  const before = await pid();
  for (const limit of [{ timeout: 50 }, { signal: AbortSignal.timeout(50) }])
    expect(await failure(q(sql, schema, expr`select pg_sleep(600)`, limit))).toMatchObject({
      name: "TimeoutError",
    });
  expect(await pid()).toBe(before);
  await sql.close();
});

const SLEEPING = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";

test("prepared statements that a stopped call sent together are canceled on their connection, which is used again", async () => {
  const sql = new SQL(database.url, { max: 1, prepare });
  const pid = async (): Promise<unknown> => (await sql`select pg_backend_pid() as pid`)[0].pid;
  const before = await pid();
  const sleep = (own: SqlHandle, seconds: number) => q(own, schema, expr`select pg_sleep(${seconds})`);
  const calls: readonly ((limits: Limits) => Promise<unknown>)[] = [
    limits => q(sql, schema, expr`select pg_sleep(600)`, { readOnly: true, ...limits }),
    limits =>
      withConnection(
        sql,
        async own => {
          // Only a statement that has been prepared is sent without waiting.
          await sleep(own, 0);
          await Promise.all([sleep(own, 600), sleep(own, 600)]);
        },
        limits,
      ),
  ];
  for (const call of calls) {
    const stop = new AbortController();
    const reason = new RangeError("enough");
    const stopped = failure(call({ signal: stop.signal }));
    await until(async () => (await plain(SLEEPING)).length === 1);
    stop.abort(reason);
    expect(await stopped).toBe(reason);
    expect(await plain(SLEEPING)).toEqual([]);
    if (prepare) expect(await pid()).toBe(before);
  }
  await sql.close();
});

test("a call in a transaction asks for its server process only if the driver sends statements without waiting", async () => {
  const processTexts = async (mode: boolean): Promise<readonly string[]> => {
    const sql = new SQL(database.url, { max: 1, prepare: mode });
    const sent: string[] = [];
    await sql.begin(tx => q(recordingHandle(tx, sent), schema, expr`select 1`, { timeout: 500 }));
    await sql.close();
    return sent.filter(text => text.includes("pg_backend_pid()"));
  };
  expect(await processTexts(true)).toHaveLength(1);
  expect(await processTexts(false)).toEqual([]);
});
