// What does not stop the workers of `work`, and what does not remain of an idle one.
import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { codesOf } from "../../src/driver/lost-connection.ts";
import { work } from "../../src/queues/index.ts";
import { until } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain, database } = await testTables(
  `create table job (id int primary key, status text not null default 'pending', attempts int);
   create table handled (job int not null);
   create sequence tries;
   create function fail_thrice() returns trigger language plpgsql as $$ begin
     if nextval('tries') < 4 then raise exception using errcode = current_setting('app.code', true); end if;
     return new;
   end $$;
   create trigger fail_thrice before update on job for each row execute function fail_thrice()`,
  "truncate job, handled; alter sequence tries restart; insert into job values (1), (2)",
);

const isDone = async (): Promise<boolean> =>
  (await plain("select from job where status = 'pending'")).length === 0;

test.each(["40001", "40P01"])(
  "a job whose end fails with %s is pending again, and the workers go on",
  async code => {
    const own = database.connect({ max: 4, connection: { "app.code": code } });
    const stop = new AbortController();
    const running = work(own, schema, "job", (job, tx) => tx`insert into handled values (${job["id"]})`, {
      ...{ concurrency: 2, signal: stop.signal, poll: 600_000 },
    });
    await until(isDone);
    stop.abort();
    expect(await running).toBe(2);
    expect(await plain("select job from handled order by job")).toEqual([[1], [2]]);
    expect(await plain("select status, attempts from job order by id")).toEqual([
      ["done", 1],
      ["done", 1],
    ]);
  },
);

test("workers go on after the server had no connection left", async () => {
  await plain("alter sequence tries restart with 4");
  const role = `worker_${crypto.randomUUID()}`;
  await sql.unsafe(
    `create role "${role}" login password 'one'; grant all on all tables in schema public to "${role}"`,
  );
  await sql.unsafe(`grant all on all sequences in schema public to "${role}"`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, "one"];
  const own = new SQL(url.href, { max: 2 });
  const stop = new AbortController();
  const lost: unknown[] = [];
  const running = work(own, schema, "job", () => {}, {
    ...{ poll: 20, signal: stop.signal, onLost: error => void lost.push(codesOf(error).sqlstate) },
  });
  await until(isDone);
  await sql.unsafe(`alter role "${role}" connection limit 0`);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`;
  await until(() => lost.includes("53300"));
  await sql.unsafe(`alter role "${role}" connection limit -1; insert into job values (3)`);
  await until(isDone);
  stop.abort();
  expect(await running).toBe(3);
  await own.close({ timeout: 0 });
  await sql.unsafe(`drop owned by "${role}"; drop role "${role}"`);
});

/** The number of promises that are waited for. */
const waits = (): number => {
  Bun.gc(true);
  return heapStats().objectTypeCounts["SlimPromiseReaction"] ?? 0;
};

test("nothing remains of the waits of an idle worker", async () => {
  await plain("truncate job");
  const stop = new AbortController();
  let polls = 0;
  const running = work(sql, schema, "job", () => {}, {
    ...{ poll: 1, concurrency: 2, signal: stop.signal, onStatement: () => void polls++ },
  });
  await until(() => polls > 50);
  const before = { polls, waits: waits() };
  await until(() => polls > before.polls + 500);
  expect(waits() - before.waits).toBeLessThan(100);
  stop.abort();
  expect(await running).toBe(0);
});
