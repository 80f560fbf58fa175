// `signal` and `timeout` of every function that sends something: a lock makes its statement wait until it is canceled.
import { expect, test } from "bun:test";
import { exportRows } from "../../src/files/index.ts";
import {
  count,
  deleteRow,
  deleteWhere,
  exec,
  exists,
  expr,
  get,
  getMany,
  groupBy,
  insert,
  insertMany,
  type Limits,
  link,
  lookup,
  page,
  q,
  rowLoader,
  rowsAndCount,
  rowsWhere,
  run,
  script,
  streamRows,
  TimeoutError,
  update,
  updateMany,
  updateWhere,
  upsert,
  upsertMany,
  withDefaults,
} from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { type LimitedCall, lockedTables, testLimits } from "../support/limited-calls.ts";
import { testTables } from "../support/test-tables.ts";

const tables = await testTables(
  `create table box (id int primary key, name text unique);
   create table item (id int primary key, box_id int references box, note text);
   create table tag (id int primary key);
   create table item_tag (item_id int references item, tag_id int references tag, primary key (item_id, tag_id))`,
  `truncate box, item, tag, item_tag;
   insert into box select id, 'box ' || id from generate_series(1, 5) id;
   insert into item select id, 1, 'item ' || id from generate_series(1, 5) id;
   insert into tag values (1)`,
);

const { database, schema, plain } = tables;
const sql = database.connect({ max: 3 });
const locked = lockedTables(tables, "box, item, tag, item_tag");

const rows = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, index) => ({ id: 1_000 + index }));

const CALLS: Readonly<Record<string, LimitedCall>> = {
  get: (sql, limits) => get(sql, schema, "box", 1, limits),
  "get with include": (sql, limits) => get(sql, schema, "box", 1, { include: { item: true }, ...limits }),
  getMany: (sql, limits) => getMany(sql, schema, "box", [1, 2], limits),
  rowsWhere: (sql, limits) => rowsWhere(sql, schema, "box", limits),
  rowsAndCount: (sql, limits) => rowsAndCount(sql, schema, "box", limits),
  count: (sql, limits) => count(sql, schema, "box", limits),
  exists: (sql, limits) => exists(sql, schema, "box", limits),
  groupBy: (sql, limits) => groupBy(sql, schema, "box", "name", { aggregates: { n: "count" }, ...limits }),
  page: (sql, limits) => page(sql, schema, "box", { orderBy: "id", limit: 2, ...limits }),
  "page with total": (sql, limits) =>
    page(sql, schema, "box", { orderBy: "id", limit: 2, total: true, ...limits }),
  streamRows: (sql, limits) => Array.fromAsync(streamRows(sql, schema, "box", limits)),
  insert: (sql, limits) => insert(sql, schema, "box", { id: 9 }, limits),
  "insertMany of few rows": (sql, limits) => insertMany(sql, schema, "box", rows(3), limits),
  "insertMany by COPY": (sql, limits) => insertMany(sql, schema, "box", rows(500), limits),
  update: (sql, limits) => update(sql, schema, "box", { id: 1, name: "new" }, limits),
  updateMany: (sql, limits) => updateMany(sql, schema, "box", [{ id: 1, name: "new" }], limits),
  updateWhere: (sql, limits) =>
    updateWhere(sql, schema, "box", { name: "new" }, { where: { id: 1 }, ...limits }),
  upsert: (sql, limits) => upsert(sql, schema, "box", { id: 1, name: "new" }, limits),
  upsertMany: (sql, limits) => upsertMany(sql, schema, "box", rows(3), limits),
  "upsertMany by COPY": (sql, limits) => upsertMany(sql, schema, "box", rows(3_000), limits),
  deleteRow: (sql, limits) => deleteRow(sql, schema, "box", 5, limits),
  deleteWhere: (sql, limits) => deleteWhere(sql, schema, "box", { where: { id: 5 }, ...limits }),
  lookup: (sql, limits) => lookup(sql, schema, "box", { id: 9, name: "new" }, { key: ["name"], ...limits }),
  link: (sql, limits) => link(sql, schema, "item", 1, "tag", [1], limits),
  q: (sql, limits) => q(sql, schema, expr("select * from box"), limits),
  exec: (sql, limits) => exec(sql, schema, expr("update box set name = null"), limits),
  script: (sql, limits) => script(sql, "update box set name = null; delete from item", limits),
  run: (sql, limits) => run(sql, { text: "select * from box", params: [] }, limits),
};

async function expectUnchanged(): Promise<void> {
  expect(await plain("select count(*)::int, count(name)::int, max(name) from box")).toEqual([
    [5, 5, "box 5"],
  ]);
  expect(await plain("select count(*)::int from item")).toEqual([[5]]);
  expect(await plain("select count(*)::int from item_tag")).toEqual([[0]]);
}

testLimits({ sql, locked, calls: CALLS, expectUnchanged, text: /box|item|tag/ });

test("a call that is still waiting for a connection is not sent, and the error says so", async () => {
  const held = await Promise.all([sql.reserve(), sql.reserve(), sql.reserve()]);
  const stop = new AbortController();
  const waits = failure(insert(sql, schema, "box", { id: 9 }, { signal: stop.signal }));
  const error = await failure(insert(sql, schema, "box", { id: 9 }, { timeout: 50 }));
  expect(error).toEqual(new TimeoutError("no connection was free within 50 ms; nothing was sent"));
  expect((error as TimeoutError).text).toBeUndefined();
  stop.abort();
  expect((await waits).name).toBe("AbortError");
  for (const connection of held) connection.release();
  await expectUnchanged();
});

