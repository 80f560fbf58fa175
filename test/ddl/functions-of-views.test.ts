// Functions that read views, and the defaults, checks and indexes that call them: each is dropped before what it uses, and
// created after it.
import { expect, test } from "bun:test";
import { twoDatabases } from "../support/converge.ts";
import { isServer } from "../support/server-version.ts";

const { before, converge } = await twoDatabases();

const VIEW = "create table t (id int); create view v as select id from t;";
const COUNT = "create function f() returns bigint language sql begin atomic select count(*) from v; end;";
const IS_KNOWN =
  "create function f(int) returns bool immutable language sql begin atomic select exists (select from v where id = $1); end;";

/** Objects of the table u that call f, whose body reads the view v. */
const USES: Readonly<Record<string, string>> = {
  default: `${COUNT} create table u (a int, n bigint default f());`,
  "default of a function with a default": `${COUNT}
    create function g(x bigint default f()) returns bigint language sql as 'select x'; create table u (a int, n bigint default g());`,
  check: `${IS_KNOWN} create table u (a int, n bigint, constraint c check (f(a)) not valid);`,
  index: `${IS_KNOWN} create table u (a int, n bigint); create index i on u (f(a)); create unique index p on u (n) where f(a);`,
  exclusion: `${IS_KNOWN} create table u (a int, n bigint, exclude using btree (n with =) where (f(a)));`,
};
const PLAIN = "create table u (a int, n bigint);";

test.each(Object.entries(USES))(
  "the %s of a table is dropped before the function and the view",
  async (_kind, use) => {
    await converge(
      `${VIEW} insert into t values (1); ${use} insert into u values (1, 2);`,
      `create table t (id int); ${PLAIN}`,
    );
    expect(await before`select a, n from u`.values()).toEqual([[1, "2"]] as never);
  },
);

test.each(Object.entries(USES))(
  "the %s of a table is created after the view and the function",
  async (_kind, use) => {
    await converge(
      `create table t (id int); ${PLAIN} insert into t values (1); insert into u values (1, 2);`,
      `${VIEW} ${use}`,
    );
    expect(await before`select a, n from u`.values()).toEqual([[1, "2"]] as never);
  },
);

test.each(Object.entries(USES))("a table with this %s is created and dropped", async (_kind, use) => {
  const all = `${VIEW} ${use}`;
  await converge("", all);
  await before.unsafe("drop table u; drop schema public cascade; create schema public");
  await converge(all, "drop schema public cascade; create schema public");
});

test.each(Object.entries(USES))(
  "the %s of a table remains when the view is created again",
  async (_kind, use) => {
    await converge(
      `${VIEW} ${use} insert into t values (1); insert into u values (1, 2);`,
      `${VIEW.replace("int", "bigint")} ${use}`,
    );
    expect(await before`select a, n from u`.values()).toEqual([[1, "2"]] as never);
  },
);

test("partitions keep the default that calls the function, and defaults of their own", async () => {
  const tables = `${COUNT} create table p (k int, n bigint default f()) partition by range (k);
    create table p_1 partition of p for values from (0) to (10);
    create table p_2 partition of p (n default 7) for values from (10) to (20);`;
  await converge(`${VIEW} ${tables}`, `${VIEW.replace("int", "bigint")} ${tables}`);
  await before.unsafe(
    "insert into p (k) values (1); insert into p_1 (k) values (2); insert into p_2 (k) values (11)",
  );
  expect(await before`select k, n from p order by k`.values()).toEqual([
    [1, "0"],
    [2, "0"],
    [11, "7"],
  ] as never);
});

test.if(isServer(17))(
  "a new table and its partition get the constraints that call the function",
  async () => {
    const constraints = "check (f(k) is not null), exclude using btree (k with =, (f(n)) with =)";
    await converge(
      "",
      `${VIEW} ${IS_KNOWN} create table p (k int, n int, ${constraints}) partition by range (k);
      create table p_1 partition of p for values from (0) to (10)`,
    );
    await before.unsafe("insert into p values (1, 2)");
    await expect(before.unsafe("insert into p values (1, 3)").execute()).rejects.toThrow("p_1_k_f_excl");
  },
);
