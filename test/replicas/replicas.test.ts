// The server of each call, and the age of the rows that it returns.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { replicasOf } from "../../src/driver/replica-reads.ts";
import { until } from "../support/eventually.ts";
import {
  count,
  deleteWhere,
  exec,
  exists,
  exportRows,
  expr,
  get,
  getMany,
  getOrThrow,
  groupBy,
  insert,
  item,
  loadSchema,
  page,
  pksAndRowsWhere,
  q,
  qOne,
  replicas,
  rowLoader,
  rowsAndCount,
  rowsWhere,
  selectOne,
  streamRows,
  table,
  traced,
  transaction,
  update,
  withDefaults,
  withLock,
} from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { startReplication } from "../support/standby.ts";

const servers = await startReplication(
  "create table t (id int primary key, name text); insert into t values (1, 'a'); create sequence s; create view numbers as select nextval('s') as n;",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: 4, prepare });
const standby = new SQL(servers.standby, { max: 4, prepare });
const schema = await loadSchema(primary);

afterAll(async () => {
  await Promise.all([primary.close({ timeout: 0 }), standby.close({ timeout: 0 })]);
  await servers.stop();
});

/** A handle, and the servers that have received statements since the last call of `visitedServers`. */
async function openReplicas(staleness: "session" | number = "session") {
  let names = new Set<string>();
  const namedHandle = (sql: SQL, name: string): SQL =>
    traced(sql, ({ text }) => {
      if (!text.startsWith("SELECT pg_is_in_recovery()")) names.add(name);
    });
  const sql = replicas(namedHandle(primary, "primary"), [namedHandle(standby, "standby")], { staleness });
  const visitedServers = (): string => {
    const all = [...names].join(" and ");
    names = new Set();
    return all;
  };
  /** Waits until a read runs on the standby. */
  const untilReplica = (): Promise<void> =>
    until(async () => {
      visitedServers();
      await get(sql, schema, "t", 1);
      return visitedServers() === "standby";
    });
  return { sql, visitedServers, untilReplica };
}

test("every function that reads uses the replica", async () => {
  const { sql, visitedServers, untilReplica } = await openReplicas();
  await untilReplica();
  const reads: Readonly<Record<string, () => PromiseLike<unknown>>> = {
    rowsWhere: () => rowsWhere(sql, schema, "t"),
    limited: () => rowsWhere(sql, schema, "t", { timeout: 60_000 }),
    selectOne: () => selectOne(sql, schema, "t", { where: { id: 1 } }),
    get: () => get(sql, schema, "t", 1),
    getOrThrow: () => getOrThrow(sql, schema, "t", 1),
    getMany: () => getMany(sql, schema, "t", [1, 2]),
    rowLoader: () => rowLoader(sql, schema, "t")(1),
    count: () => count(sql, schema, "t"),
    estimate: () => count(sql, schema, "t", { estimate: true }),
    exists: () => exists(sql, schema, "t"),
    groupBy: () => groupBy(sql, schema, "t", "name"),
    page: () => page(sql, schema, "t", { limit: 1, total: true }),
    rowsAndCount: () => rowsAndCount(sql, schema, "t"),
    pksAndRowsWhere: () => pksAndRowsWhere(sql, schema, "t"),
    streamRows: () => Array.fromAsync(streamRows(sql, schema, "t")),
    exportRows: async () =>
      await new Response(exportRows(sql, schema, "t", { format: "csv" }) as never).text(),
    exportJson: async () =>
      await new Response(exportRows(sql, schema, "t", { format: "json" }) as never).text(),
    q: () => q(sql, schema, expr`select 1 as a`, { readOnly: true }),
    qOne: () => qOne(sql, schema, expr`select 1 as a`, { readOnly: true }),
    item: () => item(sql, schema, expr`select 1 as a`, { readOnly: true }),
  };
  for (const [name, read] of Object.entries(reads)) {
    await read();
    expect([name, visitedServers()]).toEqual([name, "standby"]);
  }
});

test("a reader that stops at the first row of a stream leaves no transaction open", async () => {
  const { sql, untilReplica } = await openReplicas();
  await untilReplica();
  for await (const row of streamRows(sql, schema, "t", { batch: 1 })) {
    expect(row).toBeDefined();
    break;
  }
  const open = "select count(*)::int from pg_stat_activity where state like 'idle in transaction%'";
  expect(await standby.unsafe(open).values()).toEqual([[0]] as never);
});

test("everything else uses the primary", async () => {
  const { sql, visitedServers, untilReplica } = await openReplicas();
  const calls: Readonly<Record<string, () => PromiseLike<unknown>>> = {
    locked: () => rowsWhere(sql, schema, "t", { lock: "update" }),
    insert: () => insert(sql, schema, "t", { id: 2 }),
    update: () => update(sql, schema, "t", { id: 2, name: "b" }, { timeout: 60_000 }),
    deleteWhere: () => deleteWhere(sql, schema, "t", { where: { id: 2 } }),
    transaction: () => transaction(sql, tx => count(tx, schema, "t")),
    begin: () => sql.begin(tx => count(tx, schema, "t")),
    withLock: () => withLock(sql, "report", tx => count(tx, schema, "t")),
    q: () => q(sql, schema, expr`select 1 as a`),
    exec: () => exec(sql, schema, expr`update t set name = 'a' where id = 1`),
    template: () => sql`select 1`,
  };
  for (const [name, call] of Object.entries(calls)) {
    await untilReplica();
    await call();
    expect([name, visitedServers()]).toEqual([name, "primary"]);
  }
});

