import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { migrate, migrateDown, newMigration } from "../../src/ddl/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { eachMigrationTest } from "../support/migration-directory.ts";

let sql: TestDatabase["sql"];
let directory: string;
const write = eachMigrationTest(own => {
  ({ sql, directory } = own);
});

async function names(): Promise<unknown> {
  return (await sql`select name from rowfn_migration order by position`.values()).flat();
}

const ONE = "create table a (id int);\n\n-- rowfn: down\ndrop table a;\n";
const TWO = "create table b (id int);\n--rowfn:down\ndrop table b;";

test("the latest migrations are reverted by the section after -- rowfn: down, and can run again", async () => {
  write("1.sql", ONE);
  write("2.sql", TWO);
  write("3.sql", "create table c (id int);\n-- rowfn: down\ndrop table c;");
  await migrate(sql, directory);
  expect(await migrateDown(sql, directory)).toEqual(["3.sql"]);
  expect(await migrateDown(sql, directory, { steps: 5, dryRun: true })).toEqual(["2.sql", "1.sql"]);
  const seen: string[] = [];
  const onMigration = (name: string): void => void seen.push(name);
  expect(await migrateDown(sql, directory, { steps: 2, onMigration })).toEqual(["2.sql", "1.sql"]);
  expect(seen).toEqual(["2.sql", "1.sql"]);
  expect(await names()).toEqual([]);
  expect(await migrateDown(sql, directory)).toEqual([]);
  expect((await migrate(sql, directory)).applied).toEqual(["1.sql", "2.sql", "3.sql"]);
});

test("a failed section is rolled back, and the error has its line in the file", async () => {
  write("1.sql", ONE.replace("table a;", "table nowhere;"));
  await migrate(sql, directory);
  await expect(migrateDown(sql, directory)).rejects.toThrow(
    'migration 1.sql failed and was rolled back: table "nowhere" does not exist [42P01]\n  1.sql:4:1\n  | drop table nowhere;\n  | ^',
  );
  expect(await names()).toEqual(["1.sql"]);
});

test("nothing is reverted if one of the migrations has no section or a section that ends its transaction", async () => {
  write("1.sql", "create table a (id int);\n-- rowfn: down\n\n");
  write("2.sql", TWO);
  await migrate(sql, directory);
  await expect(migrateDown(sql, directory, { steps: 2 })).rejects.toThrow(
    'migration 1.sql has no SQL to revert it; add the SQL after a line "-- rowfn: down", or as down in a list of migrations',
  );
  write("1.sql", "create table a (id int);\n-- rowfn: down\ndrop table a; commit;");
  await expect(migrateDown(sql, directory, { steps: 2 })).rejects.toThrow("migration 1.sql contains COMMIT");
  expect(await names()).toEqual(["1.sql", "2.sql"]);
});

test("a section may be added or changed after the migration ran", async () => {
  write("1.sql", "create table a (id int);");
  await migrate(sql, directory);
  write("1.sql", ONE);
  expect(await migrateDown(sql, directory)).toEqual(["1.sql"]);
  expect((await migrate(sql, directory)).applied).toEqual(["1.sql"]);
  write("1.sql", ONE.replace("table a;", "table a cascade;"));
  expect(await migrateDown(sql, directory)).toEqual(["1.sql"]);
  write("2.sql", "create table b (id int);\n");
  await migrate(sql, directory);
  write("2.sql", "create table b (id int);\n\n-- rowfn: down\ndrop table b;");
  expect((await migrate(sql, directory)).applied).toEqual([]);
});

test("a second marker is rejected, and a marker inside a string is ignored", async () => {
  write("1.sql", "create table a (v text default '\n-- rowfn: down\n');");
  await migrate(sql, directory);
  await expect(migrateDown(sql, directory)).rejects.toThrow("migration 1.sql has no SQL to revert it");
  write("2.sql", "select 1;\n-- rowfn: down\nselect 1;\n-- rowfn: down\n");
  await expect(migrate(sql, directory)).rejects.toThrow(
    'migration 2.sql has two lines "-- rowfn: down"; remove one',
  );
});

test("functions and migrations without a transaction are also reverted", async () => {
  const list = [
    { name: "a", up: "create table a (id int)", down: (tx: Bun.SQL) => tx`drop table a` },
    {
      name: "b",
      up: "create index concurrently b on a (id)",
      down: "drop index concurrently b",
      transaction: false,
    },
  ];
  await migrate(sql, list);
  expect(await migrateDown(sql, list, { steps: 2 })).toEqual(["b", "a"]);
  expect(await names()).toEqual([]);
  for (const steps of [0, -1, 1.5, Number.NaN])
    await expect(migrateDown(sql, list, { steps })).rejects.toThrow(
      `steps must be a positive integer, received ${steps}`,
    );
  await expect(sql.begin(tx => migrateDown(tx, list))).rejects.toThrow(
    "migrateDown cannot run inside a transaction",
  );
});

test("newMigration returns a file name that sorts after the existing ones", async () => {
  const own = join(directory, "own");
  const newName = (name: string): string => basename(newMigration(own, name));
  expect(newName("add label")).toBe("001_add_label.sql");
  expect(newName("more")).toBe("002_more.sql");
  expect(readFileSync(join(own, "002_more.sql"), "utf8")).toBe("\n\n-- rowfn: down\n\n");
  await expect(migrate(sql, own)).rejects.toThrow("migration 001_add_label.sql is empty");
  writeFileSync(join(own, "0099_four.sql"), "");
  expect(newName("x")).toBe("0100_x.sql");
  writeFileSync(join(own, "20260102030405_old.sql"), "");
  expect(newName("now")).toMatch(/^20\d{12}_now\.sql$/);
  writeFileSync(join(own, "99990102030405_old.sql"), "");
  expect(newName("now")).toBe("99990102030406_now.sql");
  expect(() => newMigration(own, "a/b")).toThrow(
    'the name of a migration must consist of letters, digits, _ and -, received "a/b"',
  );
  const full = join(directory, "full");
  newMigration(full, "one");
  writeFileSync(join(full, "999_last.sql"), "");
  expect(() => newMigration(full, "x")).toThrow(
    "no number of 3 digits sorts after 999_last.sql; rename the files",
  );
  writeFileSync(join(own, "z.sql"), "");
  expect(() => newMigration(own, "x")).toThrow("z.sql does not begin with a number");
});
