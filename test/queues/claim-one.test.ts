import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  ArgumentError,
  deleteRow,
  insert,
  loadSchema,
  type SchemaSnapshot,
  scope,
  TimeoutError,
  UnknownNameError,
  ValidationError,
} from "../../src/index.ts";
import { claimOne, giveUp, retryLater, work } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template:
      `create type state as enum ('pending', 'done', 'failed', 'buried');
      create table job (tenant int, made timestamptz default clock_timestamp(), status state not null default 'pending',
        attempts int, error text, run_at timestamptz, primary key (tenant, made));
      create table note (id int primary key, job int references job_number deferrable initially deferred);`.replace(
        "create table note",
        "create table job_number (id int primary key); create table note",
      ) +
      "create table plain (id int primary key, status text not null default 'pending', n numeric); create table stateless (id int primary key); create table progress (plain int references plain)",
  });
  sql = database.sql;
  schema = await loadSchema(sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql.unsafe("truncate job, note, plain, progress");
});

const jobs = (): Promise<unknown[]> =>
  sql`select tenant, status::text, attempts, error, run_at is null as "now" from job order by tenant, made`.values() as never;
const later = (): Promise<unknown> => sql`update job set run_at = now() - interval '1 s'`;
const dead = { statuses: { dead: "buried" }, tries: 3, backoff: () => 60_000 };

test("a job is done when its handler returns; its row has a key of two columns, exact to the microsecond", async () => {
  await sql`insert into job (tenant) values (1), (1), (2)`;
  const { sent, onStatement } = recorder();
  const result = await claimOne(sql, schema, "job", (job, _tx, attempt) => [job, attempt], {
    select: ["tenant"],
    onStatement,
  });
  expect(result).toEqual({ row: { tenant: 1 }, status: "done", attempt: 1, error: undefined });
  expect(await jobs()).toEqual([
    [1, "done", 1, null, true],
    [1, "pending", null, null, true],
    [2, "pending", null, null, true],
  ]);
  expect(sent.map(({ text }) => text)).toEqual([
    `SELECT "job"."tenant"::text AS "key1", "job"."made"::text AS "key2", "job"."attempts"::text AS "tried", "tenant" FROM "public"."job" WHERE (("status" = 'pending'::"public"."state") AND ("job"."run_at" IS NULL OR "job"."run_at" <= statement_timestamp())) ORDER BY "job"."tenant", "job"."made" LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`,
    'UPDATE "public"."job" SET "status" = $1::text::"public"."state", "attempts" = (coalesce("job"."attempts", 0) + 1), "error" = NULL WHERE "tenant" = $2::text::int4 AND "made" = $3::text::timestamptz',
  ]);
});

test("for an empty queue claimOne returns undefined and does not call the handler", async () => {
  expect(await claimOne(sql, schema, "job", () => expect.unreachable())).toBeUndefined();
});

test("a job whose handler throws has failed, and the handler's writes are rolled back", async () => {
  await sql`insert into job (tenant) values (1)`;
  const result = await claimOne(sql, schema, "job", async (_job, tx) => {
    await insert(tx, schema, "note", { id: 1 });
    throw new RangeError("no");
  });
  expect([result?.status, result?.error]).toEqual(["failed", new RangeError("no")]);
  expect(await jobs()).toEqual([[1, "failed", 1, "RangeError: no", true]]);
  expect(await sql`select * from note`).toHaveLength(0);
});

test("an SQL error that the handler catches and a violated deferred constraint also fail the job", async () => {
  await sql`insert into job (tenant) values (1), (2)`;
  const swallowed = await claimOne(sql, schema, "job", async (_job, tx) => {
    await tx`select 1 / 0`.catch(() => {});
  });
  const deferred = await claimOne(sql, schema, "job", (_job, tx) =>
    insert(tx, schema, "note", { id: 2, job: 99 }),
  );
  expect([swallowed?.status, deferred?.status]).toEqual(["failed", "failed"]);
  expect(((await jobs()) as string[][]).map(([tenant, status]) => [tenant, status])).toEqual([
    [1, "failed"],
    [2, "failed"],
  ] as never);
});

