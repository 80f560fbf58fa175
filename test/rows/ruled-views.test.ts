// Tables and views with rules: PostgreSQL rejects upserts of them, and RETURNING if a rule lacks it.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  declare,
  deleteRow,
  lookup,
  QueryError,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table base (id int primary key, name text);
   create view replaced as select * from base;
   create rule "AS ON DELETE TO" as on insert to replaced do instead insert into base values (new.id, new.name);
   create view followed as select * from base;
   create rule adds as on update to followed do also select 1;
   create view removed as select * from base;
   create rule "AS ON UPDATE TO" as on delete to removed do also select 1;
   create table ruled (id int primary key, name text);
   create rule adds as on update to ruled do also select 1;
   create view over_ruled as select * from ruled;
   create table soft (id int primary key, name text, gone bool not null default false);
   create rule hides as on delete to soft do instead update soft set gone = true where id = old.id;
   create rule keeps as on update to soft where new.name = 'no' do instead nothing;
   create view live as select id, name from soft where not gone`,
  "truncate base, ruled, soft; insert into soft values (1, 'a'), (2, 'b')",
);
const key = { primaryKey: ["id"] } as const;
const known = declare(schema, { replaced: key, followed: key, removed: key, over_ruled: key, live: key });
const row = { id: 1, name: "a" };

for (const view of ["replaced", "followed"] as const)
  test(`an upsert of ${view}, whose rule is for INSERT or UPDATE, is rejected before anything is sent`, async () => {
    for (const call of [
      () => upsert(sql, known, view, row),
      () => upsert(sql, known, view, row, { returning: false }),
      () => upsertMany(sql, known, view, [row]),
    ])
      expect(await failure(call())).toEqual(
        new ArgumentError(
          `${view}: ${view} (declared) (id) cannot be a conflict target: PostgreSQL has no upsert for a view with a rule; use update and insert`,
        ),
      );
    expect(await failure(lookup(sql, known, view, row, { key: ["id"] }))).toBeInstanceOf(ArgumentError);
    expect(await plain("select * from base")).toEqual([]);
  });

test("a rule for DELETE does not matter", async () => {
  expect(await upsert(sql, known, "removed", row)).toEqual(row);
  expect(await upsert(sql, known, "removed", { ...row, name: "b" })).toEqual({ id: 1, name: "b" });
});

test("the error of a view over a table with a rule advises what works", async () => {
  for (const call of [
    () => upsert(sql, known, "over_ruled", row),
    () => upsertMany(sql, known, "over_ruled", [row]),
  ]) {
    const error = await failure(call());
    expect(error).toBeInstanceOf(QueryError);
    expect(error.message.split("\n")[0]).toBe(
      "INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules [0A000]; use update and insert",
    );
  }
});

for (const table of ["soft", "live"] as const)
  test(`deleteRow and update of ${table}, whose rules have no RETURNING, need returning: false`, async () => {
    const returning = false;
    const advice = "[0A000]; the table has a rule, so pass returning: false";
    const messageOf = async (call: Promise<unknown>) => (await failure(call)).message.split("\n")[0];
    expect(await messageOf(deleteRow(sql, known, table, 1))).toEndWith(advice);
    for (const call of [
      () => update(sql, known, table, { id: 1, name: "c" }),
      () => updateMany(sql, known, table, [{ id: 1, name: "c" }]),
    ])
      expect(await messageOf(call())).toEndWith(`${advice}, and updateWhere in place of updateMany`);
    expect(await update(sql, known, table, { id: 2, name: "c" }, { returning })).toBeUndefined();
    expect(await update(sql, known, table, { id: 2, name: "no" }, { returning })).toBeUndefined();
    expect(await deleteRow(sql, known, table, 1, { returning })).toBeUndefined();
    expect(await plain("select * from soft order by id")).toEqual([
      [1, "a", true],
      [2, "c", false],
    ]);
    for (const call of [
      () => deleteRow(sql, known, table, 9, { returning }),
      () => update(sql, known, table, { id: 9, name: "c" }, { returning }),
    ])
      expect((await failure(call())).message).toBe(`${table} has no row with id 9`);
  });