test("the handle keeps its kind when limits and traces wrap it", async () => {
  const { sql, visitedServers, untilReplica } = await openReplicas();
  await untilReplica();
  const seen: string[] = [];
  const outer = withDefaults(
    traced(sql, ({ text }) => seen.push(text)),
    { timeout: 60_000 },
  );
  expect(await get(outer, schema, "t", 1)).toEqual({ id: 1, name: "a" });
  expect([visitedServers(), seen]).toEqual([
    "standby",
    ['SELECT "id", "name" FROM "public"."t" WHERE "id" = $1::text::int4'],
  ]);
});

test("a read that writes runs on the primary", async () => {
  const { sql, visitedServers, untilReplica } = await openReplicas();
  await untilReplica();
  expect(await rowsWhere(sql, schema, "numbers")).toEqual([{ n: expect.any(String) }]);
  expect(visitedServers()).toBe("standby and primary");
  const write = expr`insert into ${table("t")} (id) values (3) returning id`;
  expect((await failure(q(sql, schema, write, { readOnly: true }))).message).toStartWith(
    "cannot execute INSERT in a read-only transaction [25006]",
  );
  expect(await exists(primary, schema, "t", { where: { id: 3 } })).toBe(false);
});

test("a statement that recovery cancels runs on the primary", async () => {
  await primary`create table busy (id int)`;
  await primary`insert into busy values (1)`;
  await standby.unsafe("alter system set max_standby_streaming_delay = 0");
  await standby`select pg_reload_conf()`;
  const { sql, visitedServers, untilReplica } = await openReplicas();
  await untilReplica();
  await until(async () => (await standby`select to_regclass('busy') is not null as is_there`)[0].is_there);
  const holder = await standby.reserve();
  await holder`select pg_advisory_lock(7)`;
  const read = item(sql, schema, expr`select id from busy, pg_advisory_xact_lock_shared(7)`, {
    readOnly: true,
  });
  read.catch(() => {});
  const waiting =
    "select exists (select from pg_locks where locktype = 'advisory' and not granted) as is_waiting";
  await until(async () => (await standby.unsafe(waiting))[0].is_waiting);
  await primary`alter table busy add column name text`;
  expect(await read).toBe(1);
  expect(visitedServers()).toBe("standby and primary");
  await holder`select pg_advisory_unlock(7)`;
  holder.release();
  await untilReplica();
});

test("while the replica is paused, reads see the session's writes on the primary", async () => {
  const { sql, visitedServers, untilReplica } = await openReplicas();
  await untilReplica();
  await standby`select pg_wal_replay_pause()`;
  await update(sql, schema, "t", { id: 1, name: "paused" });
  visitedServers();
  for (let n = 0; n < 20; n++) expect(await get(sql, schema, "t", 1)).toEqual({ id: 1, name: "paused" });
  expect(visitedServers()).toBe("primary");
  await standby`select pg_wal_replay_resume()`;
  await untilReplica();
  expect(await get(sql, schema, "t", 1)).toEqual({ id: 1, name: "paused" });
});

test("a session continues from its position", async () => {
  const { sql } = await openReplicas();
  const reads = replicasOf(sql)!;
  expect(await reads.position()).toBeUndefined();
  await standby`select pg_wal_replay_pause()`;
  await update(sql, schema, "t", { id: 1, name: "continued" });
  const position = await reads.position();
  expect(position).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  const next = reads.session(position);
  expect(await get(next, schema, "t", 1)).toEqual({ id: 1, name: "continued" });
  const unknown = reads.session("'; drop table t");
  expect(await get(unknown, schema, "t", 1)).toEqual({ id: 1, name: "continued" });
  await standby`select pg_wal_replay_resume()`;
});

test("no row is older than the allowed staleness", async () => {
  const limit = 150;
  const { sql, visitedServers } = await openReplicas(limit);
  await until(async () => {
    visitedServers();
    await get(sql, schema, "t", 1);
    return visitedServers() === "standby";
  });
  await standby`select pg_wal_replay_pause()`;
  await primary`update t set name = 'fresh' where id = 1`;
  const committed = performance.now();
  await until(async () => {
    const start = performance.now();
    const row = await get(sql, schema, "t", 1);
    if (row?.name !== "fresh") expect(start - committed).toBeLessThanOrEqual(limit);
    return row?.name === "fresh";
  });
  await standby`select pg_wal_replay_resume()`;
});

test("invalid arguments are rejected", async () => {
  const messages = [
    () => replicas(primary, standby as never),
    () => replicas(primary, [{} as never]),
    () => replicas(primary, [standby], { staleness: 0 }),
    () => replicas(primary, [standby], { staleness: "none" as never }),
    () => replicas(primary, [standby], { delay: 1 } as never),
  ].map(call => {
    try {
      return call();
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(messages).toEqual([
    "replicas must be an array, received a function",
    "sql must be a Bun SQL handle (a pool, a reserved connection or a transaction)",
    'staleness must be "session" or a positive number of milliseconds, received 0',
    'staleness must be "session" or a positive number of milliseconds, received "none"',
    expect.stringContaining('replicas has no option "delay"'),
  ]);
  const rejected = await failure(primary.begin(tx => replicas(tx, []) as never));
  expect(rejected.message).toBe(
    "primary must be a pool; a transaction or a reserved connection has one server",
  );
});

test("error messages do not contain values that the primary's handle redacts", async () => {
  const sql = replicas(
    traced(primary, () => {}, { redact: ["t.id"] }),
    [standby],
  );
  const { message } = await failure(insert(sql, schema, "t", { id: 1 }));
  expect(message).toStartWith("t.id: the value is already taken [");
});