test("with tries a job is pending after each failure and dead after the last one", async () => {
  await sql`insert into job (tenant) values (1)`;
  const fail = () => Promise.reject(new Error("again"));
  const ends: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    const result = await claimOne(sql, schema, "job", fail, dead);
    ends.push([result?.status, result?.attempt]);
    if (round < 2) expect(await claimOne(sql, schema, "job", fail, dead)).toBeUndefined();
    await later();
  }
  expect(ends).toEqual([
    ["retry", 1],
    ["retry", 2],
    ["dead", 3],
  ]);
  expect(await jobs()).toEqual([[1, "buried", 3, "Error: again", false]]);
});

test("the backoff is counted from the end of the attempt", async () => {
  await sql`insert into job (tenant) values (1)`;
  await claimOne(sql, schema, "job", () => Promise.reject(new Error("x")), dead);
  const [[seconds]] = (await sql`select extract(epoch from run_at - now())::float8 from job`.values()) as [
    [number],
  ];
  expect(seconds > 30 && seconds <= 60).toBe(true);
});

test("an invalid backoff leaves the job unchanged", async () => {
  await sql`insert into job (tenant) values (1)`;
  for (const wrong of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    const failing = claimOne(sql, schema, "job", () => Promise.reject(new Error("x")), {
      ...dead,
      backoff: () => wrong,
    });
    await expect(failing).rejects.toThrow(
      new ArgumentError(`backoff must return a non-negative number of milliseconds, received ${wrong}`),
    );
  }
  expect(await jobs()).toEqual([[1, "pending", null, null, true]]);
});

test("retryLater and giveUp commit the handler's work", async () => {
  await sql`insert into job (tenant) values (1), (2)`;
  const handler = (outcome: unknown) => async (job: Record<string, unknown>, tx: Bun.TransactionSQL) => {
    await insert(tx, schema, "note", { id: job["tenant"] as number });
    return outcome;
  };
  const waits = await claimOne(sql, schema, "job", handler(retryLater(60_000, "busy")));
  const failed = await claimOne(sql, schema, "job", handler(giveUp("no address")));
  expect([waits?.status, failed?.status]).toEqual(["retry", "failed"]);
  expect(await jobs()).toEqual([
    [1, "pending", 1, "busy", false],
    [2, "failed", 1, "no address", true],
  ]);
  expect(await sql`select id from note order by id`.values()).toEqual([[1], [2]] as never);
  expect(() => retryLater(Number.NaN)).toThrow(ArgumentError);
});

test("a handler may delete its job", async () => {
  await sql`insert into plain values (1)`;
  const result = await claimOne(sql, schema, "plain", (job, tx) =>
    deleteRow(tx, schema, "plain", job["id"] as number),
  );
  expect(result?.status).toBe("done");
  expect(await sql`select * from plain`).toHaveLength(0);
});

test("a handler can insert rows that refer to its job on another connection", async () => {
  await sql`insert into plain values (1)`;
  const own = database.connect({ max: 1, connection: { lock_timeout: 2_000 } });
  const result = await claimOne(sql, schema, "plain", () => own`insert into progress values (1)`);
  expect(result).toMatchObject({ status: "done", error: undefined });
  expect(await sql`delete from progress returning plain`.values()).toEqual([[1]] as never);
});

test("a handler that exceeds the timeout is canceled and its job has failed", async () => {
  await sql`insert into plain values (1)`;
  const result = await claimOne(sql, schema, "plain", (_job, tx) => tx`select pg_sleep(30)`, {
    timeout: 100,
  });
  expect([result?.status, result?.error instanceof TimeoutError]).toEqual(["failed", true]);
});

test("a job whose connection is lost is pending again", async () => {
  await sql`insert into job (tenant) values (1)`;
  const lost = claimOne(sql, schema, "job", async (_job, tx) => {
    await insert(tx, schema, "note", { id: 1 });
    const [[pid]] = (await tx`select pg_backend_pid()`.values()) as [[number]];
    await database.connect({ max: 1 })`select pg_terminate_backend(${pid})`;
    await tx`select 1`;
  });
  expect(
    await lost.then(
      () => "no error",
      () => "an error",
    ),
  ).toBe("an error");
  expect(await jobs()).toEqual([[1, "pending", null, null, true]]);
  expect(await sql`select * from note`).toHaveLength(0);
});

