// Errors through a transaction pooler. The server alone raises the same errors if another client uses the connection.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { SQL } from "bun";
import { object } from "valibot";
import { migrate, migrateDown } from "../../src/ddl/index.ts";
import {
  count,
  expr,
  insert,
  item,
  q,
  run,
  type Statement,
  TimeoutError,
  transaction,
} from "../../src/index.ts";
import { channel, watch, watchSql } from "../../src/queues/index.ts";
import { answers, startChild } from "../support/children.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { PGBOUNCER, startPgBouncer } from "../support/pgbouncer.ts";
import { inPipe } from "../support/run-command.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables("create table t (id int primary key, name text)");

const ADVICE = "a transaction pooler shares connections, so open the handle with prepare: false";
const one = expr`select ${"x"}::text as a`;
const firstLine = ({ message }: Error): string => message.split("\n")[0]!;

/** A connection with a prepared statement `P0` with one parameter, which another client then changes. */
async function changed(url: string, change: string): Promise<Error> {
  const sql = new SQL(url, { max: 1, prepare: true });
  const error = await failure(
    sql.begin(async tx => {
      await q(tx, schema, one);
      await tx.unsafe(change);
      await q(tx, schema, one);
    }),
  );
  await sql.close({ timeout: 0 });
  return error;
}

test("a prepared statement that is missing or belongs to a different client causes the advice prepare: false", async () => {
  const other = `deallocate all; prepare "P0" (text, text) as select $1, $2`;
  expect(firstLine(await changed(database.url, "deallocate all"))).toBe(
    `prepared statement "P0" does not exist [26000]; ${ADVICE}`,
  );
  expect(firstLine(await changed(database.url, other))).toBe(
    `bind message supplies 1 parameters, but prepared statement "P0" requires 2 [08P01]; ${ADVICE}`,
  );
});

test("a prepared statement that already exists causes the advice prepare: false", async () => {
  const sql = new SQL(database.url, { max: 1, prepare: true });
  await sql.unsafe(`prepare "P0" as select 1`);
  expect(firstLine(await failure(q(sql, schema, one)))).toBe(
    `prepared statement "P0" already exists [42P05]; ${ADVICE}`,
  );
  await sql.close({ timeout: 0 });
});

test("an error of a statement that the caller prepared has no advice about poolers", async () => {
  const sql = new SQL(database.url, { max: 1, prepare: true });
  expect(firstLine(await failure(q(sql, schema, expr`execute report`)))).toBe(
    'prepared statement "report" does not exist [26000]',
  );
  await sql.close({ timeout: 0 });
});

