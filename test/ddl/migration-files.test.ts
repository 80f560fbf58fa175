// Which files of a directory are migrations, and what their lines mean.
import { expect, test } from "bun:test";
import { migrate, migrateDown } from "../../src/ddl/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { eachMigrationTest } from "../support/migration-directory.ts";

let sql: TestDatabase["sql"];
let directory: string;
const write = eachMigrationTest(own => {
  ({ sql, directory } = own);
});

test.each([
  "-- Rowfn: Down",
  "-- rowfn: downs",
  "-- rowfn down",
  "--- rowfn: down",
  "-- rowfn:no-transaction",
  "-- ROWFN: NO TRANSACTION",
])("a file with the line %j is rejected before any file runs", async line => {
  write("1.sql", "create table t (v text);");
  write("2.sql", `create table u (v text);\n${line}\ndrop table t;`);
  await expect(migrate(sql, directory)).rejects.toThrow(
    `migration 2.sql has the line ${JSON.stringify(line)}, which means nothing; write "-- rowfn: down" or "-- rowfn: no transaction"`,
  );
  expect((await sql`select to_regclass('t'), to_regclass('rowfn_migration')`.values())[0]).toEqual([
    null,
    null,
  ]);
});

test.each(["--rowfn:down", "  --  rowfn:  down  ", "-- rowfn: down\r"])(
  "the line %j starts the SQL that reverts a file",
  async line => {
    write("1.sql", `create table t (v text);\n${line}\ndrop table t;`);
    expect((await migrate(sql, directory)).applied).toEqual(["1.sql"]);
    expect((await sql`select count(*)::int from t`.values())[0]).toEqual([0]);
    expect(await migrateDown(sql, directory)).toEqual(["1.sql"]);
  },
);

test("comments about rowfn, and lines in strings and function bodies, mean nothing", async () => {
  write(
    "1.sql",
    "-- rowfn creates this table\ncreate table t (v text default '\n-- rowfn: downs\n');\n/* rowfn: downs */ do $$\n-- rowfn: downs\nbegin end $$;",
  );
  expect((await migrate(sql, directory)).applied).toEqual(["1.sql"]);
});

test("a list of migrations has no lines of files", async () => {
  const up = "create table t (v text);\n-- rowfn: down\ndrop table t;";
  await expect(migrate(sql, [{ name: "1", up }])).rejects.toThrow(
    'migration 1: up has the line "-- rowfn: down", which has a meaning only in a file; pass down or transaction',
  );
  const vacuum = "-- rowfn: no transaction\nvacuum;";
  await expect(migrate(sql, [{ name: "1", up: "select 1", down: vacuum }])).rejects.toThrow(
    "migration 1: down has",
  );
  await migrate(sql, [{ name: "1", up: vacuum, transaction: false }]);
});

test("hidden files are no migrations", async () => {
  write("1.sql", "create table t (v text);");
  for (const name of [".1.sql", "._1.sql", ".#1.sql"]) write(name, "\xff");
  expect((await migrate(sql, directory)).applied).toEqual(["1.sql"]);
});

test("a file whose name ends in .SQL is rejected, not ignored", async () => {
  write("1.sql", "create table t (v text);");
  write("2.SQL", "create table u (v text);");
  await expect(migrate(sql, directory)).rejects.toThrow("migration 2.SQL must end in .sql; rename it");
  expect((await sql`select to_regclass('t')`.values())[0]).toEqual([null]);
});
