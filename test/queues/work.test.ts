import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { ArgumentError, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { unwakeSql, wakeSql, work } from "../../src/queues/index.ts";
import { startPostgres, type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";

const TABLES = `
  create table job (id int generated always as identity primary key, status text not null default 'pending');
  create index on job (id) where status = 'pending';
  create table handled (job int not null, worker int)`;

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: TABLES });
  sql = database.connect({ max: 6 });
  schema = await loadSchema(sql);
  for (const text of wakeSql(schema, "job")) await sql.unsafe(text);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql.unsafe("truncate job, handled");
});

const pending = async (): Promise<number> =>
  (await sql`select count(*)::int as n from job where status = 'pending'`)[0].n;

test("wakeSql creates the trigger and can be run again, and unwakeSql drops it", async () => {
  const made = [
    `CREATE OR REPLACE FUNCTION "public"."rowfn_jobs public.handled"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_notify(''rowfn_jobs public.handled'', ''''); RETURN NULL; END'`,
    'CREATE OR REPLACE TRIGGER "rowfn_jobs public.handled" AFTER INSERT ON "public"."handled" FOR EACH STATEMENT EXECUTE FUNCTION "public"."rowfn_jobs public.handled"()',
    'ALTER TABLE "public"."handled" ENABLE ALWAYS TRIGGER "rowfn_jobs public.handled"',
  ];
  expect(wakeSql(schema, "handled")).toEqual(made);
  const triggers = async () =>
    (await sql`select tgname from pg_trigger where tgrelid = 'handled'::regclass`.values()).map(
      (row: string[]) => row[0],
    );
  for (const text of [...made, ...made]) await sql.unsafe(text);
  expect(await triggers()).toEqual(["rowfn_jobs public.handled"]);
  for (const text of unwakeSql(schema, "handled")) await sql.unsafe(text);
  expect(await triggers()).toEqual([]);
});

test("an insert wakes idle workers before they poll", async () => {
  const stop = new AbortController();
  const seen: unknown[] = [];
  const running = work(sql, schema, "job", job => void seen.push(job["id"]), {
    concurrency: 3,
    poll: 600_000,
    signal: stop.signal,
  });
  await until(async () => {
    await sql`insert into job default values`;
    return seen.length > 5;
  });
  await until(async () => (await pending()) === 0);
  stop.abort();
  expect(await running).toBe(seen.length);
});

test("without a signal workers run until one of them fails", async () => {
  await sql`insert into job default values`;
  const onJob = (): void => {
    throw new RangeError("enough");
  };
  expect(await failure(work(sql, schema, "job", () => {}, { onJob }))).toEqual(new RangeError("enough"));
  expect(await pending()).toBe(0);
});

test("without notifications idle workers poll", async () => {
  const stop = new AbortController();
  const running = work(sql, schema, "job", () => {}, { poll: 20, signal: stop.signal });
  await sql.begin(async tx => {
    await tx.unsafe("set local session_replication_role = replica");
    await tx.unsafe("insert into job default values");
  });
  await until(async () => (await pending()) === 0);
  stop.abort();
  expect(await running).toBe(1);
});

test("stopped workers finish their jobs and claim no further jobs", async () => {
  await sql`insert into job select from generate_series(1, 10)`;
  const stop = new AbortController();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let started = 0;
  const handler = async (): Promise<void> => {
    started++;
    await gate;
  };
  const running = work(sql, schema, "job", handler, { concurrency: 3, signal: stop.signal });
  await until(() => started === 3);
  stop.abort();
  open();
  expect(await running).toBe(3);
  expect(await pending()).toBe(7);
});

test("a stopped worker that waits for a connection claims no job", async () => {
  await sql`insert into job select from generate_series(1, 10)`;
  const one = database.connect({ max: 1 });
  const stop = new AbortController();
  const running = work(one, schema, "job", () => stop.abort(), { concurrency: 3, signal: stop.signal });
  expect(await running).toBe(1);
  expect(await pending()).toBe(9);
});

test("a worker that is stopped during its claim does not start the job", async () => {
  await sql`insert into job select from generate_series(1, 10)`;
  const stop = new AbortController();
  const onStatement = (): void => stop.abort();
  expect(
    await work(sql, schema, "job", () => expect.unreachable(), { signal: stop.signal, onStatement }),
  ).toBe(0);
  expect(await pending()).toBe(10);
});

