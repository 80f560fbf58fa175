import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot, scope } from "../../src/index.ts";
import {
  type Change,
  pruneLogSql,
  unwatchSql,
  type WatchOptions,
  watch,
  watchSql,
} from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({
    template:
      "create table thing (id int primary key, tenant int not null default 1, n int not null default 0)",
    handle: { max: 4 },
  });
  sql = database.sql;
  schema = await loadSchema(sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const text of [...unwatchSql(schema, "thing"), "truncate thing"]) await sql.unsafe(text);
  for (const text of Array.from({ length: 2 }, () => watchSql(schema, "thing", { log: true })).flat())
    await sql.unsafe(text);
});

type Row = Record<string, unknown>;

interface Watching {
  readonly got: Change<Row>[];
  /** Gaps, `listen`, and positions. */
  readonly calls: string[];
  readonly positions: string[];
  readonly stop: () => Promise<void>;
}

function watching(options: WatchOptions<Row> = {}, mine = schema): Watching {
  const got: Change<Row>[] = [];
  const calls: string[] = [];
  const positions: string[] = [];
  const end = new AbortController();
  const all = {
    ...{ signal: end.signal, onGap: (why: string) => calls.push(why), onListen: () => calls.push("listen") },
    ...{ onPosition: (position: string) => positions.push(position), ...options },
  };
  const loop = (async () => {
    for await (const change of watch(sql, mine, "thing", all as never)) got.push(change as Change<Row>);
  })();
  const stop = async (): Promise<void> => {
    end.abort();
    await loop;
  };
  return { got, calls, positions, stop };
}

/** Watches until the first position is reported, and returns it. */
async function startPosition(): Promise<string> {
  const { positions, stop } = watching();
  await until(() => positions.length > 0);
  await stop();
  return positions[0]!;
}

const summary = (got: readonly Change<Row>[]) => got.map(({ type, key }) => [type, key["id"]]);

test("missed changes since a position are reported, and onGap is not called", async () => {
  const since = await startPosition();
  await sql`insert into thing values (1), (2)`;
  await sql`delete from thing where id = 1`;
  const { got, calls, stop } = watching({ since });
  await until(() => got.length === 2);
  await sql`update thing set n = 9 where id = 2`;
  await until(() => got.length === 3);
  await stop();
  // Row 1 has been deleted when its insert is read.
  expect(summary(got)).toEqual([
    ["insert", 2],
    ["delete", 1],
    ["update", 2],
  ]);
  expect(calls).toEqual([]);
  const later = watching({ since: got[1]!.position! });
  await until(() => later.got.length === 1);
  expect(later.got).toEqual([got[2]!]);
  await later.stop();
});

test("an aborted signal ends the loop, although missed changes have not been reported", async () => {
  const since = await startPosition();
  await sql`insert into thing values (1), (2), (3)`;
  const end = new AbortController();
  const found: unknown[] = [];
  for await (const { key } of watch(sql, schema, "thing", { since, signal: end.signal })) {
    found.push(key);
    end.abort();
  }
  expect(found).toEqual([{ id: 1 }]);
});

test("a change of a transaction that began earlier and was committed later is not missed", async () => {
  const end = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const early = sql.begin(async tx => {
    await tx`insert into thing values (1)`;
    written.resolve();
    await end.promise;
  });
  await written.promise;
  const first = watching();
  await until(() => first.positions.length > 0);
  await sql`insert into thing values (2)`;
  await until(() => first.got.length === 1);
  await first.stop();
  end.resolve();
  await early;
  const second = watching({ since: first.got[0]!.position! });
  await until(() => second.got.length === 1);
  await second.stop();
  expect(summary(second.got)).toEqual([["insert", 1]]);
  const third = watching({ since: first.positions[0]! });
  await until(() => third.got.length === 2);
  await third.stop();
  expect(summary(third.got).sort()).toEqual([
    ["insert", 1],
    ["insert", 2],
  ]);
});

test.each([
  [1_000, 1_000, []],
  [1_001, 0, ["listen"]],
] as const)(
  "of %i missed changes %i are reported, and otherwise there is a gap",
  async (missed, reported, heard) => {
    const since = await startPosition();
    await sql`insert into thing select generate_series(1, ${missed}::int)`;
    const { got, calls, positions, stop } = watching({ since });
    await until(() => got.length === reported && positions.length + got.length > 0);
    await stop();
    expect(calls).toEqual([...heard]);
  },
);

