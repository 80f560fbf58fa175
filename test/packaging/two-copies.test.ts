// A process can have two copies of rowfn: `bun --hot` loads every module again but keeps globalThis, and two packages can each
// have one. What one copy creates has to mean the same to the other one, or it would be ignored or stored as data.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import * as rowfn from "../../src/index.ts";
import * as queues from "../../src/queues/index.ts";
import type * as statements from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

const TEMPLATE = `
create table author (id int primary key, name text);
create table note (id int primary key, author_id int references author, body text, tags jsonb);
create table job (id int primary key, status text not null default 'pending', error text);
insert into author values (1, 'Ada'), (2, 'Bob');
insert into note values (1, 1, 'one', '{}'), (2, 1, 'two', '{}'), (3, 2, 'three', '{}');
insert into job (id) values (1);`;

let database: TestDatabase;
let other: typeof rowfn;
let otherQueues: typeof queues;
let otherStatements: typeof statements;
// Where the other copy finds Valibot.
const directory = mkdtempSync(join(import.meta.dir, "../../node_modules/.copy-"));

beforeAll(async () => {
  database = await testDatabase({ template: TEMPLATE });
  const root = join(import.meta.dir, "../../src");
  const built = await Bun.build({
    entrypoints: ["index.ts", "queues/index.ts", "statements/index.ts"].map(file => join(root, file)),
    root,
    outdir: directory,
    target: "bun",
    splitting: true,
    external: ["valibot"],
  });
  expect(built.success).toBe(true);
  other = await import(join(directory, "index.js"));
  otherQueues = await import(join(directory, "queues/index.js"));
  otherStatements = await import(join(directory, "statements/index.js"));
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await database.drop();
});

test("the other copy is another one", () => {
  expect(other.gt === rowfn.gt).toBe(false);
});

test("a filter of the other copy restricts the rows", async () => {
  const { sql } = database;
  const schema = await rowfn.loadSchema(sql);
  const { and, gt, some } = other;
  const options = { select: ["id"], orderBy: other.desc("id") } as const;
  const where = and({ id: gt(1) }, other.expr`body like ${"t%"}`);
  expect(await rowfn.rowsWhere(sql, schema, "note", { ...options, where })).toEqual([{ id: 3 }, { id: 2 }]);
  expect(await rowfn.count(sql, schema, "author", { where: some("note", { id: 3 }) })).toBe(1);
});

test("raw SQL of the other copy is no value of a json column", async () => {
  const schema = await rowfn.loadSchema(database.sql);
  const row = { id: 4, tags: other.expr`'[1]'::jsonb` };
  expect(await rowfn.insert(database.sql, schema, "note", row, { returning: ["tags"] })).toEqual({
    tags: [1],
  });
  const update = {
    body: other.expr`${other.old("body")} || ${other.excluded("body")} || (select count(*) from ${other.table("author")})`,
  };
  const first = { id: 1, body: "!" };
  const stored = await rowfn.upsert(database.sql, schema, "note", first, { update, returning: ["body"] });
  expect(stored).toEqual({ body: "one!2" });
  const select = [other.alias("n", other.expr`${other.col("note", "id")} + 1`)];
  expect(await rowfn.get(database.sql, schema, "note", 1, { select })).toEqual({ n: 2 });
});

test("a snapshot of the other copy has its refinements", async () => {
  const schema = other.refine(await other.loadSchema(database.sql), {
    note: { body: v.pipe(v.string(), v.maxLength(5)) },
  });
  const error = await failure(rowfn.insert(database.sql, schema, "note", { id: 9, body: "too long" }));
  expect(error.message).toContain("note.body: Invalid length: Expected <=5 but received 8");
});

test("JSON's null of the other copy is JSON's null", async () => {
  const schema = await rowfn.loadSchema(database.sql);
  await rowfn.insert(database.sql, schema, "note", { id: 10, tags: other.jsonNull });
  const [row] = await database.sql`select tags::text from note where id = 10`;
  expect(row).toEqual({ tags: "null" });
});

test("a handle of the other copy has its limits", async () => {
  const limited = other.withDefaults(database.sql, { timeout: 100 });
  const schema = await rowfn.loadSchema(database.sql);
  const error = await failure(rowfn.q(limited, schema, rowfn.expr`select pg_sleep(60)`));
  expect(error.message).toStartWith("the call took longer than 100 ms and was canceled");
});

test("a traced handle of the other copy shows the statements and hides the values", async () => {
  const seen: string[] = [];
  const traced = other.traced(database.sql, ({ text, params }) => seen.push(`${text} ${params.join()}`), {
    redact: ["author.name"],
  });
  const schema = await rowfn.loadSchema(database.sql);
  const add = (id: number): Promise<unknown> =>
    rowfn.transaction(traced, tx =>
      rowfn.insert(tx, schema, "author", { id, name: "Secret" }, { returning: false }),
    );
  await add(7);
  expect(seen).toEqual([
    "BEGIN ",
    'INSERT INTO "public"."author" ("id", "name") VALUES ($1::text::int4, $2::text) 7,[redacted]',
    "COMMIT ",
  ]);
  await database.sql`create unique index on author (name)`;
  const changed = await rowfn.loadSchema(database.sql);
  const error = await failure(rowfn.insert(traced, changed, "author", { id: 8, name: "Secret" }));
  expect(error.message).not.toContain("Secret");
});

test("nested rows by the `nest` of the other copy are stored", async () => {
  const schema = await rowfn.loadSchema(database.sql);
  const include = other.nest({ note: { select: ["id"] } });
  const author = { id: 5, name: "Eve", note: [{ id: 50 }] };
  const stored = await rowfn.insert(database.sql, schema, "author", author, { include });
  expect(stored).toEqual({ id: 5, name: "Eve", note: [{ id: 50 }] });
});

test("a statement of the other copy is run", async () => {
  const schema = await rowfn.loadSchema(database.sql);
  const statement = otherStatements.rowsWhereSql(schema, "author", { where: { id: 1 }, select: ["name"] });
  expect(await rowfn.run(database.sql, statement)).toEqual([{ name: "Ada" }]);
});

test("an outcome of the other copy is the outcome of the job", async () => {
  const schema = await rowfn.loadSchema(database.sql);
  const job = await queues.claimOne(database.sql, schema, "job", () => otherQueues.giveUp("no such address"));
  expect(job).toMatchObject({ status: "failed" });
  const [row] = await database.sql`select status, error from job`;
  expect(row).toEqual({ status: "failed", error: "no such address" });
});