test("a failed job does not stop the workers, but a job that cannot be finished does", async () => {
  await sql`insert into job select from generate_series(1, 3)`;
  const stop = new AbortController();
  const ends: string[] = [];
  const running = work(sql, schema, "job", () => Promise.reject(new Error("no")), {
    signal: stop.signal,
    onJob: ({ status }) => void (ends.push(status) === 3 && stop.abort()),
  });
  expect([await running, ends]).toEqual([3, ["failed", "failed", "failed"]]);
  await sql`insert into job default values`;
  await sql`alter table job add constraint never_done check (status <> 'done')`;
  const broken = work(sql, schema, "job", () => {}, { concurrency: 2 });
  expect(await broken.catch(error => error.name)).toBe("ConstraintError");
  await sql`alter table job drop constraint never_done`;
  expect(await work(sql, schema, "job", () => {}, { concurrency: 0 }).catch(error => error)).toBeInstanceOf(
    ArgumentError,
  );
});

test("workers survive lost connections and process each job once", async () => {
  await sql`insert into job select from generate_series(1, 200)`;
  const own = database.connect({ max: 4 });
  const stop = new AbortController();
  let lost = 0;
  const handler = (job: Record<string, unknown>, tx: Bun.TransactionSQL) =>
    tx`insert into handled values (${job["id"]}, pg_backend_pid())`;
  const running = work(own, schema, "job", handler, {
    concurrency: 3,
    poll: 20,
    signal: stop.signal,
    onLost: () => void lost++,
  });
  for (const left of [150, 100, 50]) {
    await until(async () => (await pending()) < left);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid in (select worker from handled)`;
  }
  await until(async () => (await pending()) === 0);
  stop.abort();
  await running;
  expect(lost).toBeGreaterThan(0);
  const [row] = await sql`select count(*)::int as rows, count(distinct job)::int as jobs from handled`;
  expect(row).toEqual({ rows: 200, jobs: 200 });
});

test("a worker that loses its connection polls before it claims again", async () => {
  await sql`insert into job default values`;
  const own = database.connect({ max: 3 });
  const stop = new AbortController();
  const losses: number[] = [];
  await work(own, schema, "job", (_job, tx) => tx`select pg_terminate_backend(pg_backend_pid())`, {
    poll: 500,
    signal: stop.signal,
    onLost: () => {
      if (losses.push(performance.now()) === 2) stop.abort();
    },
  });
  expect(losses[1]! - losses[0]!).toBeGreaterThan(490);
  expect(await pending()).toBe(1);
});

test("workers survive a server crash and process each job once", async () => {
  // Committed rows must survive the crash.
  const server = await startPostgres({ settings: { synchronous_commit: "on" } });
  const own = new Bun.SQL(server.url, { max: 5 });
  await own.unsafe(TABLES);
  await own`insert into job select from generate_series(1, 100)`;
  const stop = new AbortController();
  let lost = 0;
  const handler = (job: Record<string, unknown>, tx: Bun.TransactionSQL) =>
    tx`insert into handled values (${job["id"]}, pg_backend_pid())`;
  const running = work(own, await loadSchema(own), "job", handler, {
    concurrency: 2,
    poll: 20,
    signal: stop.signal,
    onLost: () => void lost++,
  });
  const handledCount = async (): Promise<number> =>
    Number((await own`select count(distinct job) as n from handled`.catch(() => []))[0]?.n ?? 0);
  await until(async () => (await handledCount()) > 20);
  const [{ worker }] = await own`select worker from handled limit 1`;
  process.kill(worker, "SIGKILL");
  await until(async () => (await handledCount()) === 100);
  stop.abort();
  await running;
  expect(lost).toBeGreaterThan(0);
  expect(await own`select count(*)::int as rows from handled`).toEqual([{ rows: 100 }] as never);
  await own.close({ timeout: 0 });
  await server.stop();
});

test("4 processes, two of which are killed, process 2,000 jobs exactly once", async () => {
  const start = () =>
    Bun.spawn([process.execPath, join(import.meta.dir, "../support/worker-process.ts"), database.url], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
  const workers = [start(), start(), start(), start()];
  try {
    for (const worker of workers) await worker.stdout.getReader().read();
    await sql`insert into job select from generate_series(1, 2000)`;
    for (const [victim, left] of [
      [0, 1_400 + Math.random() * 500],
      [1, 800 + Math.random() * 500],
    ] as const) {
      await until(async () => (await pending()) < left && (await hasFinished(workers[victim]!.pid)));
      workers[victim]!.kill("SIGKILL");
    }
    await until(async () => (await pending()) === 0);
    for (const worker of workers.slice(2)) worker.kill("SIGTERM");
    const codes = await Promise.all(workers.map(worker => worker.exited));
    expect(codes).toEqual([137, 137, 0, 0]);
    const [row] = await sql`
      select count(*)::int as rows, count(distinct job)::int as jobs, count(distinct worker)::int as workers,
        (select count(*)::int from job where status = 'done') as done from handled`;
    expect(row).toEqual({ rows: 2_000, jobs: 2_000, workers: 4, done: 2_000 });
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
  }
});

async function hasFinished(worker: number): Promise<boolean> {
  return (await sql`select from handled where worker = ${worker} limit 1`).length > 0;
}
