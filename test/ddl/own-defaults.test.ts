// Defaults that partitions and children have on their own, which a change of their table replaces, or which are in its way.
import { expect, test } from "bun:test";
import { transformTable } from "../../src/ddl/index.ts";
import { loadSchema } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";

const { before, converge } = await twoDatabases();

const IDENTITY = "not null generated always as identity";

/** A table whose only partition has a default of its own. */
function table(column: string, own: string): string {
  return `create table t (a int, b ${column}) partition by range (a);
    create table t1 partition of t for values from (0) to (10); alter table t1 alter b set default ${own};`;
}

async function stored(): Promise<unknown> {
  return [...(await before`insert into t1 (a) values (1), (2) returning a, b::text`.values())];
}

test("a column becomes an identity column although a partition has a default of its own", async () => {
  await converge(
    table("int not null default 5", "7"),
    table(`int ${IDENTITY}`, "7").split(" alter table")[0]!,
  );
  await before`insert into t (a) values (1), (2)`;
  expect([...(await before`select a, b from t`.values())]).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("a column without default becomes an identity column although a partition has a default", async () => {
  await converge(table("int not null", "7"), table(`int ${IDENTITY}`, "7").split(" alter table")[0]!);
  expect((await before`select pg_get_expr(adbin, adrelid) from pg_attrdef`.values()).length).toBe(0);
});

test("a default of a partition alone is converted although its table has none", async () => {
  await converge(table("text", "'7'"), table("int", "7"));
  expect(await stored()).toEqual([
    [1, "7"],
    [2, "7"],
  ]);
});

test("a default of a partition alone remains when labels of its enum are removed", async () => {
  const withLabels = (labels: string): string => `create type e as enum (${labels}); ${table("e", "'a'")}`;
  await converge(withLabels("'b', 'a'"), withLabels("'a'"));
  expect(await stored()).toEqual([
    [1, "a"],
    [2, "a"],
  ]);
});

test("a default of a partition alone remains when its function is created again", async () => {
  const withFunction = (type: string): string => `create table s (n ${type});
    create function f() returns int begin atomic select count(n)::int from s; end; ${table("int", "f() + 1")}`;
  await converge(withFunction("int"), withFunction("bigint"));
  expect(await stored()).toEqual([
    [1, "1"],
    [2, "1"],
  ]);
});

test("transformTable converts the default of a child, although the table has none and is renamed", async () => {
  await before.unsafe(`create table t (a int, b text); create table t1 () inherits (t);
    alter table t1 alter b set default '7'`);
  const options = { rename: { b: "c" }, retype: { b: "int" } };
  await transformTable(before, await loadSchema(before), "t", options);
  expect([...(await before`insert into t1 (a) values (1) returning a, c`.values())]).toEqual([[1, 7]]);
});
