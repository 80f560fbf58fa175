// Views of tables of jobs.
import { expect, test } from "bun:test";
import { declare } from "../../src/index.ts";
import { claimOne, wakeSql, watchSql } from "../../src/queues/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table job (id int primary key, status text not null default 'pending', urgent bool not null default true);
  create view urgent_job as select * from job where urgent`,
  "truncate job; insert into job values (1, 'pending', false), (2, 'pending', true)",
);
const declared = declare(schema, { urgent_job: { primaryKey: ["id"] } });

test("jobs are claimed through a view", async () => {
  expect((await claimOne(sql, declared, "urgent_job", () => {}))?.row).toEqual({
    ...{ id: 2, status: "pending", urgent: true },
  });
  expect(await claimOne(sql, declared, "urgent_job", () => {})).toBeUndefined();
  expect(await plain("select id, status from job order by id")).toEqual([
    [1, "pending"],
    [2, "done"],
  ]);
});

test.each([
  ["wakeSql", wakeSql],
  ["watchSql", watchSql],
])("%s rejects a view", (_, triggersSql) => {
  expect(() => triggersSql(declared, "urgent_job")).toThrow(
    "urgent_job is a view, of which PostgreSQL reports no changes; pass the tables of its query",
  );
});
