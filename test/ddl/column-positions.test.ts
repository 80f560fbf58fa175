// PostgreSQL prints some queries with the columns of a table by position, which have the values of other columns if the order
// of the table differs.
import { expect, test } from "bun:test";
import { twoDatabases } from "../support/converge.ts";

const { before, converge } = await twoDatabases();

const PEOPLE = "create table people (id int, name text, email text);";
const OTHERS = "create table people (id int, email text, name text);";
const FUNCTION =
  "create function everybody() returns setof people language sql stable as 'select * from people';";
const CASES: readonly (readonly [string, users: string, read: string])[] = [
  [
    "a view of a function of rows",
    `${FUNCTION} create view v as select id, name from everybody();`,
    "select id, name from v",
  ],
  [
    "a function with an SQL body",
    "create function everybody() returns setof people language sql stable begin atomic select * from people; end;",
    "select id, name from everybody()",
  ],
  [
    "a function with an SQL body that also reads another table",
    `create table city (id int); create function everybody() returns setof people language sql stable
      begin atomic select people.* from people where not exists (select from city); end;`,
    "select id, name from everybody()",
  ],
];

test.each(CASES)("%s returns the same values after a migration to another order", async (_, users, read) => {
  const steps = await converge(
    `${PEOPLE} insert into people values (1, 'Ann', 'a@b'); ${users}`,
    `${OTHERS} ${users}`,
  );
  expect(await before.unsafe(read).values()).toEqual([[1, "Ann"]] as never);
  expect(steps.some(({ destructive }) => destructive !== undefined)).toBe(false);
});

test("a view that renames the columns of a table returns the same values after a migration to another order", async () => {
  await converge(
    `${PEOPLE} insert into people values (1, 'Ann', 'a@b'); create view v as select x, y, z from people p(x, y, z)`,
    `${OTHERS} create view v as select x, y, z from people p(x, z, y)`,
  );
  expect(await before`select * from v`.values()).toEqual([[1, "Ann", "a@b"]] as never);
});
