import { expect, test } from "bun:test";
import { SQL } from "bun";
import { connect, expr, insert, item, loadSchema, q, streamRows, transaction } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, database } = await testTables("create table t (id int primary key)");
const { host } = new URL(database.url);

// A server that accepts connections and sends nothing, one that closes them, and a port without a server.
const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
const closing = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: socket => void socket.end() } });
const unused = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
unused.stop(true);

const quick = { max: 1, connectionTimeout: 500 };
const url = (port: number): string => `postgres://app:secret@127.0.0.1:${port}/shop`;
const rejected = new SQL(url(unused.port), { max: 1 });

async function killed(run: (handle: SQL) => Promise<unknown>): Promise<void> {
  const handle = database.connect({ max: 1 });
  const [{ pid }] = await handle`select pg_backend_pid() as pid`;
  const running = run(handle);
  running.catch(() => {});
  const application = database.connect({ max: 1 });
  for (let isDone = false; !isDone; ) {
    const [row] = await application`select count(pg_terminate_backend(pid))::int as n from pg_stat_activity
      where pid = ${pid} and state = 'active' and query like '%pg_sleep(60)%'`;
    isDone = row.n > 0;
  }
  await running;
}

test("the messages of connections that fail or are lost", async () => {
  await expectMessages(
    "connections",
    [
      () => connect(url(unused.port), quick),
      () => connect(url(silent.port), quick),
      () => connect(url(closing.port), quick),
      () => connect("postgres://app@no-such-host.invalid/shop", quick),
      () => connect(database.url.replace(/[^/]*$/, "no_such_database"), quick),
      () => connect(`postgres://nobody@${host}/${database.name}`, quick),
      () => connect(database.url, { ...quick, tls: true }),
      () => loadSchema(rejected),
      () => insert(rejected, schema, "t", { id: 1 }),
      () => transaction(rejected, tx => insert(tx, schema, "t", { id: 1 })),
      () => streamRows(rejected, schema, "t").next(),
      () => killed(handle => item(handle, schema, expr`select pg_sleep(60)`)),
      () => killed(handle => transaction(handle, tx => q(tx, schema, expr`select pg_sleep(60)`))),
    ],
    {
      [`:${unused.port}`]: ":5999",
      [`:${silent.port}`]: ":5998",
      [`:${closing.port}`]: ":5997",
      [host]: "127.0.0.1:5432",
      [database.name]: "music",
      // Without prepared statements the driver first rejects the transaction.
      "in: the transaction": "in: select pg_sleep(60)",
    },
  );
});

test("no message contains a password", async () => {
  const error = await failure(connect(url(unused.port), quick));
  expect(`${error.message}${error.stack}`).not.toContain("secret");
  expect(await sql`select 1`.values()).toHaveLength(1);
});
