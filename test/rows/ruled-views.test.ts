// Upserts of views with rules, which PostgreSQL rejects.
import { expect, test } from "bun:test";
import { ArgumentError, declare, lookup, QueryError, upsert, upsertMany } from "../../src/index.ts";
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
   create view over_ruled as select * from ruled`,
  "truncate base, ruled",
);
const key = { primaryKey: ["id"] } as const;
const known = declare(schema, { replaced: key, followed: key, removed: key, over_ruled: key });
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
