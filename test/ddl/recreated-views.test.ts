// What a view that transformTable drops and creates again must not lose or get, read back by plain SQL.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { transformTable } from "../../src/ddl/index.ts";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";

const [reader, owner] = ["Reader", "Owner"].map(name => `"${name} ${crypto.randomUUID().slice(0, 8)}"`);
const START = `
  drop schema if exists public cascade; create schema public; grant all on schema public to ${owner};
  create table item (id int primary key, name varchar(9), price int);
  insert into item values (1, 'pen', 2), (2, 'cap', 5);`;

const database = await testDatabase();
const { sql } = database;
await sql.unsafe(`create role ${reader}; create role ${owner}`);
beforeEach(async () => void (await sql.unsafe(START)));
afterAll(async () => {
  await sql.unsafe(
    `drop owned by ${reader}; drop owned by ${owner}; drop role ${reader}; drop role ${owner}`,
  );
  await database.drop();
});

const plain = async (text: string): Promise<unknown[][]> => [...(await sql.unsafe(text).values())];

/** Gives the column `price` another type. */
async function retype(): Promise<readonly string[]> {
  const before = await loadSchema(sql);
  const after = await transformTable(sql, before as never, "item" as never, { retype: { price: "bigint" } });
  expect(after as unknown).toEqual(await loadSchema(sql));
  return schemaDiff(before, after as never).filter(line => !line.includes("type integer → bigint"));
}

const PRIVILEGES = `select case grantee when 0 then 'PUBLIC' else grantee::regrole::text end, string_agg(privilege_type, ' ' order by privilege_type)
  from pg_class, aclexplode(relacl) where relname = 'dear' and (grantee <> relowner or has_privileges) group by 1 order by 1`;
const privileges = (ofOwner: boolean): Promise<unknown[][]> =>
  plain(PRIVILEGES.replace("has_privileges", String(ofOwner)));

test("a recreated view does not get the privileges of ALTER DEFAULT PRIVILEGES", async () => {
  await sql.unsafe(`create view dear as select id, price from item; grant update on dear to ${reader};
    alter default privileges grant select on tables to ${reader};
    alter default privileges in schema public grant insert on tables to public`);
  await retype();
  const granted = await privileges(false);
  await sql.unsafe(`alter default privileges revoke select on tables from ${reader}`);
  expect(granted).toEqual([[reader, "UPDATE"]]);
});

test("the owner of a recreated view keeps all privileges if default privileges name it", async () => {
  await sql.unsafe(`create view dear as select id, price from item; alter view dear owner to ${owner};
    alter default privileges in schema public grant select on tables to ${owner}`);
  await retype();
  expect(await plain(`select has_table_privilege(${owner!.replaceAll('"', "'")}, 'dear', 'DELETE')`)).toEqual(
    [[true]],
  );
});

test("a privilege that the owner of a view has revoked from itself remains revoked", async () => {
  await sql.unsafe(`create view dear as select id, price from item; alter view dear owner to ${owner};
    revoke all on dear from ${owner}; grant select, insert on dear to ${owner}`);
  await retype();
  expect(await privileges(true)).toEqual([[owner, "INSERT SELECT"]]);
});

test("a materialized view without rows has none after it is recreated", async () => {
  await sql.unsafe("create materialized view dear as select id, price from item with no data");
  await retype();
  expect(await plain("select relispopulated from pg_class where relname = 'dear'")).toEqual([[false]]);
});

test("a materialized view keeps the index of CLUSTER, statistics targets and statistics objects", async () => {
  await sql.unsafe(`create materialized view dear as select id, name, price from item;
    create index dear_id on dear (id); alter materialized view dear cluster on dear_id;
    alter materialized view dear alter name set statistics 77, alter name set (n_distinct = 5);
    create statistics dear_stats on id, name from dear; alter statistics dear_stats set statistics 5;
    comment on statistics dear_stats is 'both'`);
  expect(await retype()).toEqual([]);
  expect(await plain("select indisclustered from pg_index where indexrelid = 'dear_id'::regclass")).toEqual([
    [true],
  ]);
  expect(
    await plain(
      "select attstattarget, 'n_distinct=5' = any (attoptions) from pg_attribute where attrelid = 'dear'::regclass and attname = 'name'",
    ),
  ).toEqual([[77, true]]);
  expect(
    await plain(
      "select stxstattarget, obj_description(oid, 'pg_statistic_ext') from pg_statistic_ext where stxrelid = 'dear'::regclass",
    ),
  ).toEqual([[5, "both"]]);
});
