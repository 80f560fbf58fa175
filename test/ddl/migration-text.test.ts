// What PostgreSQL would not receive unchanged is rejected before anything runs.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Migration, migrate } from "../../src/ddl/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let root: string;

beforeAll(async () => {
  database = await testDatabase({ template: "create table word (v text)" });
  root = mkdtempSync(join(tmpdir(), "rowfn-migration-text-"));
});
afterAll(async () => {
  rmSync(root, { recursive: true });
  await database.drop();
});

function directoryOf(name: string): string {
  const directory = join(root, name);
  mkdirSync(directory);
  return directory;
}

async function tables(): Promise<unknown> {
  const text = "select tablename from pg_tables where schemaname = 'public'";
  return [...(await database.sql.unsafe(text).values())];
}

test("a file that is not UTF-8 is rejected, and a byte order mark is not part of the SQL", async () => {
  const directory = directoryOf("encoding");
  const mark = [0xef, 0xbb, 0xbf];
  writeFileSync(
    join(directory, "1.sql"),
    Buffer.from([...mark, ...Buffer.from("insert into word values ('é')")]),
  );
  writeFileSync(join(directory, "2.sql"), Buffer.from("insert into word values ('caf\xe9')", "latin1"));
  const message = "migration 2.sql is not UTF-8; save it as UTF-8";
  await expect(migrate(database.sql, directory)).rejects.toThrow(message);
  await expect(testDatabase({ template: { migrations: directory } })).rejects.toThrow(message);
  expect(await tables()).toEqual([["word"]]);
  rmSync(join(directory, "2.sql"));
  const copy = await testDatabase({ template: "create table word (v text)" });
  expect(await migrate(copy.sql, directory)).toEqual({ applied: ["1.sql"], pending: [] });
  expect([...(await copy.sql.unsafe("select v from word").values())]).toEqual([["é"]]);
  await copy.drop();
});

test("a directory whose name ends with .sql is reported by its name", async () => {
  const directory = directoryOf("nested");
  mkdirSync(join(directory, "1.sql"));
  await expect(migrate(database.sql, directory)).rejects.toThrow("migration 1.sql cannot be read");
});

test.each<[Migration, string]>([
  [{ name: "a\0b", up: "select 1" }, 'the name of migration "a\\u0000b"'],
  [{ name: "\ud800", up: "select 1" }, 'the name of migration "\\ud800"'],
  [{ name: "a", up: "insert into word values ('\ud800')" }, "migration a: up"],
  [{ name: "a", up: "create table a (); select '\0'" }, "migration a: up"],
  [{ name: "a", up: "select 1", down: "select '\0'" }, "migration a: down"],
])("a NUL character and a lone surrogate are rejected: %j", async (migration, place) => {
  for (const transaction of [true, false])
    await expect(migrate(database.sql, [{ ...migration, transaction }])).rejects.toThrow(
      `${place} contains a NUL character or a lone surrogate; remove it`,
    );
  expect(await tables()).toEqual([["word"]]);
});
