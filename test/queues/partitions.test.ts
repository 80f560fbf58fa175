import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { channel, unwakeSql, unwatchSql, wakeSql, watchSql } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { runTexts } from "../support/run-steps.ts";
import { watching } from "../support/watching.ts";

const DATA = `
  create table event (id int, year int, primary key (id, year)) partition by list (year);
  create table event_old partition of event for values in (2024);
  create table event_new partition of event for values in (2025, 2026) partition by list (year);
  create schema "odd ""s""";
  create table "odd ""s"".event_2025" partition of event_new for values in (2025);
  create table "odd ""s"""."2026" partition of event_new for values in (2026)`;

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({ template: DATA, handle: { max: 4 } });
  sql = database.sql;
  schema = await loadSchema(sql, { schemas: ["public", 'odd "s"'] });
});
afterAll(() => database.drop());

/** The gaps that a statement causes, until an insert after it is reported. */
async function gapsOf(statement: string): Promise<readonly string[]> {
  const { got, gaps, stop } = await watching(sql, schema, "event");
  await sql.unsafe(statement);
  await sql.unsafe("insert into event values (9, 2026)");
  await until(() => got.length > 0);
  await stop();
  await sql.unsafe("truncate event");
  return gaps;
}

for (const log of [false, true])
  test(`TRUNCATE of a table and of each partition is one gap, with log: ${log}`, async () => {
    await runTexts(sql, [...watchSql(schema, "event", { log }), ...watchSql(schema, "event", { log })]);
    for (const name of ["event", "event_old", "event_new", `"odd ""s"".event_2025"`, `"odd ""s"""."2026"`])
      expect([name, await gapsOf(`truncate ${name}`)]).toEqual([name, ["truncate"]]);
    await runTexts(sql, unwatchSql(schema, "event"));
  });

test("TRUNCATE is logged once per transaction", async () => {
  await runTexts(sql, watchSql(schema, "event", { log: true }));
  for (let run = 0; run < 2; run++)
    await sql.begin(async tx => void (await tx.unsafe("truncate event; truncate event_old").simple()));
  const logged = await sql.unsafe(
    `select xact::text from "rowfn_log public.event" where payload = 'truncate' group by xact having count(*) = 1`,
  );
  expect(logged).toHaveLength(2);
  await runTexts(sql, unwatchSql(schema, "event"));
});

test("an INSERT into a partition wakes workers once, as one into the table does", async () => {
  await runTexts(sql, wakeSql(schema, "event"));
  let heard = 0;
  const end = new AbortController();
  const listening = Promise.withResolvers<void>();
  const options = { signal: end.signal, onListen: listening.resolve };
  const loop = (async () => {
    for await (const _ of channel(sql, "rowfn_jobs public.event", v.any(), options)) heard++;
  })();
  await listening.promise;
  const tables = ["event", "event_old", "event_new", `"odd ""s"".event_2025"`, `"odd ""s"""."2026"`];
  for (const [index, year] of [2024, 2024, 2025, 2025, 2026].entries()) {
    await sql.unsafe(`insert into ${tables[index]} values (${index}, ${year})`);
    await until(() => heard > index);
    expect(heard).toBe(index + 1);
  }
  end.abort();
  await loop;
  await runTexts(sql, [...unwakeSql(schema, "event"), "truncate event"]);
});

test("unwatchSql also drops the triggers of a detached partition and of one that the snapshot does not have", async () => {
  await runTexts(sql, watchSql(schema, "event"));
  await runTexts(sql, [
    "create table event_2027 partition of event for values in (2027)",
    ...watchSql(await loadSchema(sql, { schemas: ["public", 'odd "s"'] }), "event"),
    "alter table event detach partition event_2027",
    ...unwatchSql(schema, "event"),
  ]);
  expect(await sql`select from pg_trigger where tgname like 'rowfn%'`).toHaveLength(0);
  expect(await sql`select from pg_proc where proname like 'rowfn%'`).toHaveLength(0);
});

test("wakeSql and unwakeSql work with a foreign partition", async () => {
  const { hostname, port, username, password } = new URL(database.url);
  await runTexts(sql, [
    "create table job (id int, kind text) partition by list (kind)",
    "create table far (id int, kind text)",
    "create extension postgres_fdw",
    `create server near foreign data wrapper postgres_fdw options (dbname '${database.name}', host '${hostname}', port '${port}')`,
    `create user mapping for current_user server near options (user '${username}', password '${password}', password_required 'false')`,
    "create foreign table job_far partition of job for values in ('far') server near options (table_name 'far')",
  ]);
  const own = await loadSchema(sql);
  await runTexts(sql, wakeSql(own, "job"));
  const tables =
    "select tgrelid::regclass::text from pg_trigger where tgname = 'rowfn_jobs public.job' order by 1";
  expect(await sql.unsafe(tables).values()).toEqual([["job"], ["job_far"]]);
  await sql`insert into job_far values (1, 'far')`;
  expect(await sql`select id from far`.values()).toEqual([[1]]);
  await runTexts(sql, unwakeSql(own, "job"));
  expect(await sql.unsafe(tables).values()).toEqual([]);
});
