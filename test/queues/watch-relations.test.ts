// The triggers of `watchSql` and `wakeSql` on relations that are not plain tables.
import { describe, expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { ArgumentError, declare } from "../../src/index.ts";
import { wakeSql, watch, watchSql } from "../../src/queues/index.ts";
import { runTexts } from "../support/run-steps.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table job (id int primary key, state text);
   create view open as select * from job;
   create materialized view counted as select state, count(*) from job group by state;
   create extension postgres_fdw; create server elsewhere foreign data wrapper postgres_fdw;
   create foreign table remote (id int not null, state text) server elsewhere;
   create table split (id int, state text) partition by range (id);
   create foreign table split_1 partition of split for values from (0) to (10) server elsewhere;
   create table split_2 partition of split for values from (10) to (20)`,
);
const key = { primaryKey: ["id"] } as const;
const known = declare(schema, { open: key, remote: key, split: key, counted: { primaryKey: ["state"] } });

describe.each(["open", "counted"] as const)("the view %s", view => {
  test("is rejected at once, because PostgreSQL reports no changes of its rows", () => {
    const message = `${view} is a view, of which PostgreSQL reports no changes; pass the tables of its query`;
    for (const call of [
      () => watchSql(known, view),
      () => watchSql(known, view, { log: true }),
      () => wakeSql(known, view),
      () => watch(sql, known, view),
      () => crud(sql, known, { tables: { [view]: { stream: true } } as never }),
    ])
      expect(call).toThrow(new ArgumentError(message));
  });
});

test("foreign tables and partitions get the triggers that the server has", async () => {
  for (const table of ["remote", "split"] as const) {
    await runTexts(sql, watchSql(known, table));
    await runTexts(sql, watchSql(known, table, { log: true }));
    await runTexts(sql, wakeSql(known, table));
  }
  const [{ n }] = await sql`select count(*)::int as n from pg_trigger
    where tgrelid in ('remote'::regclass, 'split_1'::regclass) and tgname like 'rowfn_watch_all%'`;
  expect(n).toBe(isServer(16) ? 2 : 0);
});
