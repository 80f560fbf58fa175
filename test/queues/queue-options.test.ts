// Edge cases of the options of `claimOne` and `work`, and of the values that a handler returns and throws.
import { expect, test } from "bun:test";
import { scope } from "../../src/index.ts";
import { claimOne, giveUp, retryLater, work } from "../../src/queues/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table job (tenant int primary key, status text not null default 'pending',
    attempts int, error text, run_at timestamptz)`,
  "truncate job",
);

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3"])("tries: %p is rejected", async tries => {
  await expect(claimOne(sql, schema, "job", () => {}, { tries } as never)).rejects.toThrow(
    `tries must be a positive integer, received ${tries}`,
  );
});

test.each(["attempts", "runAt"])("tries require the column of %s", async name => {
  const options = { columns: { [name]: false }, tries: 2 } as const;
  await expect(claimOne(sql, schema, "job", () => {}, options)).rejects.toThrow(
    "job: tries: 2 requires an integer column attempts and a timestamptz column run_at",
  );
});

test("a column that is not used is unchanged, and without run_at a job cannot be retried later", async () => {
  await sql`insert into job (tenant, attempts) values (1, 5), (2, 6)`;
  const columns = { attempts: false, runAt: false, error: false } as const;
  const later = await claimOne(sql, schema, "job", () => retryLater(1), { columns });
  expect([later?.status, String(later?.error)]).toEqual([
    "failed",
    'ArgumentError: job: retryLater requires a timestamptz column run_at; add the column, or name a different one with columns: { runAt: "column" }',
  ]);
  await claimOne(sql, schema, "job", () => giveUp("no"), { columns });
  expect(await sql`select status, attempts, error, run_at from job order by tenant`.values()).toEqual([
    ["failed", 5, null, null],
    ["failed", 6, null, null],
  ] as never);
});

test("a handler may throw and return any value", async () => {
  const thrown = ["text", null, undefined, 5, { message: "object" }, new Error("NUL \0 in it")];
  await sql`insert into job (tenant) select generate_series(1, ${thrown.length}::int)`;
  for (const value of thrown) await claimOne(sql, schema, "job", () => Promise.reject(value));
  expect((await sql`select error from job order by tenant`.values()).flat()).toEqual([
    "text",
    "null",
    "undefined",
    "5",
    "[object Object]",
    "Error: NUL  in it",
  ] as never);
  await sql`truncate job`;
  const returned = [null, undefined, 5, "text", {}, []];
  await sql`insert into job (tenant) select generate_series(1, ${returned.length}::int)`;
  for (const value of returned) await claimOne(sql, schema, "job", () => value as never);
  expect((await sql`select distinct status from job`.values()).flat()).toEqual(["done"] as never);
});

test("jobs are claimed in the order of the key, or in a different one if orderBy is given", async () => {
  await sql`insert into job (tenant, attempts) values (1, 9), (2, 5), (3, 7)`;
  const order: unknown[] = [];
  const take = (options = {}) => claimOne(sql, schema, "job", job => void order.push(job["tenant"]), options);
  await take({ orderBy: "attempts" });
  await take();
  await take();
  expect(order).toEqual([2, 1, 3]);
});

test("work rejects an invalid number of workers and invalid milliseconds", async () => {
  const attempt = (options: object) =>
    work(sql, schema, "job", () => {}, { signal: AbortSignal.abort(), ...options } as never).then(
      String,
      error => error.message,
    );
  for (const concurrency of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(await attempt({ concurrency })).toBe(
      `concurrency must be a positive integer, received ${concurrency}`,
    );
  for (const poll of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "5"])
    expect(await attempt({ poll })).toBe(
      `poll must be a positive number of milliseconds below 2^31, received ${poll}`,
    );
  expect(await attempt({ concurrency: 1, poll: 2 ** 31 - 1 })).toBe("0");
  expect(await attempt({ poll: 0.5 })).toBe("0");
});

test.each(["status", "attempts", "error"])(
  "a scope over %s is rejected, because jobs change it",
  async name => {
    await sql`insert into job (tenant, attempts, error) values (1, 5, 'pending')`;
    const value = name === "attempts" ? 5 : "pending";
    const mine = scope(schema, { job: { [name]: value } });
    await expect(claimOne(sql, mine, "job", () => {})).rejects.toThrow(
      `job.${name} is part of the scope, so jobs cannot change it; use where in its place`,
    );
  },
);
