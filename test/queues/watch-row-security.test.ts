// Row security restricts the changes that `watch` reports.
import { expect, test } from "bun:test";
import { loadSchema } from "../../src/index.ts";
import { watchSql } from "../../src/queues/index.ts";
import { eventually } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";
import { watching } from "../support/watching.ts";

// A predefined role, because roles are shared by all databases.
const { database, schema, sql } = await testTables(
  `create table note (id int primary key, tenant int not null, title text);
   alter table note enable row level security;
   create policy own on note using (tenant = 1);
   grant select on note to pg_monitor`,
);

test.each([false, true])("a row that a policy hides is not reported, with a log: %p", async log => {
  for (const text of watchSql(schema, "note", { log })) await sql.unsafe(text);
  await sql.unsafe(`truncate note; insert into note values (1, 1, 'mine'), (2, 2, 'secret'), (3, 2, '${"long".repeat(3_000)}');
    grant select on all tables in schema public to pg_monitor`);
  const monitor = database.connect({ max: 3, connection: { role: "pg_monitor" } });
  const restricted = await watching(monitor, await loadSchema(monitor), "note");
  const all = await watching(sql, schema, "note");
  await sql.unsafe("update note set title = title || '!' where id < 3");
  await sql.unsafe("insert into note values (4, 2, 'secret')");
  await sql.unsafe("delete from note");
  await sql.unsafe("insert into note values (5, 1, 'end')");
  await eventually(() => expect(restricted.got.at(-1)?.key).toEqual({ id: 5 }));
  expect(restricted.got.filter(({ row }) => row?.["tenant"] !== 1)).toEqual([]);
  await eventually(() => expect(all.got.at(-1)?.key).toEqual({ id: 5 }));
  expect(all.got.length).toBeGreaterThan(restricted.got.length);
  expect(all.gaps).toEqual([]);
  expect(new Set(restricted.gaps)).toEqual(new Set(["row security"]));
  await Promise.all([restricted.stop(), all.stop()]);
  await monitor.close();
});

test("a change of a row that the policies show is reported with the row", async () => {
  for (const text of watchSql(schema, "note")) await sql.unsafe(text);
  await sql.unsafe("truncate note; insert into note values (1, 1, 'mine')");
  const monitor = database.connect({ max: 3, connection: { role: "pg_monitor" } });
  const { got, gaps, stop } = await watching(monitor, await loadSchema(monitor), "note");
  await sql.unsafe("update note set title = 'new'");
  await eventually(() =>
    expect(got).toEqual([{ type: "update", key: { id: 1 }, row: { id: 1, tenant: 1, title: "new" } }]),
  );
  await sql.unsafe("delete from note");
  await eventually(() => expect(gaps).toEqual(["row security"]));
  await stop();
  await monitor.close();
});
