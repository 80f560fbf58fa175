// Many calls on a pool of 4 connections, most of which are aborted after a random time. ROWFN_ABORTED_CALLS sets their
// number.
import { expect, test } from "bun:test";
import {
  get,
  insert,
  insertMany,
  type Limits,
  rowsAndCount,
  run,
  type Statement,
  streamRows,
  TimeoutError,
  upsertMany,
} from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";
import { TIME_LIMIT_MS } from "../support/time-limit.ts";

const CALLS = Number(process.env["ROWFN_ABORTED_CALLS"] ?? 400);
const WORKERS = 12;
const POOL = 4;

const { database, schema, plain } = await testTables(
  `create table box (id int primary key, name text);
   create table item (id int primary key, box_id int references box);
   create table mark (id int primary key);
   create function nap(seconds float8, tag int) returns int language plpgsql volatile as
     $$ begin perform pg_sleep(seconds); return tag; end $$;
   insert into box select id, 'box ' || id from generate_series(1, 50) id;
   insert into item select id, 1 + id % 50 from generate_series(1, 200) id`,
);
const sql = database.connect({ max: POOL, connection: { application_name: "aborted calls" } });

interface Call {
  readonly run: (limits: Limits) => Promise<unknown>;
  /** The result of a call that is not aborted. */
  readonly expected: unknown;
  /** A row of `mark` that exists if and only if the call has succeeded. */
  readonly mark?: number;
}

const BOX = { id: 1, name: "box 1" };
const ITEMS = [50, 100, 150, 200].map(id => ({ id, box_id: 1 }));

/** A statement that takes up to 6 milliseconds and returns a number. */
const nap = (number: number): Statement => ({
  text: "select nap($1::text::float8, $2::text::int4)",
  params: [String((Math.random() * 6) / 1_000), String(number)],
});

const KINDS: readonly ((number: number) => Call)[] = [
  number => ({ run: limits => run(sql, nap(number), limits), expected: [{ nap: number }] }),
  number => ({
    // The other statement of the transaction fails only if the call was canceled.
    run: limits =>
      sql.begin(async tx => {
        const before = Promise.allSettled([run(tx, nap(0))]);
        const call = run(tx, nap(number), limits);
        const after = Promise.allSettled([run(tx, nap(0))]);
        return [await call, (await before)[0].status, (await after)[0].status];
      }),
    expected: [[{ nap: number }], "fulfilled", "fulfilled"],
  }),
  () => ({
    run: limits => get(sql, schema, "box", 1, { include: { item: { orderBy: "id" } }, ...limits }),
    expected: { ...BOX, item: ITEMS },
  }),
  () => ({
    run: limits => rowsAndCount(sql, schema, "box", { where: { id: 1 }, ...limits }),
    expected: { rows: [BOX], count: 1 },
  }),
  () => ({
    run: async limits =>
      (await Array.fromAsync(streamRows(sql, schema, "box", { batch: 10, ...limits }))).length,
    expected: 50,
  }),
  mark => ({
    run: limits => insert(sql, schema, "mark", { id: mark }, limits),
    expected: { id: mark },
    mark,
  }),
  mark => ({
    run: limits => insertMany(sql, schema, "mark", [{ id: mark }, { id: -mark }].values(), limits),
    ...{ expected: 2, mark },
  }),
  mark => ({
    run: limits =>
      sql.begin(async tx => {
        await insert(tx, schema, "mark", { id: mark }, limits);
        await run(tx, nap(mark), limits);
      }),
    ...{ expected: undefined, mark },
  }),
  number => ({
    run: limits => upsertMany(sql, schema, "mark", manyRows(number), limits),
    ...{ expected: 2_000, mark: manyRows(number)[0]!.id },
  }),
];

function manyRows(number: number): { readonly id: number }[] {
  return Array.from({ length: 2_000 }, (_, index) => ({ id: 1_000_000 + number * 2_000 + index }));
}

const failures: unknown[] = [];
const written: number[] = [];
const unwritten: number[] = [];

/** Makes a call; about a third of the calls are not aborted. */
async function makeCall(number: number): Promise<void> {
  const call = KINDS[number % KINDS.length]!(number);
  const reason = new Error(`call ${number} was aborted`);
  const stop = new AbortController();
  const moment = Math.random() * 10;
  const way = Math.floor(Math.random() * 3);
  const limits = [{}, { signal: stop.signal }, { timeout: 1 + moment }][way]!;
  const timer = setTimeout(() => stop.abort(reason), moment);
  const [settled] = await Promise.allSettled([call.run(limits)]);
  clearTimeout(timer);
  const isDone = settled.status === "fulfilled";
  if (call.mark !== undefined) (isDone ? written : unwritten).push(call.mark);
  const isRight = isDone
    ? Bun.deepEquals(settled.value, call.expected)
    : way === 1
      ? settled.reason === reason
      : way === 2 && settled.reason instanceof TimeoutError;
  if (!isRight) failures.push({ number, kind: number % KINDS.length, way, settled });
}

const idsOf = async (ids: readonly number[]): Promise<unknown[]> =>
  (await plain(`select id from mark where id = any ('{${ids.join(",")}}')`)).flat();

const SESSIONS = `select state from pg_stat_activity where application_name = 'aborted calls'`;

test(
  `${CALLS} calls, most of them aborted: no other call fails, no statement is left, and all connections are usable`,
  async () => {
    let number = 0;
    const worker = async (): Promise<void> => {
      while (number < CALLS) await makeCall(++number);
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    expect(failures).toEqual([]);
    expect((await idsOf(written)).length).toBe(written.length);
    expect(await idsOf(unwritten)).toEqual([]);
    await until(async () => (await plain(`${SESSIONS} and state <> 'idle'`)).length === 0);
    const connections = await Promise.all(Array.from({ length: POOL }, () => sql.reserve()));
    const pids = await Promise.all(connections.map(one => one`select pg_backend_pid() as pid`));
    expect(new Set(pids.map(([row]) => row.pid)).size).toBe(POOL);
    for (const connection of connections) connection.release();
    await until(async () => (await plain(SESSIONS)).length === POOL);
  },
  Math.max(TIME_LIMIT_MS, CALLS * 50),
);
