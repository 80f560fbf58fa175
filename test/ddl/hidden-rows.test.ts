// Rows that row security hides from the owner of a table, and rows that a trigger does not let change.
import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  createTable,
  duplicateTable,
  extract,
  extractSql,
  migrationSql,
  transformTable,
} from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot, type SqlHandle, schemaDiff } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";

const role = `owner_${crypto.randomUUID().slice(0, 8)}`;
const START = `
  drop schema if exists public cascade; create schema public; grant all on schema public to ${role};
  create table account (id int primary key, tenant text not null, secret text, rate numeric(9,4));
  insert into account values (1, 'a', null, 1), (2, 'b', 'kept', 1.2345);
  alter table account owner to ${role}, enable row level security, force row level security;
  create policy own on account using (tenant = 'a')`;

const database = await testDatabase();
const { sql } = database;
await sql.unsafe(`create role ${role}`);
beforeEach(async () => void (await sql.unsafe(START)));
afterAll(async () => {
  await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  await database.drop();
});

const plain = async (text: string): Promise<unknown[][]> => [...(await sql.unsafe(text).values())];

type Change = (tx: SqlHandle, schema: SchemaSnapshot) => Promise<unknown>;

/** The message of the error, if the owner changes the table. */
async function errorOf(change: Change): Promise<string | undefined> {
  let message: string | undefined;
  await sql.begin(async tx => {
    await tx.unsafe(`set local role ${role}`);
    await change(tx as SqlHandle, await loadSchema(tx as SqlHandle)).catch((error: Error) => {
      ({ message } = error);
    });
  });
  return message;
}

const ROWS = "select * from account order by id";
const UNCHANGED = [
  [1, "a", null, "1.0000"],
  [2, "b", "kept", "1.2345"],
];
const advice =
  'because row security can hide rows from this role; use a role that bypasses it, or, as the owner, ALTER TABLE "public"."account" NO FORCE ROW LEVEL SECURITY before the call';
const columns = { id: "int", tenant: "text not null", secret: "text" };

test.each<[string, Change]>([
  ["that drops a column", (tx, schema) => transformTable(tx, schema, "account", { drop: ["secret"] })],
  ["that rounds", (tx, schema) => transformTable(tx, schema, "account", { retype: { rate: "int" } })],
  [
    "by createTable",
    (tx, schema) =>
      createTable(tx, schema, "account", columns, { primaryKey: "id", identity: null, transform: true }),
  ],
])("a change %s is rejected if row security hides rows from its check", async (_name, change) => {
  expect(await errorOf(change)).toBe(`account: transformTable cannot check all values, ${advice}`);
  expect(await plain(ROWS)).toEqual(UNCHANGED);
});

test("with allowLoss: true nothing is checked, so that row security does not matter", async () => {
  expect(
    await errorOf((tx, schema) =>
      transformTable(tx, schema, "account", { drop: ["secret"] }, { allowLoss: true }),
    ),
  ).toBeUndefined();
  expect(await plain(ROWS)).toEqual([
    [1, "a", "1.0000"],
    [2, "b", "1.2345"],
  ]);
});

test("after NO FORCE ROW LEVEL SECURITY the owner's check sees all rows", async () => {
  await sql.unsafe("alter table account no force row level security");
  expect(await errorOf((tx, schema) => transformTable(tx, schema, "account", { drop: ["secret"] }))).toBe(
    "account.secret: 1 row has a value; allowLoss: true drops the values",
  );
});

test("duplicateTable copies no part of a table whose other rows are hidden", async () => {
  expect(await errorOf((tx, schema) => duplicateTable(tx, schema, "account", "copy"))).toBe(
    `account: duplicateTable cannot copy all rows, ${advice}`,
  );
  expect(await plain("select to_regclass('copy')")).toEqual([[null]]);
});

test("duplicateTable with rows: false copies a table with hidden rows", async () => {
  expect(
    await errorOf((tx, schema) => duplicateTable(tx, schema, "account", "copy", { rows: false })),
  ).toBeUndefined();
});

const notMoved = (column: string): string =>
  `account (${column}): a trigger, a rule or row security of the table keeps rows from getting the reference to their values, which would be lost; disable it for this call; nothing was changed`;

test.each(["rate", "tenant"])("extract of %s does not lose the values of hidden rows", async column => {
  expect(await errorOf((tx, schema) => extract(tx, schema, "account", column, { into: "moved" }))).toBe(
    notMoved(column),
  );
  expect(await plain(ROWS)).toEqual(UNCHANGED);
});

test.each([
  ["a trigger", "create trigger fixed before update on account for each row execute function fixed()"],
  ["a rule", "create rule fixed as on update to account do instead nothing"],
])("extract does not lose the values of rows that %s does not let change", async (_name, create) => {
  await sql.unsafe("create function fixed() returns trigger language plpgsql as 'begin return null; end'");
  await sql.unsafe(create);
  const schema = await loadSchema(sql);
  await expect(extract(sql, schema, "account", "secret", { into: "moved" })).rejects.toThrow(
    notMoved("secret"),
  );
  expect(await plain(ROWS)).toEqual(UNCHANGED);
});

test("a migration by the owner moves the values of hidden rows, and continues after their numbers", async () => {
  const other = await testDatabase();
  await other.sql.unsafe(START.replace("id int", "hint text, id serial").replace(/insert.*/, ""));
  const to = await loadSchema(other.sql);
  await other.drop();
  await sql.begin(async tx => {
    await tx.unsafe(`set local role ${role}`);
    const steps = migrationSql(await loadSchema(tx as SqlHandle), to, { columnOrder: true });
    for (const { text } of steps) await tx.unsafe(text);
  });
  await sql.unsafe("insert into account (tenant) values ('c')");
  expect(await plain("select id, tenant, secret, rate from account order by id")).toEqual([
    ...UNCHANGED,
    [3, "c", null, null],
  ]);
  expect(schemaDiff(await loadSchema(sql), to)).toEqual([]);
});

test("the statements of extractSql fail before a value is lost", async () => {
  await sql.unsafe("create rule fixed as on update to account do instead nothing");
  const texts = extractSql(await loadSchema(sql), "account", "secret", { into: "moved" });
  expect(texts[5]).toBe(
    'ALTER TABLE "public"."account" ADD CONSTRAINT "rowfn_all_moved" CHECK ("moved_id" IS NOT NULL OR NOT ("secret" IS NOT NULL))',
  );
  await expect(sql.unsafe(texts.join(";"))).rejects.toThrow('check constraint "rowfn_all_moved"');
  expect(await plain(ROWS)).toEqual(UNCHANGED);
});

test("the constraint of extract is dropped with the columns", async () => {
  await extract(sql, await loadSchema(sql), "account", "secret", { into: "moved" });
  expect(
    await plain("select conname from pg_constraint where conrelid = 'account'::regclass and contype = 'c'"),
  ).toEqual([]);
});
