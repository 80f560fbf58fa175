// The triggers of `watch` in a session that has fired them before a column got another type.
import { afterAll, expect, test } from "bun:test";
import { loadSchema } from "../../src/index.ts";
import { watchSql } from "../../src/queues/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { runTexts } from "../support/run-steps.ts";
import { watching } from "../support/watching.ts";

const database = await testDatabase({
  template: `create table thing (id int, part int, doc json, primary key (id, part));
    create table logged (id int, part int, doc json, primary key (id, part))`,
  handle: { max: 4 },
});
afterAll(() => database.drop());
const { sql } = database;

for (const table of ["thing", "logged"])
  test(`a session that has changed rows goes on after the types of a key and of a json column have changed: ${table}`, async () => {
    const before = await loadSchema(sql);
    await runTexts(sql, watchSql(before, table, { log: table === "logged" }));
    const session = database.connect({ max: 1 });
    await session.unsafe(
      `insert into ${table} values (1, 1, '[1]'), (2, 1, 'null'); update ${table} set doc = doc; delete from ${table} where id = 2`,
    );
    await sql.unsafe(`alter table ${table} alter id type bigint, alter doc type jsonb`);
    const { got, stop } = await watching(sql, await loadSchema(sql), table);
    const changes: [statement: string, reported: number][] = [
      [`insert into ${table} values (3000000000, 1, 'null')`, 1],
      [`update ${table} set part = 2 where id = 1`, 3],
      [`update ${table} set doc = '[2]' where id = 1`, 4],
      [`delete from ${table} where id = 1`, 5],
    ];
    for (const [statement, reported] of changes) {
      await session.unsafe(statement);
      await until(() => got.length === reported);
    }
    await stop();
    expect(got.map(({ type, key }) => [type, key])).toEqual([
      ["insert", { id: "3000000000", part: 1 }],
      ["delete", { id: "1", part: 1 }],
      ["insert", { id: "1", part: 2 }],
      ["update", { id: "1", part: 2 }],
      ["delete", { id: "1", part: 2 }],
    ]);
    expect(got[1]!.row).toEqual({ id: "1", part: 1, doc: [1] });
    expect(got[4]!.row).toEqual({ id: "1", part: 2, doc: [2] });
  });