if (PGBOUNCER !== undefined) {
  const program = PGBOUNCER;

  test("through PgBouncer two clients with prepared statements collide; with prepare: false they do not", async () => {
    await using pooler = await startPgBouncer(program, database.url, { connections: 1 });
    const open = (prepare: boolean) => new SQL(pooler.url, { max: 1, prepare });
    const [first, second] = [open(true), open(true)];
    await q(first, schema, one);
    expect(firstLine(await failure(q(second, schema, expr`select ${"y"}::text as b`)))).toBe(
      `prepared statement "P0" already exists [42P05]; ${ADVICE}`,
    );
    const safe = [open(false), open(false), open(false)];
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        item(safe[n % 3]!, schema, expr`select ${String(n)}::int * ${"2"}::int`),
      ),
    );
    expect(results).toEqual(Array.from({ length: 30 }, (_, n) => n * 2));
    for (const sql of [first, second, ...safe]) await sql.close({ timeout: 0 });
  });

  test("through PgBouncer reading, writing, transactions and doctor work with prepare: false", async () => {
    await using pooler = await startPgBouncer(program, database.url, { connections: 2 });
    const sql = new SQL(pooler.url, { max: 2, prepare: false });
    await transaction(sql, tx => insert(tx, schema, "t", { id: 1, name: "a" }));
    expect(await count(sql, schema, "t")).toBe(1);
    const { output } = await inPipe(["doctor"], { url: pooler.url });
    expect(output).toContain("warning  pooler              in transaction mode; ");
    await sql.close({ timeout: 0 });
  });

  test("PgBouncer stops with the process that started it", async () => {
    const helper = JSON.stringify(join(import.meta.dir, "../support/pgbouncer.ts"));
    const options = JSON.stringify([program, database.url, { connections: 1 }]);
    const child = await startChild(`const { startPgBouncer } = await import(${helper});
      console.log((await startPgBouncer(...${options})).url); setInterval(() => {}, 1000);`);
    expect(await answers(child.line)).toBe(true);
    // Not the process group, because the shell that stops PgBouncer belongs to it.
    process.kill(child.pid, "SIGKILL");
    await until(async () => !(await answers(child.line)));
  });

  test("through PgBouncer migrate releases its lock", async () => {
    await using pooler = await startPgBouncer(program, database.url, { connections: 4 });
    const sql = new SQL(pooler.url, { max: 2, prepare: false });
    const migrations = [{ name: "001_m", up: "create table m (id int)", down: "drop table m" }];
    const calls = Array.from({ length: 4 }, () => migrate(sql, migrations));
    const applied = (await Promise.all(calls)).flatMap(result => result.applied);
    expect(applied).toEqual(["001_m"]);
    expect(await migrateDown(sql, migrations, { wait: 0 })).toEqual(["001_m"]);
    expect((await migrate(sql, migrations, { wait: 0 })).applied).toEqual(["001_m"]);
    await sql.close({ timeout: 0 });
  });

  test("through PgBouncer a deadline cancels only its own statement, and the connections remain usable", async () => {
    await using pooler = await startPgBouncer(program, database.url, { connections: 4 });
    const sql = new SQL(pooler.url, { max: 3, prepare: false });
    const nap = (tag: string): Statement => ({
      text: "select pg_sleep($1::text::float8), $2::text as tag",
      params: ["30", tag],
    });
    const running = async (): Promise<number> =>
      Number(
        await item(
          database.sql,
          schema,
          expr`select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`,
        ),
      );
    const stop = new AbortController();
    const other = run(sql, nap("other"), { signal: stop.signal });
    const others = failure(other);
    await until(async () => (await running()) === 1);
    const calls = [
      () => run(sql, nap("call"), { timeout: 100 }),
      () => transaction(sql, tx => run(tx, nap("transaction")), { timeout: 100 }),
      () => transaction(sql, tx => run(tx, nap("call in a transaction"), { timeout: 100 })),
    ];
    for (const call of calls) {
      expect(await failure(call())).toBeInstanceOf(TimeoutError);
      expect(await running()).toBe(1);
      expect(await item(sql, schema, expr`select ${"x"}::text`)).toBe("x");
    }
    stop.abort(new RangeError("enough"));
    expect(await others).toEqual(new RangeError("enough"));
    expect(await running()).toBe(0);
    await sql.close({ timeout: 0 });
  });

  test("through PgBouncer a transaction at its deadline does not wait for another connection to the server", async () => {
    await using pooler = await startPgBouncer(program, database.url, { connections: 1 });
    const sql = new SQL(pooler.url, { max: 2, prepare: false });
    const late = transaction(
      sql,
      async tx => {
        await insert(tx, schema, "t", { id: 900, name: "a" });
        await q(tx, schema, expr`select pg_sleep(0.5)`);
      },
      { timeout: 200 },
    );
    expect(await failure(late)).toBeInstanceOf(TimeoutError);
    expect(await count(sql, schema, "t", { where: { id: 900 } })).toBe(0);
    await sql.close({ timeout: 0 });
  });

  test("through PgBouncer channel and watch fail with the reason", async () => {
    for (const text of watchSql(schema, "t")) await database.sql.unsafe(text);
    await using pooler = await startPgBouncer(program, database.url, { connections: 4 });
    const sql = new SQL(pooler.url, { max: 2, prepare: false });
    const next = (name: string) => channel(sql, name, object({}))[Symbol.asyncIterator]().next();
    // Loops that start together send LISTEN on the same connection.
    const loops = [...["a", "b", "c", "d"].map(next), watch(sql, schema, "t").next()];
    const messages = await Promise.all(loops.map(loop => failure(loop)));
    const reason =
      "notifications do not arrive; a transaction pooler cannot LISTEN, so connect to the server directly";
    expect(messages.map(({ message }) => message)).toEqual(
      ["a", "b", "c", "d", "rowfn_watch public.t"].map(name => `channel "${name}": ${reason}`),
    );
    await sql.close({ timeout: 0 });
  });
}