/** Holds a lock until the returned function is called. */
async function holdLock(): Promise<() => Promise<void>> {
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(9)`;
  return async () => {
    await holder`select pg_advisory_unlock(9)`;
    holder.release();
  };
}

test("a call with a connection whose rows do not arrive says that it has sent nothing", async () => {
  const rows = async function* (): AsyncGenerator<{ id: number }> {
    await new Promise(() => {});
  };
  const own = await sql.reserve();
  const error = await failure(insertMany(own, schema, "box", rows(), { timeout: 50 }));
  own.release();
  expect(error).toEqual(new TimeoutError("the call took longer than 50 ms; nothing was sent"));
  await expectUnchanged();
});

test("a call in a transaction ends at its deadline, not after the slow statement before it", async () => {
  const release = await holdLock();
  const { slow } = await sql.begin(async tx => {
    const slow = tx`select pg_advisory_xact_lock(9)`.execute();
    const error = await failure(insert(tx, schema, "box", { id: 9 }, { timeout: 50 })).finally(release);
    expect(error).toBeInstanceOf(TimeoutError);
    return { slow };
  });
  expect(await slow).toHaveLength(1);
  await expectUnchanged();
});

test("canceling a statement that waits for another one on the same connection does not cancel that one", async () => {
  const release = await holdLock();
  const connection = await sql.reserve();
  const slow = connection`select pg_advisory_xact_lock(9), 1 as done`;
  const first = slow.execute();
  const following = connection`select 2 as done`.execute();
  const error = await failure(insert(connection, schema, "box", { id: 9 }, { timeout: 50 }));
  await release();
  const next = await following;
  expect([error.name, (await first)[0].done, next[0].done]).toEqual(["TimeoutError", 1, 2]);
  connection.release();
  await expectUnchanged();
});

test("a savepoint ends with its call, and the outer transaction continues", async () => {
  const tried = await sql.begin(async tx => {
    await insert(tx, schema, "box", { id: 20 });
    const error = await failure(
      insertMany(
        tx,
        schema,
        "box",
        (async function* () {
          yield { id: 21 };
          await new Promise(() => {});
        })(),
        { timeout: 50 },
      ),
    );
    await insert(tx, schema, "box", { id: 22 });
    return error;
  });
  expect(tried).toBeInstanceOf(TimeoutError);
  expect(await plain("select id from box where id >= 20 order by id")).toEqual([[20], [22]]);
});

test("a stream that is stopped between two rows ends its transaction immediately", async () => {
  const stop = new AbortController();
  const reason = new RangeError("enough");
  const stream = streamRows(sql, schema, "box", { batch: 1, signal: stop.signal });
  await stream.next();
  stop.abort(reason);
  await until(
    async () =>
      (
        await plain(
          "select from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()",
        )
      ).length === 0,
  );
  expect(await failure(Array.fromAsync(stream))).toBe(reason);
});

test("limits are validated before anything is sent", async () => {
  const calls = [
    { timeout: 0 },
    { timeout: -1 },
    { timeout: Number.NaN },
    { timeout: 2 ** 31 },
    { signal: {} },
  ];
  for (const limits of calls)
    expect((await failure(count(sql, schema, "box", limits as Limits))).name).toBe("ArgumentError");
  expect(() => withDefaults(sql, { timeout: 0 })).toThrow(
    "timeout must be a positive number of milliseconds, received 0",
  );
});

test("an option of a call overrides the default of the handle", async () => {
  const impatient = withDefaults(sql, { timeout: 1 });
  await locked.whileLocked(async () => {
    const error = await failure(count(impatient, schema, "box", { timeout: 80 }));
    expect(error.message).toContain(" 80 ms");
  });
});

test("the signal of a handle stops its calls, also those with a timeout of their own", async () => {
  const reason = new Error("the server stops");
  const stopped = withDefaults(sql, { signal: AbortSignal.abort(reason) });
  expect(await failure(insert(stopped, schema, "box", { id: 9 }))).toBe(reason);
  expect(await failure(insert(stopped, schema, "box", { id: 9 }, { timeout: 80_000 }))).toBe(reason);
  await expectUnchanged();
  for (const format of ["csv", "ndjson"] as const)
    expect(await failure(exportRows(stopped, schema, "box", { format }).bytes())).toBe(reason);
  const load = rowLoader(stopped, schema, "box");
  expect(await failure(load(1, { signal: new AbortController().signal }))).toBe(reason);
});

test("a limit of a handle with limits is added to the others, or replaces the one of its kind", async () => {
  const reason = new Error("the server stops");
  const open = new AbortController().signal;
  const impatient = withDefaults(sql, { timeout: 80 });
  await locked.whileLocked(async () => {
    for (const [handle, timeout] of [
      [withDefaults(impatient, { signal: open }), 80],
      [withDefaults(impatient, { timeout: 120 }), 120],
    ] as const)
      expect((await failure(count(handle, schema, "box"))).message).toContain(` ${timeout} ms`);
  });
  const stopped = withDefaults(sql, { signal: AbortSignal.abort(reason) });
  expect(await failure(count(withDefaults(stopped, { timeout: 80_000 }), schema, "box"))).toBe(reason);
});

test("the message of a TimeoutError has the beginning of a long statement, and the error has all of it", async () => {
  const text = `select pg_sleep(600) /* ${"x".repeat(100_000)} */`;
  const error = (await failure(script(sql, text, { timeout: 50 }))) as TimeoutError;
  expect([error.message.length < 5_000, error.text]).toEqual([true, text]);
});
