// Errors of jobs in a database whose encoding lacks some characters.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { loadSchema } from "../../src/index.ts";
import { claimOne, giveUp, retryLater } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

const admin: TestDatabase = await testDatabase();
const name = `latin_${crypto.randomUUID()}`;
await admin.sql.unsafe(`create database "${name}" template template0 encoding 'LATIN1' locale 'C'`);
const url = new URL(admin.url);
url.pathname = name;
const sql = new Bun.SQL(url.href, { max: 2, prepare: admin.sql.options.prepare });
await sql.unsafe(
  "create table job (id int primary key, status text not null default 'pending', run_at timestamptz, error varchar(12))",
);
const schema = await loadSchema(sql);

beforeEach(async () => {
  await sql.unsafe("truncate job; insert into job values (1)").simple();
});
afterAll(async () => {
  await sql.close({ timeout: 0 });
  await admin.sql.unsafe(`drop database "${name}" with (force)`);
  await admin.drop();
});

const fail = (reason: unknown) => (): never => {
  throw reason;
};

test.each([
  ["that the encoding has are stored", fail("café"), "failed", "café"],
  ["of an error that the encoding lacks are escaped", fail("a → b"), "failed", "a \\u{2192} b"],
  ["of giveUp that the encoding lacks are escaped", () => giveUp("€ and more"), "failed", "\\u{20ac} and"],
  ["of retryLater that the encoding lacks are escaped", () => retryLater(1, "😀"), "pending", "\\u{1f600}"],
] as const)("characters %s", async (_, handler, status, error) => {
  await claimOne(sql, schema, "job", handler);
  expect(await sql.unsafe("select status, error from job").values()).toEqual([[status, error]] as never);
});
