// Changes of a table with dependents: foreign keys of other tables, and triggers.
import { expect, test } from "bun:test";
import { createTable, transformTable } from "../../src/ddl/index.ts";
import { loadSchema } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table team (id int primary key, code text not null unique, name text not null);
   create table person (id int primary key, team_id int references team, team_code text references team (code));`,
  `truncate team, person; insert into team values (1, 'a', 'A'); insert into person values (1, 1, 'a')`,
);

const columns = { id: "int not null", code: "text not null", name: "text not null" } as const;
const foreignKeys = "select conname::text from pg_constraint where contype = 'f' order by 1";

test("the foreign keys of other tables are named, and dropped only with cascade", async () => {
  const options = { transform: true, primaryKey: ["name"], unique: ["code"] } as const;
  const rejected = await failure(createTable(database.sql, schema, "team", columns, options));
  expect(rejected.message).toBe(
    "team: foreign key person_team_id_fkey of person depends on key team_pkey; cascade: true drops it too",
  );
  expect(await plain(foreignKeys)).toEqual([["person_team_code_fkey"], ["person_team_id_fkey"]]);
  const same = await failure(transformTable(database.sql, schema, "team", { primaryKey: ["name"] }));
  expect(same.message).toBe(rejected.message);
  const changed = await createTable(database.sql, schema, "team", columns, { ...options, cascade: true });
  expect(await plain(foreignKeys)).toEqual([["person_team_code_fkey"]]);
  expect(await plain("select * from person")).toEqual([[1, 1, "a"]]);
  const both = await createTable(database.sql, changed, "team", columns, {
    ...options,
    unique: ["id"],
    cascade: true,
  });
  expect(both.relations.find(({ key }) => key === "team")?.uniqueKeys.map(key => key.columns)).toEqual([
    ["id"],
  ]);
  expect(await plain(foreignKeys)).toEqual([]);
});

test.skipIf(!isServer(15))("changing the type of a published column is rejected, with advice", async () => {
  await database.sql.unsafe("create publication titles for table team (id, code, name) where (name <> '')");
  try {
    const change = transformTable(database.sql, schema, "team", { retype: { name: "varchar(20)" } });
    expect((await failure(change)).message).toStartWith(
      "cannot alter type of a column used by a publication WHERE clause [0A000]; drop the table from the publication first, and add it again afterwards",
    );
  } finally {
    await database.sql.unsafe("drop publication titles");
  }
});

test("changing the type of a column that a trigger uses is rejected, with advice", async () => {
  await database.sql.unsafe(`
    create or replace function touch() returns trigger language plpgsql as 'begin return new; end';
    create or replace trigger renamed before update of name on team for each row execute function touch()`);
  const change = transformTable(database.sql, schema, "team", { retype: { name: "varchar(20)" } });
  expect((await failure(change)).message).toStartWith(
    "cannot alter type of a column used in a trigger definition [0A000]; drop the triggers and policies that use the column first, and create them again afterwards",
  );
  expect((await failure(change)).message).toEndWith(
    '\n  trigger renamed on table team depends on column "name"',
  );
});

test("changing the type under a view that other objects use names them, with advice that cascade does not replace", async () => {
  await database.sql.unsafe(`create view named as select name from team;
    create policy of_a on person using (exists (select from named where name = 'A'))`);
  try {
    const now = await loadSchema(database.sql);
    const change = transformTable(
      database.sql,
      now,
      "team",
      { retype: { name: "varchar(20)" } },
      { cascade: true },
    );
    expect((await failure(change)).message).toEndWith(
      "\n  policy of_a on table person depends on view named\n  drop the dependent objects before this change, and create them again after it",
    );
  } finally {
    await database.sql.unsafe("drop view named cascade");
  }
});

test("a statistics object of a column with a new type keeps its target and comment", async () => {
  await database.sql.unsafe(`drop trigger if exists renamed on team;
    create statistics both_texts on code, name from team; alter statistics both_texts set statistics 50;
    comment on statistics both_texts is 'texts'; create statistics other on id, code from team`);
  const now = await loadSchema(database.sql);
  await transformTable(database.sql, now, "team", { retype: { name: "varchar(20)" } });
  expect(
    await plain(
      "select stxname::text, stxstattarget::int, obj_description(oid, 'pg_statistic_ext') from pg_statistic_ext where stxname = 'both_texts'",
    ),
  ).toEqual([["both_texts", 50, "texts"]]);
});

test("partitions and children keep defaults of their own when that of the table changes", async () => {
  await database.sql.unsafe(`create table reading (id int, n text default '1', at int) partition by range (id);
    create table reading_1 partition of reading (n default '7') for values from (0) to (10) partition by range (id);
    create table reading_11 partition of reading_1 (n default '8') default;
    create table reading_2 partition of reading for values from (10) to (20);
    create table base (a int default 1); create table derived () inherits (base); alter table derived alter a set default 5`);
  const now = await loadSchema(database.sql);
  const next = await transformTable(database.sql, now, "reading", {
    rename: { n: "m" },
    retype: { n: "int" },
    defaults: { n: 2 },
  });
  await transformTable(database.sql, next, "base", { defaults: { a: 3 } });
  expect(
    await plain(
      `select adrelid::regclass::text, pg_get_expr(adbin, adrelid) from pg_attrdef
       where adrelid::regclass::text ~ '^(reading|base|derived)' order by 1`,
    ),
  ).toEqual([
    ["base", "3"],
    ["derived", "5"],
    ["reading", "2"],
    ["reading_1", "('7'::text)::integer"],
    ["reading_11", "('8'::text)::integer"],
    ["reading_2", "2"],
  ]);
});
