// Errors of a standby server, and of a former primary.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { watch, watchSql } from "../../src/queues/index.ts";
import { until } from "../support/eventually.ts";
import {
  deleteWhere,
  exec,
  expr,
  insert,
  insertMany,
  loadSchema,
  migrate,
  QueryError,
  transaction,
  upsertMany,
} from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { inPipe } from "../support/run-command.ts";
import { startReplication } from "../support/standby.ts";
import { startSwitch } from "../support/switch-proxy.ts";

const servers = await startReplication(
  "create table t (id int primary key, name text); insert into t values (1, 'a');",
);
const primary = new SQL(servers.primary, { max: 2 });
const standby = new SQL(servers.standby, { max: 2 });
const schema = await loadSchema(primary);
for (const text of watchSql(schema, "t")) await primary.unsafe(text);
await until(async () => (await standby`select from pg_trigger where tgrelid = 't'::regclass`).length > 0);

afterAll(async () => {
  await Promise.all([primary.close({ timeout: 0 }), standby.close({ timeout: 0 })]);
  await servers.stop();
});

const REASON = "the server is a standby, which accepts no writes; connect to the primary";

test("the error of a write on a standby says that the server is a standby", async () => {
  const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: "x" }));
  const writes: readonly (() => PromiseLike<unknown>)[] = [
    () => insert(standby, schema, "t", { id: 2 }),
    () => insertMany(standby, schema, "t", rows),
    () => upsertMany(standby, schema, "t", rows),
    () => deleteWhere(standby, schema, "t", { all: true }),
    () => exec(standby, schema, expr`delete from t`),
    () => transaction(standby, tx => insert(tx, schema, "t", { id: 2 })),
    () => standby.begin(tx => insert(tx, schema, "t", { id: 2 })),
    () => migrate(standby, [{ name: "001_a", up: "create table m (id int)" }]),
    () => watch(standby, schema, "t").next(),
  ];
  const serializable = transaction(standby, async () => 1, { isolation: "serializable" });
  expect(await failure(serializable)).toBeInstanceOf(QueryError);
  for (const write of writes) expect((await failure(write())).message).toContain(REASON);
});

test("writes that are sent together on a standby reject with this reason, not because of each other", async () => {
  const writes = (tx: SQL): Promise<unknown> =>
    Promise.all(Array.from({ length: 5 }, (_, id) => insert(tx, schema, "t", { id })));
  expect((await failure(transaction(standby, writes))).message).toContain(REASON);
  expect((await failure(transaction(standby, writes, { timeout: 60_000 }))).message).toContain(REASON);
});

test("the error of a write in a read-only transaction of the primary does not mention a standby", async () => {
  const write = (tx: SQL): Promise<unknown> => insert(tx, schema, "t", { id: 2 });
  const { message } = await failure(transaction(primary, write, { readOnly: true }));
  expect(message).toStartWith("cannot execute INSERT in a read-only transaction [25006]\n");
  await primary`create role reader superuser login`;
  await primary`alter role reader set default_transaction_read_only = on`;
  const readOnly = new SQL(servers.primary.replace("postgres@", "reader@"), { max: 1 });
  const { message: setting } = await failure(insert(readOnly, schema, "t", { id: 2 }));
  expect(setting).toStartWith(
    "cannot execute INSERT in a read-only transaction [25006]; default_transaction_read_only is on for this role or database\n",
  );
  await readOnly.close({ timeout: 0 });
});

test("idempotent work is retried on a new connection after the server became a standby", async () => {
  const address = startSwitch(servers.standby);
  const sql = new SQL(address.url, { max: 1 });
  let runs = 0;
  const write = async (tx: SQL): Promise<unknown> => {
    runs++;
    // From here on new connections reach the primary.
    address.switchTo(servers.primary);
    return await insert(tx, schema, "t", { id: 10 + runs });
  };
  const error = await failure(transaction(sql, write, { retries: 3 }));
  expect([error instanceof QueryError, error.message.includes("standby"), runs]).toEqual([true, false, 1]);
  expect(await transaction(sql, write, { retries: 3, idempotent: true })).toEqual({ id: 13, name: null });
  expect(runs).toBe(3);
  await sql.close({ timeout: 0 });
  address.stop();
});

test("doctor reports that the server is a standby, and its replication lag", async () => {
  const { output, code } = await inPipe(["doctor"], { url: servers.standby });
  expect([code, output]).toEqual([
    0,
    expect.stringContaining(
      "warning  server              standby, 0 s behind; every write fails, and reads can be stale; use the primary for writing\n",
    ),
  ]);
  await standby`select pg_wal_replay_pause()`;
  await primary`insert into t values (99)`;
  await until(async () => {
    const [row] = await standby`select pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() as is_behind`;
    return row.is_behind;
  });
  const behind = await inPipe(["doctor"], { url: servers.standby });
  expect(behind.output).toMatch(/ standby, \d+ s behind;/);
});