test("changes while the connection is lost are not a gap", async () => {
  const { got, calls, positions, stop } = watching();
  await until(() => positions.length > 0);
  await sql
    .unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%';
      insert into thing values (1)`)
    .simple();
  await until(() => got.length > 0);
  expect(new Set(summary(got).map(String))).toEqual(new Set(["insert,1"]));
  expect(calls).toEqual(["listen"]);
  await stop();
});

test("more waiting changes than the limit are not a gap", async () => {
  const { got, calls, positions, stop } = watching({ limit: 2 });
  await until(() => positions.length > 0);
  await sql`insert into thing select generate_series(1, 50)`;
  await until(() => new Set(got.map(({ key }) => key["id"])).size === 50);
  expect(calls).toEqual(["listen"]);
  await stop();
});

test("a position that the log no longer contains, or never contained, is a gap", async () => {
  const since = await startPosition();
  await sql`insert into thing values (1)`;
  await sql`insert into thing values (2)`;
  const log = '"rowfn_log public.thing"';
  await sql.unsafe(`update ${log} set at = now() - interval '1 day'`);
  await sql`insert into thing values (3)`;
  await sql.unsafe(pruneLogSql(schema, "thing", "1 hour"));
  const left = await sql.unsafe(`select payload from ${log} order by id`);
  expect(left.map(({ payload }: { payload: string }) => payload)).toEqual([
    'insert\n{"id" : 2}\n',
    'insert\n{"id" : 3}\n',
  ]);
  const odd = [
    "",
    "x",
    "1:0:",
    "1.1",
    "999999999999999999.9999999999999999999",
    "9999999999999999999:9:",
    "4'",
  ];
  for (const one of [since, ...odd]) {
    const { got, calls, positions, stop } = watching({ since: one });
    await until(() => calls.length > 0);
    expect([one, calls, got]).toEqual([one, ["listen"], []]);
    expect(positions).toHaveLength(1);
    await stop();
  }
});

test("a position from before the log was recreated or dropped is a gap", async () => {
  const since = await startPosition();
  for (const text of watchSql(schema, "thing")) await sql.unsafe(text);
  await sql`insert into thing values (1)`;
  const without = watching({ since });
  await until(() => without.calls.length > 0);
  expect(without.calls).toEqual(["listen"]);
  await without.stop();
  for (const text of watchSql(schema, "thing", { log: true })) await sql.unsafe(text);
  const again = watching({ since });
  await until(() => again.calls.length > 0);
  expect([again.calls, again.got]).toEqual([["listen"], []]);
  await again.stop();
});

test("the changes of a server from whose dump the database was restored are not reported, and deleted by pruneLogSql", async () => {
  const log = '"rowfn_log public.thing"';
  await sql`insert into thing values (1), (2)`;
  await sql.unsafe(`insert into ${log} (xact, snapshot, at, payload) select '1000000000', '1000000000:1000000000:', '2020-01-01',
    payload from (values ('delete' || E'\n' || '{"id" : 1}' || E'\n'), ('')) as restored (payload)`);
  const [[since]] = await sql
    .unsafe(`select id || '.' || xact from ${log} where payload like '%2%'`)
    .values();
  await sql`insert into thing values (3)`;
  const { got, calls, stop } = watching({ since });
  await until(() => got.length > 0);
  await sql`insert into thing values (4)`;
  await until(() => got.length > 1);
  await stop();
  expect(summary(got)).toEqual([
    ["insert", 3],
    ["insert", 4],
  ]);
  expect(calls).toEqual([]);
  await sql.begin(async tx => {
    await tx`insert into thing values (5)`;
    await tx.unsafe(pruneLogSql(schema, "thing", "1 hour"));
  });
  expect(await sql.unsafe(`select payload from ${log} order by id`).values()).toEqual(
    ["", ...[1, 2, 3, 4, 5].map(id => `insert\n{"id" : ${id}}\n`)].map(payload => [payload]) as never,
  );
});

test("TRUNCATE is a gap, also if it was missed", async () => {
  const since = await startPosition();
  await sql`truncate thing`;
  const { calls, stop } = watching({ since });
  await until(() => calls.length > 0);
  expect(calls).toEqual(["truncate"]);
  await stop();
});

test("missed changes of other tenants are not reported, but advance the position", async () => {
  const since = await startPosition();
  await sql`insert into thing values (1, 1), (2, 2)`;
  await sql`delete from thing where id = 2`;
  const { got, positions, stop } = watching({ since }, scope(schema, { thing: { tenant: 1 } }));
  await until(() => got.length === 1 && positions.length === 2);
  expect(summary(got)).toEqual([["insert", 1]]);
  await stop();
});

test("a role that changes rows needs no privileges on the log", async () => {
  const role = `writer_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role ${role}; grant insert on thing to ${role}`).simple();
  try {
    await sql.begin(async tx => {
      await tx.unsafe(`set local role ${role}`);
      await tx`insert into thing values (1)`;
    });
    const log = await sql.unsafe("select from \"rowfn_log public.thing\" where payload <> ''");
    expect(log).toHaveLength(1);
  } finally {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`).simple();
  }
});

test("the log is excluded from a snapshot, and unwatchSql drops it", async () => {
  expect((await loadSchema(sql)).relations.map(({ name }) => name)).toEqual(["thing"]);
  for (const text of unwatchSql(schema, "thing")) await sql.unsafe(text);
  expect(await sql`select relname from pg_class where relname like 'rowfn_%'`).toHaveLength(0);
});
