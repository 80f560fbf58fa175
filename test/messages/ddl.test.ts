import { afterAll, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addColumn,
  addEnumValue,
  addForeignKey,
  createEnum,
  createIndex,
  createLinkTable,
  createPartitions,
  createTable,
  createView,
  dropColumn,
  dropTable,
  migrate,
  migrateDown,
  migrationStatus,
  refreshView,
  renameColumn,
  renameTable,
  transformTable,
} from "../../src/ddl/index.ts";
import { expr, scope, transaction } from "../../src/index.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table owner (id int primary key, name text);
  create table item (id int primary key, owner_id int references owner, size text, flag boolean);
  insert into owner values (1, 'a'); insert into item values (1, 1, 'x', true), (2, null, 'x', null);
  create type mood as enum ('sad', 'happy');
  create view names as select name from owner;
  create materialized view counted as select count(*) as n from item;`,
);
const wrong = (value: unknown): never => value as never;
const directory = mkdtempSync(join(tmpdir(), "rowfn-messages-"));
afterAll(() => rmSync(directory, { recursive: true }));
writeFileSync(
  join(directory, "001_first.sql"),
  "create table first (id int);\n\ncreate tabel second (id int);\n",
);

test("the messages of rejected table changes", async () => {
  await expectMessages("ddl", [
    () => createTable(sql, schema, "owner", { id: "int" }),
    () => createTable(sql, schema, "thing", { id: "itn" }),
    () => createTable(sql, schema, "thing", { id: wrong(5) }),
    () => createTable(sql, schema, "thing", { owner: wrong({ references: "ownr" }) }),
    () => createTable(sql, schema, "thing", { owner: wrong({ table: "owner", column: "id" }) }),
    () => createTable(sql, schema, "thing", { o: "int" }, { foreignKeys: { o: wrong({ table: "owner" }) } }),
    () => createTable(sql, schema, "thing", { o: "int" }, { foreignKeys: { o: { references: "ownr" } } }),
    () => createTable(sql, schema, "thing", { id: "serial" }),
    () => createTable(sql, schema, "thing", { id: "int" }, { primaryKey: wrong(["ident"]) }),
    () => createTable(sql, schema, "thing", { n: "int default five" }),
    () => createTable(sql, schema, "thing", { id: "int" }, wrong({ ifNotExist: true })),
    () => createTable(sql, scope(schema, { item: { id: 1 } }), "thing", { id: "int" }),
    () => createTable(sql, schema, "nowhere.thing", { id: "int" }),
    () => addColumn(sql, schema, "item", "size", "int"),
    () => addColumn(sql, schema, "itm", "weight", "int"),
    () => addColumn(sql, schema, "item", "weight", expr`int not null`),
    () => addForeignKey(sql, schema, "item", "size", "owner"),
    () => addForeignKey(sql, schema, "item", "owner", "owner"),
    () => addForeignKey(sql, schema, "item", "flag", "names"),
    () => createIndex(sql, schema, "item", ["siz"]),
    () => createIndex(sql, schema, "item", "size", { unique: true }),
    () => createIndex(sql, schema, "item", "size", wrong({ using: "hsh" })),
    () => createIndex(sql, schema, "names", "name"),
    () => transaction(sql, tx => createIndex(tx, schema, "item", "size", { concurrently: true })),
    () => createEnum(sql, schema, "mood", ["a"]),
    () => createEnum(sql, schema, "color", ["red", "red"]),
    () => addEnumValue(sql, schema, "mood", "sad"),
    () => addEnumValue(sql, schema, "mod", "calm"),
    () => createLinkTable(sql, schema, "item", "names"),
    () => createView(sql, schema, "names2", expr`select nam from owner`),
    () => createView(sql, schema, "names2", expr`select name\nfrom owner\nwhere nam = 'x'`),
    () => createTable(sql, schema, "thing", { id: "int", n: "int" }, { checks: { n: expr`lenght(n) > 1` } }),
    () => createPartitions(sql, schema, "item", { by: "month", ahead: 1 }),
    () => dropColumn(sql, schema, "owner", "id"),
    () => dropColumn(sql, schema, "owner", "name"),
    () => dropTable(sql, schema, "owner"),
    () => dropTable(sql, schema, "names"),
    () => refreshView(sql, schema, "names"),
    () => renameColumn(sql, schema, "item", "size", "flag"),
    () => renameTable(sql, schema, "item", "owner"),
    () => transformTable(sql, schema, "item", wrong({ columns: { size: "int" } })),
    () => transformTable(sql, schema, "item", { drop: wrong(["siz"]) }),
  ]);
});

const one = { name: "001_one", up: "create table one (id int)" };

test("the messages of failed migrations", async () => {
  await expectMessages(
    "migrations",
    [
      () => migrate(sql, directory),
      () => migrate(sql, `${directory}/missing`),
      () => migrate(sql, [{ name: "001_a", up: "select nam from owner" }]),
      () => migrate(sql, [{ name: "001_a", up: "insert into owner values (1, 'b')" }]),
      () => migrate(sql, [{ name: "001_a", up: "begin; create table t (id int); commit;" }]),
      () => migrate(sql, [{ name: "001_a", up: "create index concurrently i on item (size)" }]),
      () => migrate(sql, [{ name: "001_a", up: "select 1; vacuum owner", transaction: false }, one, one]),
      () => migrate(sql, wrong([{ name: "001_a" }])),
      () => migrate(sql, [one], wrong({ schmea: "public" })),
      () => transaction(sql, tx => migrate(tx, [one])),
      async () => {
        await migrate(sql, [one]);
        return await migrate(sql, [{ ...one, up: "create table one (id bigint)" }]);
      },
      () => migrate(sql, []),
      () => migrate(sql, [{ name: "000_zero", up: "select 1" }, one]),
      () => migrationStatus(sql, []),
      () => migrateDown(sql, [one]),
      () => migrateDown(sql, [one], { steps: 0 }),
    ],
    { [directory]: "migrations" },
  );
});