test("inside a transaction the job is processed in it", async () => {
  await sql`insert into plain values (1)`;
  const error = await failure(
    sql.begin(async tx => {
      expect((await claimOne(tx, schema, "plain", () => {}))?.status).toBe("done");
      throw new Error("undone");
    }),
  );
  expect(error.message).toBe("undone");
  expect(await sql`select status from plain`.values()).toEqual([["pending"]] as never);
});

test("jobs outside the scope are not claimed", async () => {
  await sql`insert into job (tenant) values (1), (2)`;
  const mine = scope(schema, { job: { tenant: 2 } });
  expect((await claimOne(sql, mine, "job", () => {}))?.row["tenant"]).toBe(2);
  expect(await claimOne(sql, mine, "job", () => {})).toBeUndefined();
});

test("an invalid job table is rejected before anything is sent", async () => {
  const attempt = (options: object, table = "plain") =>
    claimOne(database.sql, schema, table, () => {}, options).then(
      () => undefined,
      error => [error.constructor, error.message],
    );
  expect(await attempt({ columns: { status: "stat" } })).toEqual([
    UnknownNameError,
    'plain has no column "stat"; did you mean "status"?',
  ]);
  expect(await attempt({}, "stateless")).toEqual([
    UnknownNameError,
    'stateless has no column "status"; add the column, or name a different one with columns: { status: "column" }',
  ]);
  expect(await attempt({ columns: { attempts: "n" } })).toEqual([
    ArgumentError,
    "plain.n has type numeric; the column for attempts must be an integer",
  ]);
  expect(await attempt({ columns: { error: "id" } })).toEqual([
    ArgumentError,
    "plain.id has type integer; the column for errors must be text",
  ]);
  expect(await attempt({ columns: { runAt: "id" } })).toEqual([
    ArgumentError,
    "plain.id has type integer; the column for run_at must be timestamptz",
  ]);
  expect(await attempt({ tries: 2 })).toEqual([
    ArgumentError,
    "plain: tries: 2 requires an integer column attempts and a timestamptz column run_at; add them or name others with columns",
  ]);
  expect((await attempt({ statuses: { dead: "gone" } }, "job"))?.[0]).toBe(ValidationError);
});

const STATUSES = { pending: "pending", done: "done", failed: "failed", dead: "buried" };

for (const [name, run] of Object.entries({ claimOne, work }))
  test.each(["pending", "done", "failed", "dead"])(
    `${name} rejects a %s that the status column cannot store, before anything is sent`,
    async status => {
      const { sent, onStatement } = recorder();
      const statuses = { ...STATUSES, [status]: "gone" };
      const call = run(sql, schema, "job", () => {}, { statuses, onStatement } as never);
      await expect(call).rejects.toThrow("job.status: Expected one of");
      await expect(call).rejects.toBeInstanceOf(ValidationError);
      expect(sent).toEqual([]);
    },
  );

test("the default backoff is 1 s, 2 s, 4 s and so on, up to an hour", async () => {
  await sql.unsafe(`create or replace function pause() returns trigger language plpgsql as $$
      begin new.error := extract(epoch from new.run_at - statement_timestamp())::int; return new; end $$;
    create trigger pause before update on job for each row execute function pause()`);
  const pauses: unknown[] = [];
  for (const attempts of [0, 1, 2, 10, 11, 12, 40]) {
    await sql`truncate job`;
    await sql`insert into job (tenant, attempts) values (1, ${attempts})`;
    await claimOne(sql, schema, "job", () => Promise.reject(new Error("again")), { tries: 100 });
    pauses.push(...(await sql`select error from job`.values()).flat());
  }
  await sql`drop trigger pause on job`;
  expect(pauses).toEqual(["1", "2", "4", "1024", "2048", "3600", "3600"]);
});
