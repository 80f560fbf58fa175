// The final status of a job that has no tries left.
import { expect, test } from "bun:test";
import { claimOne } from "../../src/queues/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table job (id int primary key, status text not null default 'pending', attempts int, run_at timestamptz)",
  "truncate job; insert into job values (1)",
);

test.each([
  [1, ["failed"]],
  [2, ["retry", "dead"]],
  [3, ["retry", "retry", "dead"]],
])("with %i tries the statuses of a job whose handler throws are %p", async (tries, ends) => {
  const fail = (): never => {
    throw new RangeError("no");
  };
  const found: unknown[] = [];
  for (const _ of ends)
    found.push((await claimOne(sql, schema, "job", fail, { tries, backoff: () => 0 }))?.status);
  expect(found).toEqual(ends);
  expect(await plain("select status, attempts from job")).toEqual([["failed", tries]]);
});
