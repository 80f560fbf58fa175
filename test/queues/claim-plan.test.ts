import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { claimOne } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `create type state as enum ('pending', 'done', 'failed');
      create domain state_domain as state;
      create table text_job (id int primary key, status text not null);
      create table varchar_job (id int primary key, status varchar(20) not null);
      create table enum_job (id int primary key, status state not null);
      create table domain_job (id int primary key, status state_domain not null);
      create table number_job (id int primary key, status smallint not null);
      create table flag_job (id int primary key, status boolean not null);
      insert into text_job select n, 'done' from generate_series(1, 2000) as n;
      insert into varchar_job select n, 'done' from generate_series(1, 2000) as n;
      insert into enum_job select n, 'done' from generate_series(1, 2000) as n;
      insert into domain_job select n, 'done' from generate_series(1, 2000) as n;
      insert into number_job select n, 1 from generate_series(1, 2000) as n;
      insert into flag_job select n, true from generate_series(1, 2000) as n;
      create index text_pending on text_job (id) where status = 'pending';
      create index varchar_pending on varchar_job (id) where status = 'pending';
      create index enum_pending on enum_job (id) where status = 'pending';
      create index domain_pending on domain_job (id) where status::state = 'pending';
      create index number_pending on number_job (id) where status = 0;
      create index flag_pending on flag_job (id) where not status;
      analyze`,
  });
  sql = database.sql;
  schema = await loadSchema(sql);
});
afterAll(() => database.drop());

/** The plan of the claim for any parameter, as PostgreSQL makes it after some executions of a prepared statement. */
async function genericPlan(table: string, statuses = {}): Promise<string> {
  const { sent, onStatement } = recorder();
  await claimOne(sql, schema, table, () => expect.unreachable(), { statuses, onStatement });
  const { text, params } = sent[0]!;
  const given = params.length === 0 ? "" : `(${params.map(param => `'${param}'`).join(", ")})`;
  return await sql.begin(async tx => {
    await tx.unsafe("set local plan_cache_mode = force_generic_plan");
    await tx.unsafe(`prepare claim as ${text}`);
    const lines = await tx.unsafe(`explain (costs off) execute claim${given}`).values();
    await tx.unsafe("deallocate claim");
    return lines.join("\n");
  });
}

const plan = (table: string, index: string): string =>
  `Limit\n  ->  LockRows\n        ->  Index Scan using ${index} on ${table}`;
const numbers = { pending: 0, done: 1, failed: 2 };
const flags = { pending: false, done: true, failed: true };

test.each([
  ["text", {}],
  ["varchar", {}],
  ["enum", {}],
  ["domain", {}],
  ["number", numbers],
  ["flag", flags],
])("the generic plan of a claim uses a partial index of the pending jobs: %s", async (type, statuses) => {
  expect(await genericPlan(`${type}_job`, statuses)).toStartWith(plan(`${type}_job`, `${type}_pending`));
});

test("a pending status of any characters is claimed", async () => {
  await sql`insert into text_job values (0, ${"it's $1 \\ ; --"})`;
  const ended = await claimOne(sql, schema, "text_job", () => {}, {
    statuses: { pending: "it's $1 \\ ; --" },
  });
  expect(ended?.row).toEqual({ id: 0, status: "it's $1 \\ ; --" });
});
