import { beforeEach, expect, test } from "bun:test";
import { columnDependents } from "../../src/ddl/dependents.ts";
import {
  dropColumn,
  dropColumnSql,
  extract,
  transformTable,
  transformTableSql,
} from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table person (id int primary key, name text, surname text, deleted_at timestamptz, email text);
  create unique index live on person (email) where deleted_at is null;
  create index person_surname on person (lower(surname));`;

const { renew, plain } = freshTables(START);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});

async function reload(statements: string): Promise<SchemaSnapshot> {
  await database.sql.unsafe(statements);
  return await loadSchema(database.sql);
}

function labels(now: SchemaSnapshot, table: string, ...columns: string[]): readonly string[] {
  return columnDependents(now, relationOf(now, table), columns).map(({ label }) => label);
}

test("keywords of types and functions are not column names", async () => {
  const now =
    await reload(`create table t (a text, at timestamp, "numeric" int, "time" int, zone int, epoch int);
    create index one on t ((a::numeric(10, 2)));
    create index two on t ((at::timestamp(3) without time zone is null));
    create index three on t (extract(epoch from at));
    create index four on t ((("numeric" + 1) * 2), (cast(a as numeric(10, 2)) + "time"))`);
  expect(labels(now, "t", "zone", "epoch")).toEqual([]);
  expect(labels(now, "t", "numeric")).toEqual(["index four"]);
  expect(labels(now, "t", "time")).toEqual(["index four"]);
  expect([...labels(now, "t", "at")].sort()).toEqual(["index three", "index two"]);
});

test("the values true and false are not columns of these names", async () => {
  const now = await reload(`create table t (v bool, "true" bool, "false" bool);
    create index one on t ((v is distinct from true)) where v <> false;
    create index two on t (("true" and v)); create index three on t (("false" or v))`);
  expect(labels(now, "t", "true")).toEqual(["index two"]);
  expect(labels(now, "t", "false")).toEqual(["index three"]);
});

test("dropColumn rejects a column that an index predicate uses, and names the index", async () => {
  await expect(dropColumn(database.sql, schema, "person", "deleted_at")).rejects.toThrow(
    "person.deleted_at: unique index live depends on this column; cascade: true drops it too",
  );
  expect(await plain("select indexname from pg_indexes where indexname = 'live'")).toEqual([["live"]]);
});

test("dropColumn with cascade: true drops the index whose predicate uses the column", async () => {
  await dropColumn(database.sql, schema, "person", "deleted_at", { cascade: true });
  expect(await plain("select indexname from pg_indexes where indexname = 'live'")).toEqual([]);
});

test("transformTable drops a column that an index predicate uses only with cascade", async () => {
  const changes = { drop: ["deleted_at"] };
  await expect(transformTable(database.sql, schema, "person", changes)).rejects.toThrow(
    "person: unique index live depends on deleted_at; cascade: true drops it too",
  );
  expect(transformTableSql(schema, "person", changes, { cascade: true })).toEqual([
    'ALTER TABLE "public"."person" DROP COLUMN "deleted_at" CASCADE',
  ]);
  await transformTable(database.sql, schema, "person", changes, { cascade: true });
  expect(await plain("select indexname from pg_indexes where indexname = 'live'")).toEqual([]);
});

test("extract moves the column name although an index uses the column surname", async () => {
  await extract(database.sql, schema, "person", "name", { into: "first_name" });
  expect(
    await plain("select attname from pg_attribute where attrelid = 'person'::regclass and attname = 'name'"),
  ).toEqual([]);
});

test("an index on dropped columns only is dropped with them", async () => {
  const now = await reload("create index names on person (name, surname) where name is not null");
  expect(() => dropColumnSql(now, "person", "name")).toThrow("index names depends on this column");
  expect(transformTableSql(now, "person", { drop: ["name", "surname"] })).toEqual([
    'ALTER TABLE "public"."person" DROP COLUMN "name"',
    'ALTER TABLE "public"."person" DROP COLUMN "surname"',
  ]);
});

test("a self-referencing foreign key is dropped before its referenced key", async () => {
  const now = await reload(
    "create table book (id int primary key, author_id int, up int constraint book_up references book)",
  );
  const changes = { dropConstraints: ["book_up"], primaryKey: ["author_id", "id"] };
  expect(transformTableSql(now, "book", changes)).toEqual([
    'ALTER TABLE "public"."book" DROP CONSTRAINT "book_up"',
    'ALTER TABLE "public"."book" DROP CONSTRAINT "book_pkey"',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_pkey" PRIMARY KEY ("author_id", "id")',
  ]);
  const after = await transformTable(database.sql, now, "book", changes);
  expect(relationOf(after, "book").foreignKeys).toEqual([]);
});

test("a generated column is dropped before the column that it is generated from", async () => {
  const now = await reload("alter table person add loud text generated always as (upper(name)) stored");
  expect(() => dropColumnSql(now, "person", "name")).toThrow(
    "person.name: generated column loud depends on this column; cascade: true drops it too",
  );
  await transformTable(database.sql, now, "person", { drop: ["name", "loud"] });
  expect(
    await plain(
      "select count(*)::int from pg_attribute where attrelid = 'person'::regclass and attnum > 0 and not attisdropped",
    ),
  ).toEqual([[4]]);
});

test("dependents are keys, indexes, checks, exclusions, generated columns, incoming and outgoing foreign keys, and views", async () => {
  const now = await reload(`
    create table room (id int, code text, a int, b int, span int4range, primary key (id, code), unique (a) include (b),
      check (a < b), g int generated always as (b + 1) stored, up int,
      exclude using gist (span with &&) where (b > 0));
    create index on room ((b * 2));
    create table stay (id int, code text, foreign key (id, code) references room);
    create view rooms as select r.b from room r join stay s on s.id = r.id;`);
  expect(labels(now, "room", "id")).toEqual([
    "primary key room_pkey",
    "foreign key stay_id_code_fkey of stay",
    "view rooms",
  ]);
  expect(labels(now, "room", "code")).toEqual([
    "primary key room_pkey",
    "foreign key stay_id_code_fkey of stay",
  ]);
  expect(labels(now, "room", "a")).toEqual(["unique constraint room_a_b_key", "check room_check"]);
  expect(labels(now, "room", "b")).toEqual([
    "unique constraint room_a_b_key",
    "exclusion constraint room_span_excl",
    "check room_check",
    "index room_expr_idx",
    "generated column g",
    "view rooms",
  ]);
  expect(labels(now, "room", "up")).toEqual([]);
  expect(labels(now, "stay", "code")).toEqual(["foreign key stay_id_code_fkey"]);
});

test("a partition's own constraints and indexes depend on the columns of the partitioned table", async () => {
  const now = await reload(`
    create table part (id int, at date, note text) partition by list (id);
    create table part_1 partition of part for values in (1);
    create unique index part_1_at on part_1 (at) where note is null;`);
  expect(() => dropColumnSql(now, "part", "note")).toThrow(
    "unique index part_1_at of part_1 depends on this column",
  );
});

test("a partition's copy of a key is not listed separately from the key of the partitioned table", async () => {
  const now = await reload(`
    create table part (id int, at date, unique (id, at)) partition by list (id);
    create table part_1 partition of part for values in (1);`);
  expect(labels(now, "part", "at")).toEqual(["unique constraint part_id_at_key"]);
  const changes = { dropConstraints: ["part_id_at_key"], drop: ["at"] };
  await transformTable(database.sql, now, "part", changes);
  expect(await plain("select indexname from pg_indexes where tablename like 'part%'")).toEqual([]);
});

test("a view depends on the columns that it reads, not on columns of other tables or aliases with the same name", async () => {
  const now = await reload(`
    create table a (id int, name text, odd text); create table b (id int, name text, zz text);
    create view both_names as select a.name, x.id as zz from a join b x on x.id = a.id;
    create view renamed as select b.zz, a.name from b join a using (id); alter table b rename id to bid; alter table b add fresh int;`);
  expect(labels(now, "a", "name")).toEqual(["view both_names", "view renamed"]);
  expect(labels(now, "b", "fresh")).toEqual([]);
  expect(labels(now, "a", "odd")).toEqual([]);
  expect(labels(now, "b", "name")).toEqual([]);
  expect(labels(now, "b", "zz")).toEqual(["view renamed"]);
});

test("a view whose printed query renames a table's columns does not prevent dropping other columns", async () => {
  const now = await reload(`create table a (id int); create table b (id int);
    create view v as select * from b join a using (id); alter table b rename id to bid;
    alter table b add zz text, add y int;`);
  const left = await transformTable(database.sql, now, "b", { drop: ["zz"] });
  await dropColumn(database.sql, left, "b", "y");
  expect(
    await plain(
      "select attname::text from pg_attribute where attrelid = 'b'::regclass and attnum > 0 and not attisdropped",
    ),
  ).toEqual([["bid"]]);
  expect(await plain("select * from v")).toEqual([]);
});

test.each(["x", "y"])(
  "an index that includes column %s as a non-key column is not dropped silently",
  async column => {
    const now = await reload(`create table t (id int primary key, e text, x text, y text);
    create unique index by_x on t (e) include (x); create index by_y on t (e) include (y);`);
    const label = `index by_${column} depends on`;
    await expect(dropColumn(database.sql, now, "t", column)).rejects.toThrow(label);
    await expect(transformTable(database.sql, now, "t", { drop: [column] })).rejects.toThrow(label);
    expect(await plain("select indexname::text from pg_indexes where tablename = 't' order by 1")).toEqual([
      ["by_x"],
      ["by_y"],
      ["t_pkey"],
    ]);
  },
);

test("strings, types, functions and longer names that contain a column name are not the column", async () => {
  const now = await reload(`
    create table odd (id int, text text, lower text, date date, "Name" text, name text, year int, "c" text,
      check (lower("Name") <> 'name'::text), check ((date - '2020-01-01'::date) > 1), check (extract(year from date) > 2000));
    create index odd_c on odd (("Name" collate "C"));`);
  expect(labels(now, "odd", "text")).toEqual([]);
  expect(labels(now, "odd", "lower")).toEqual([]);
  expect(labels(now, "odd", "name")).toEqual([]);
  expect(labels(now, "odd", "year")).toEqual([]);
  expect(labels(now, "odd", "c")).toEqual([]);
  expect(labels(now, "odd", "Name")).toEqual(["check odd_Name_check", "index odd_c"]);
  expect(labels(now, "odd", "date")).toEqual(["check odd_date_check", "check odd_date_check1"]);
});

const EVERYTHING = `
  create table t (a int, b int, c int, d text, e text, "E e" text, r int4range, s int4range,
    primary key (a), unique (b, c), unique (d) include (e), check (b > 0), check (c > b), check ("E e" <> 'd'),
    exclude using gist (r with &&), exclude using gist (r with &&, s with &&), up int references t);
  create index on t (a, b); create index on t (lower(d)); create index on t ((c + b)); create index on t (c) where e is null;
  create unique index on t ("E e" desc) where "E e" is not null; create index on t (d) include (e);`;

test("every object that PostgreSQL drops silently with a column is a dependent that is dropped explicitly or prevents the drop", async () => {
  const now = await reload(EVERYTHING);
  const relation = relationOf(now, "t");
  const parts = `select relname::text from pg_index join pg_class on oid = indexrelid where indrelid = 't'::regclass
    union select conname::text from pg_constraint where conrelid = 't'::regclass and contype <> 'n'`;
  const before = (await plain(parts)).map(([name]) => String(name));
  for (const { name } of relation.columns) {
    const dependents = columnDependents(now, relation, [name]);
    const lost: string[] = [];
    const rejected = await database.sql
      .begin(async tx => {
        await tx.unsafe(`alter table t drop column "${name}"`);
        const left = (await tx.unsafe(parts).values()).map(([part]: unknown[]) => String(part));
        lost.push(...before.filter(part => !left.includes(part)));
        throw new Error("undo");
      })
      .catch((error: Error) => error.message !== "undo");
    const outside = dependents.filter(({ kind }) => kind === "reference").length;
    expect([name, rejected]).toEqual([name, outside > 0]);
    if (!rejected) expect([name, dependents.map(one => one.name).sort()]).toEqual([name, lost.sort()]);
  }
});
