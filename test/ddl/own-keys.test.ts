// Checks and indexes that a partition alone has, whose expressions do not survive a change of the table.
import { expect, test } from "bun:test";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";

const { before, after, converge } = await twoDatabases();

const PARTITION = "create table t1 partition of t for values from (0) to (10);";
const OWN: Readonly<Record<string, string>> = {
  index: "create index own on t1 (a) where b = 'a'; comment on index own is 'found by a'",
  check: "alter table t1 add constraint own check (b <> 'c'); comment on constraint own on t1 is 'no c'",
};

/** Changes the table and expects that the partition has everything that it has in the second database. */
async function keeps(first: string, second: string): Promise<void> {
  await converge(first, second);
  const [now, wanted] = [await loadSchema(before), await loadSchema(after)];
  expect(schemaDiff(now, wanted, { partitions: true })).toEqual([]);
}

test.each(Object.entries(OWN))("the %s remains when labels of its enum are removed", async (_kind, own) => {
  const table = "create table t (a int, b e) partition by range (a);";
  const enumOf = (labels: string): string => `create type e as enum (${labels});`;
  const rest = `${table} ${PARTITION} ${own}`;
  await keeps(`${enumOf("'a', 'b', 'c'")} ${rest}`, `${enumOf("'a', 'c'")} ${rest}`);
});

test("an index and a check remain when their function is created again", async () => {
  const withFunction = (type: string): string => `create table s (n ${type});
    create function f(int) returns int immutable begin atomic select count(n)::int + $1 from s; end;
    create table t (a int) partition by range (a); ${PARTITION}
    create index own on t1 (f(a)); alter table t1 add constraint positive check (f(a) > 0);`;
  await keeps(withFunction("int"), withFunction("bigint"));
});

test("the index of a recreated column keeps its comment", async () => {
  const table = (column: string): string =>
    `create table t (a int, ${column}) partition by range (a); ${PARTITION} create index own on t1 (b, (b + 1));
     comment on index own is 'sums'`;
  await keeps(
    table("b int generated always as (a + 1) stored"),
    table("b bigint generated always as (a + 2) stored"),
  );
});
