import { beforeEach, expect, test } from "bun:test";
import { createTable, transformTable, transformTableSql } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table item (id int primary key, name varchar(9), price int, note text);
  insert into item values (1, 'pen', 2, 'x'), (2, 'cap', 5, null);
  create function stamp() returns trigger language plpgsql as 'begin return new; end';`;

const { renew, plain } = freshTables(START);
let database: TestDatabase;

beforeEach(async () => {
  ({ database } = await renew());
});

async function reload(statements: string): Promise<SchemaSnapshot> {
  await database.sql.unsafe(statements);
  return await loadSchema(database.sql);
}

test("a view that reads a retyped column is dropped and created in the same transaction", async () => {
  const schema = await reload("create view cheap as select id, price from item where price < 4");
  const { definition } = schema.relations.find(({ name }) => name === "cheap")!;
  const sent: string[] = [];
  const onStatement = ({ text }: { readonly text: string }): void => void sent.push(text);
  await transformTable(database.sql, schema, "item", { retype: { price: "bigint" } }, { onStatement });
  expect(sent).toEqual([
    'DROP VIEW "public"."cheap"',
    'ALTER TABLE "public"."item" ALTER COLUMN "price" TYPE bigint USING "price"::int8',
    `CREATE VIEW "public"."cheap" AS\n${definition}`,
  ]);
  expect(await plain("select * from cheap")).toEqual([[1, "2"]]);
});

test("other views are unchanged", async () => {
  const schema = await reload(`create view names as select id, name from item;
    create view derived as select x.price as n from item cross join (select id from item) x(price);
    create view counted as with w(price) as (select id from item) select w.price as n from item cross join w;
    create view numbered as with recursive w(price) as (select id from item union select w.price from item cross join w) select w.price as n from item cross join w;`);
  expect(transformTableSql(schema, "item", { retype: { price: "bigint" } })).toEqual([
    'ALTER TABLE "public"."item" ALTER COLUMN "price" TYPE bigint USING "price"::int8',
  ]);
});

test("views on views, indexes, options, defaults, comments and triggers are recreated", async () => {
  const before = await reload(`
    create view cheap with (security_barrier) as select id, price, name from item where price < 4;
    alter view cheap alter price set default 3; comment on view cheap is 'c'; comment on column cheap.price is 'p';
    create trigger stamped instead of insert on cheap for each row execute function stamp();
    create materialized view sums as select name, sum(price) as total from cheap group by name;
    create unique index sums_name on sums (name); comment on index sums_name is 'i';
    create view over_sums as select total from sums;`);
  const after = await transformTable(database.sql, before as never, "item" as never, {
    retype: { price: "bigint" },
  });
  expect(schemaDiff(before, after as never)).toEqual([
    "column public.cheap.price: type integer → bigint",
    "column public.item.price: type integer → bigint",
    "column public.over_sums.total: type bigint → numeric",
    "column public.sums.total: type bigint → numeric",
  ]);
  expect(await plain("select total from over_sums")).toEqual([["2"]]);
});

test("recreated views keep the privileges of roles and their owners", async () => {
  const schema = await reload(`
    drop role if exists "Odd reader"; create role "Odd reader";
    create view cheap as select id, price from item; create view dear as select * from cheap;
    grant select on cheap to public; grant update on cheap to "Odd reader" with grant option;
    grant select (id) on dear to "Odd reader"; grant usage, create on schema public to "Odd reader"; alter view dear owner to "Odd reader"`);
  const acls =
    "select relname, relacl::text, pg_get_userbyid(relowner) from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace order by relname";
  const columns =
    "select attname, attacl::text from pg_attribute where attacl is not null and attrelid = 'dear'::regclass";
  const before = [await plain(acls), await plain(columns)];
  await transformTable(database.sql, schema, "item", { retype: { price: "bigint" } });
  const [views, own] = [await plain(acls), await plain(columns)];
  expect(views.map(row => [row[0], row[2]])).toEqual(before[0]!.map(row => [row[0], row[2]]));
  const privileges =
    "select table_name, grantee, privilege_type, is_grantable from information_schema.role_table_grants where table_schema = 'public' and grantee in ('PUBLIC', 'Odd reader') order by 1, 2, 3";
  expect(await plain(privileges)).toContainEqual(["cheap", "Odd reader", "UPDATE", "YES"]);
  expect(await plain(privileges)).toContainEqual(["cheap", "PUBLIC", "SELECT", "NO"]);
  expect(own).toEqual(before[1]!);
  await database.sql.unsafe('drop owned by "Odd reader"; drop role "Odd reader"');
});

test("a view of partitions and of a renamed column with an alias is recreated", async () => {
  const schema = await reload(`
    create table log (day date, n int, k int) partition by range (day); create table log_all partition of log default;
    create view parts as select sum(n) as n from log_all;
    create view joined as select * from log l join item i on l.k = i.id;
    create view named as select m.amount from log m(d, amount) where m.amount > 1`);
  const statements = transformTableSql(schema, "log", { retype: { n: "bigint" } });
  expect(statements.slice(0, 3)).toEqual([
    'DROP VIEW "public"."parts"',
    'DROP VIEW "public"."named"',
    'DROP VIEW "public"."joined"',
  ]);
  await transformTable(database.sql, schema, "log", { retype: { n: "bigint" } });
  expect(await plain("select count(*)::int from named")).toEqual([[0]]);
});

test("a renamed column of a join with USING is still found in the view", async () => {
  const schema = await reload(`
    create table pair (id int, zz text); create view both_sides as select * from item join pair using (id);
    alter table pair rename id to pid; alter table pair add fresh int`);
  expect(transformTableSql(schema, "pair", { retype: { pid: "bigint" } })[0]).toBe(
    'DROP VIEW "public"."both_sides"',
  );
  expect(transformTableSql(schema, "pair", { drop: ["fresh"] })).toEqual([
    'ALTER TABLE "public"."pair" DROP COLUMN "fresh"',
  ]);
  expect(() => transformTableSql(schema, "pair", { drop: ["pid"] })).toThrow(
    "pair: view both_sides depends on pid; cascade: true drops it too",
  );
});

test("views with rules and views that read a renamed column are not recreated", async () => {
  const schema = await reload(`
    create view ruled as select price from item; create rule r as on insert to ruled do instead nothing;
    create view titled as select name, note from item`);
  await expect(transformTable(database.sql, schema, "item", { retype: { price: "bigint" } })).rejects.toThrow(
    "item: view ruled depends on a column with a new type, and has rules; drop it first",
  );
  const changes = { retype: { name: "text" }, rename: { note: "remark" } };
  await expect(transformTable(database.sql, schema, "item", changes)).rejects.toThrow(
    "item: view titled depends on renamed columns and on a new type; rename the columns in a separate call",
  );
  await expect(
    transformTable(database.sql, schema, "item", { retype: { name: "text" }, rename: { id: "key" } }),
  ).resolves.toBeDefined();
});

test("with cascade: true, a view of a dropped column is dropped even if another of its columns is retyped", async () => {
  const schema = await reload(
    "create view full_item as select name, price from item; create view cheap as select price from item",
  );
  await transformTable(
    database.sql,
    schema,
    "item",
    { drop: ["name"], retype: { price: "bigint" } },
    { cascade: true, allowLoss: true },
  );
  expect(await plain("select viewname from pg_views where schemaname = 'public'")).toEqual([["cheap"]]);
});

test("createTable with transform: true retypes a column under a view", async () => {
  const schema = await reload("create view cheap as select id, price from item");
  const columns = { id: "int", name: "varchar(9)", price: "bigint", note: "text" };
  await createTable(database.sql, schema, "item", columns, {
    primaryKey: "id",
    identity: null,
    transform: true,
  });
  expect(await plain("select * from cheap")).toEqual([
    [1, "2"],
    [2, "5"],
  ]);
});

test("if the change fails, the views are unchanged", async () => {
  const schema = await reload("create view cheap as select id, name from item");
  await expect(transformTable(database.sql, schema, "item", { retype: { name: "int" } })).rejects.toThrow(
    "item.name: some values cannot be converted",
  );
  expect(await plain("select name from cheap where id = 1")).toEqual([["pen"]]);
});
