import { expect, test } from "bun:test";
import { renameTable } from "../../src/ddl/index.ts";
import { loadSchema, rowsWhere } from "../../src/index.ts";
import { rollback, testDatabase } from "../../src/testing/index.ts";

test("after a rolled-back change, the connection can read a table with the same name and different types", async () => {
  const { sql, drop } = await testDatabase({
    handle: { max: 1 },
    template: `create table p (id int primary key, name text); insert into p values (1, 'a');
      create table q (id bigint primary key, name text); insert into q values (2, 'a');`,
  });
  const schema = await loadSchema(sql);
  const rows: unknown[] = [];
  for (const table of ["p", "q", "p"])
    await rollback(sql, async tx => {
      const renamed = await renameTable(tx, schema, table, "zz");
      rows.push(...(await rowsWhere(tx, renamed, "zz", { where: { name: "a" }, limit: 3 })));
    });
  await drop();
  expect(rows).toEqual([
    { id: 1, name: "a" },
    { id: "2", name: "a" },
    { id: 1, name: "a" },
  ]);
});
