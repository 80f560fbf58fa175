// A trigger violates constraints of tables that the snapshot lacks: the error contains what the server reports.
import { expect, test } from "bun:test";
import { ConstraintError, exec, expr, insert, loadSchema } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables("create table t (id int primary key, note text)", "truncate t");
await sql.unsafe(`create schema audit; create domain audit.rating as int constraint good check (value > 0) constraint given not null;
  create table audit.later (id int primary key); insert into audit.later values (1);
  create table public.late (id int primary key, later_id int references audit.later, n int constraint positive check (n > 0), r audit.rating default 1,
    m int not null default 1, exclude using btree (m with =) where (m > 5));
  insert into late values (1, 1, 1, 1, 9);
  create function act() returns trigger language plpgsql as $$ begin
    case new.id
      when 1 then insert into late values (1);
      when 2 then insert into late values (2, 5);
      when 3 then insert into late values (2, 1, 0);
      when 4 then insert into late (id, m) values (2, null);
      when 5 then delete from audit.later;
      when 6 then insert into late (id, r) values (2, 0);
      when 7 then insert into late (id, r) values (2, null);
      when 8 then insert into late (id, m) values (2, 9);
      when 9 then insert into audit.later values (1);
    end case; return new; end $$;
  create trigger act after insert on t for each row execute function act()`);
const known = await loadSchema(sql);

test.each<[number, string, readonly string[], string]>([
  [1, "late", ["id"], "late.id: the value is already taken [23505, late_pkey]"],
  [2, "late", ["later_id"], "late.later_id: no later has this key [23503, late_later_id_fkey]"],
  [3, "late", [], "late: must satisfy the constraint positive [23514, positive]"],
  [4, "late", ["m"], "late.m: must not be null [23502"],
  [5, "later", ["id"], "a row of later is still referenced by late [23503, late_later_id_fkey]"],
  [6, "t", [], "t: must satisfy the constraint good (domain rating) [23514, good]"],
  [7, "t", [], "t: must not be null (domain rating) [23502]"],
  [8, "late", ["m"], "late.m: overlaps another row [23P01, late_m_excl]"],
  [9, "audit.later", ["id"], "audit.later.id: the value is already taken [23505, later_pkey]"],
])("%i: the table %s, the columns %j: %s", async (id, table, columns, message) => {
  const error = (await failure(insert(sql, schema, "t", { id }))) as ConstraintError;
  expect(error).toBeInstanceOf(ConstraintError);
  expect([error.table, error.columns]).toEqual([table, [...columns]]);
  expect(error.message).toStartWith(message);
});

test("a violation in another table than that of the view has no column of the caller", async () => {
  await sql`create view tv as select * from t`;
  const viewed = await loadSchema(sql);
  for (const [schema, table] of [
    [known, "t"],
    [viewed, "tv"],
  ] as const) {
    const error = (await failure(insert(sql, schema, table, { id: 1 }))) as ConstraintError;
    expect([error.table, error.columns, error.issues.map(({ path }) => path)]).toEqual([
      ...["late", ["id"], [undefined]],
    ]);
  }
});

test("raw SQL that violates a constraint of a partition of a partition reports the table that has no parent", async () => {
  await sql
    .unsafe(`create table event (a int, b int check (b > 0)) partition by list (a);
    create table event_1 partition of event for values in (1) partition by list (b);
    create table event_1_0 partition of event_1 default`)
    .simple();
  const parted = await loadSchema(sql);
  const error = (await failure(exec(sql, parted, expr`insert into event values (1, -1)`))) as ConstraintError;
  expect([error.table, error.columns]).toEqual(["event", ["b"]]);
});

test("a key with an expression is named as a whole, because the row does not have its value", async () => {
  await sql
    .unsafe(`create table named (tenant int, name text);
    create unique index named_key on named (tenant, lower(name)); insert into named values (1, 'A')`)
    .simple();
  const now = await loadSchema(sql);
  const error = await failure(insert(sql, now, "named", { tenant: 1, name: "a" }));
  expect(error.message.split("\n")[0]).toBe(
    "named.tenant: a row with the same tenant, lower(name) already exists [23505, named_key]",
  );
});

test("a row outside the bounds of a partition names the columns of the partition key, however they are written", async () => {
  await sql
    .unsafe(`create table dated (id int, "createdAt" date, "co, mma" text, n int)
      partition by range ("createdAt", "co, mma" collate "C", (n + 1));
    create table dated_1 partition of dated for values from ('2026-01-01', 'a', 1) to ('2026-02-01', 'b', 2)`)
    .simple();
  const now = await loadSchema(sql);
  const row = { id: 1, createdAt: "2027-01-01", "co, mma": "a", n: 1 };
  const error = (await failure(insert(sql, now, "dated_1", row))) as ConstraintError;
  expect([error.kind, error.columns]).toEqual(["partition", ["createdAt", "co, mma", "n"]]);
  expect(error.message.split("\n")[0]).toBe(
    "dated_1 (createdAt, co, mma, n): the row does not belong in this partition; write it to dated [23514]",
  );
});

test("a CHECK constraint that the snapshot lacks has no columns in a partition either", async () => {
  await sql
    .unsafe(`create table split (k int, n int) partition by list (k);
    create table split_1 partition of split for values in (1)`)
    .simple();
  const before = await loadSchema(sql);
  await sql.unsafe("alter table split add constraint positive check (n > 0)");
  const error = (await failure(insert(sql, before, "split", { k: 1, n: -1 }))) as ConstraintError;
  expect([error.kind, error.columns]).toEqual(["check", []]);
  expect(error.message.split("\n")[0]).toBe("split: must satisfy the constraint positive [23514, positive]");
});

test("a row that a view's CHECK OPTION rejects names the columns of the condition, however they are written", async () => {
  await sql
    .unsafe(`create table planned (id int primary key, "due on" int, "número" int);
    create view open_plan as select * from planned where "due on" > 0 and "número" < 9 with check option`)
    .simple();
  const now = await loadSchema(sql);
  const row = { id: 1, "due on": 0, número: 1 };
  const error = (await failure(insert(sql, now, "open_plan", row))) as ConstraintError;
  expect([error.kind, error.columns]).toEqual(["viewCheck", ["due on", "número"]]);
});
