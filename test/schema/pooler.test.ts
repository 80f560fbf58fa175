// Poolers between `connect` and the server.
import { expect, test } from "bun:test";
import { connect, EXACT_SETTINGS, expr, item } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { NEW_PGBOUNCER, PGBOUNCER, type PgBouncerOptions, startPgBouncer } from "../support/pgbouncer.ts";
import { startStrictPooler } from "../support/strict-pooler.ts";
import { testTables } from "../support/test-tables.ts";

const { database } = await testTables("create table t (id int primary key)");

/** Whether a handle of `connect` prepares statements. */
async function prepares(url: string, options = {}): Promise<boolean> {
  const { sql } = await connect(url, { max: 1, ...options });
  await sql.close({ timeout: 0 });
  return sql.options.prepare !== false;
}

test("connect prepares statements on a direct connection, unless the options say otherwise", async () => {
  expect(await prepares(database.url)).toBe(true);
  expect(await prepares(database.url, { settings: "any" })).toBe(true);
  expect(await prepares(database.url, { prepare: false })).toBe(false);
});

test("connect prepares no statements through a pooler that rejects start-up parameters", async () => {
  const pooler = startStrictPooler(database.url);
  expect(await prepares(pooler.url)).toBe(false);
  expect(await prepares(pooler.url, { settings: "any" })).toBe(false);
  pooler.stop();
});

const REJECTION =
  "prepare: true is not possible: the pooler gives clients the prepared statements of other clients; leave out prepare, set max_prepared_statements of PgBouncer 1.21 or later, or connect to the server directly";

if (PGBOUNCER !== undefined) {
  const installed = PGBOUNCER;
  const start = (options: Partial<PgBouncerOptions>, program: string = installed) =>
    startPgBouncer(program, database.url, { connections: 3, ...options });

  test("connect prepares no statements through a pooler that ignores start-up parameters", async () => {
    const ignored = ["rowfn.handle", ...Object.keys(EXACT_SETTINGS).filter(name => name !== "DateStyle")];
    await using pooler = await start({ ignored: ignored.join(", ") });
    expect(await prepares(pooler.url)).toBe(false);
  });

  test("connect rejects prepare: true if a pooler shares prepared statements", async () => {
    await using pooler = await start({});
    const error = await failure(connect(pooler.url, { max: 1, prepare: true }));
    expect([error.name, error.message]).toEqual(["ArgumentError", REJECTION]);
  });

  test("connect accepts prepare: true if a pooler shares none", async () => {
    await using sessions = await start({ mode: "session", connections: 9 });
    expect(await prepares(sessions.url, { prepare: true })).toBe(true);
    if (NEW_PGBOUNCER === undefined) return;
    await using tracking = await start({ prepared: 100 }, NEW_PGBOUNCER);
    expect(await prepares(tracking.url, { prepare: true })).toBe(true);
    await using sharing = await start({}, NEW_PGBOUNCER);
    expect((await failure(connect(sharing.url, { prepare: true }))).message).toBe(REJECTION);
  });

  test("through a pooler concurrent calls of a handle that connect opened return their own rows", async () => {
    await using pooler = await start({});
    const { sql, schema } = await connect(pooler.url, { max: 6 });
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    const rows = numbers.map(n => item(sql, schema, expr(`select $1::text::int + ${n % 7}`, [n])));
    expect(await Promise.all(rows)).toEqual(numbers.map(n => n + (n % 7)));
    await sql.close({ timeout: 0 });
  });
}
