// Errors that users did not understand, with the current messages.
import { expect, test } from "bun:test";
import { safeParse } from "valibot";
import { createEnum, createIndex, createTable, migrate } from "../../src/ddl/index.ts";
import { importRows } from "../../src/files/index.ts";
import {
  type ConstraintError,
  col,
  deleteRow,
  desc,
  exec,
  expr,
  filterSchema,
  get,
  getOrThrow,
  groupBy,
  insert,
  item,
  loadSchema,
  type NotFoundError,
  type QueryError,
  q,
  rowsWhere,
  scope,
  transaction,
  updateMany,
  upsert,
  type ValueError,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, database } = await testTables(
  `create table a (id int primary key);
  create table b (id int primary key, a_id int references a);
  create table ex (id int primary key, r int4range, exclude using gist (r with &&));
  create table part (k int, v int) partition by list (k);
  create table part_1 partition of part for values in (1);
  create view chk as select * from a where id < 100 with check option;
  create table later (id int primary key, a_id int references a deferrable initially deferred);
  create table taxed (id int primary key, tax_rate numeric check (tax_rate >= 0 and tax_rate < 1));
  create table shop (tenant_id int, code text, unique (tenant_id, code), id int primary key);
  create table doc (id int primary key, title text);
  create table ru (id int);
  create rule r as on insert to ru do instead nothing;
  create table retyped (id int primary key);
  create table nk (a int);
  create table gc (count int, flag boolean);
  create table event (id int primary key, at timestamptz, n int);
  create table large (id int primary key, n bigint);
  insert into large values (1, 9007199254740993);
  create table numbered (id int generated always as identity primary key);
  create table kept (id int primary key, n int);
  create function keep() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger keep before update on kept for each row execute function keep();
  insert into a values (1); insert into b values (1, 1); insert into ex values (1, '[1,5)');
  insert into shop values (1, 'x', 1); insert into kept values (1, 1); insert into doc values (1, 'a');`,
);
const stale = schema;
await sql.unsafe("alter table retyped alter id type text");
const pathless = database.connect({ max: 1 });
await pathless.unsafe("set search_path to ''");
const withoutPath = await loadSchema(pathless);
const wrong = (value: unknown): never => value as never;
const file = (text: string, format: "csv" | "ndjson") => importRows(sql, schema, "event", text, { format });

test("the messages of errors that users reported", async () => {
  await expectMessages("reported", [
    () => insert(sql, schema, "b", { id: 2, a_id: 99 }),
    () => deleteRow(sql, schema, "a", 1),
    () => insert(sql, schema, "part", { k: 9 }),
    () => insert(sql, schema, "chk", { id: 200 }),
    () => transaction(sql, tx => insert(tx, schema, "later", { id: 1, a_id: 99 })),
    () => insert(sql, schema, "ex", { id: 2, r: "[2,3)" }),
    () => insert(sql, schema, "taxed", { id: 1, tax_rate: "2" }),
    () => insert(sql, scope(schema, { shop: { tenant_id: 1 } }), "shop", { id: 2, code: "x" }),
    () => q(sql, schema, expr`select doc.titel from doc`),
    () => migrate(sql, [{ name: "001.sql", up: "create table t (\n  id txt\n);" }]),
    () => insert(sql, schema, "ru", { id: 1 }),
    () => get(sql, stale, "retyped", 1),
    () => q(sql, schema, expr`select ${undefined}`),
    () => item(sql, wrong(expr`select 1`), wrong(undefined)),
    () => upsert(sql, schema, "nk", { a: 1 }),
    () => rowsWhere(pathless, withoutPath, "doc"),
    () =>
      createTable(
        sql,
        schema,
        "x",
        { d: "int" },
        { foreignKeys: { d: wrong({ table: "doc", column: "id" }) } },
      ),
    () => rowsWhere(sql, schema, "doc", { orderBy: desc(wrong(expr`lower(title)`)) }),
    () => groupBy(sql, schema, "gc", "count", { aggregates: { a: { min: "flag" } } }),
    () => groupBy(sql, schema, "gc", "count"),
    () => getOrThrow(sql, schema, "doc", 12345),
    () => migrate(sql, [{ name: "001.sql", up: "create table t (", transaction: false }]),
    () => file("id,at\n1,soon\n", "csv"),
    () => file("id,n\n1,2\r\n3,4,5\n", "csv"),
    () => file('\uFEFF{"id": 1, "n": "x"}\n', "ndjson"),
    () => rowsWhere(sql, schema, "doc", { where: wrong("id = 1") }),
    () => updateMany(sql, schema, "doc", wrong([5])),
    () => createTable(sql, schema, "doc", { id: "int" }, { ifNotExists: true }),
    () => createEnum(sql, schema, "mood", ["sad", "sad"]),
    () => transaction(sql, tx => createIndex(tx, schema, "doc", "title", { concurrently: true })),
    async () => {
      await migrate(sql, [{ name: "001_one", up: "select 1" }]);
      await migrate(sql, []);
    },
    () => insert(sql, schema, "numbered", { id: 1 }),
    () => insert(sql, schema, "doc", { id: 1 }),
    () => importRows(sql, schema, "doc", "[5]", { format: "json" }),
  ]);
});

test("a value of the caller and a stored value are distinguished", async () => {
  const numbers = await loadSchema(sql, { types: { int8: "number" } });
  const stored = (await failure(get(sql, numbers, "large", 1))) as ValueError;
  const given = (await failure(get(sql, schema, "event", "abc"))) as ValueError;
  expect([stored.isStored, given.isStored]).toEqual([true, false]);
});

test("an issue of a filter has its path and the common form", () => {
  const { issues } = safeParse(filterSchema(schema, "event"), { n: "x" });
  expect(issues?.map(({ path, message }) => [path?.map(({ key }) => key), message])).toEqual([
    [["n"], expect.stringMatching(/^Expected an integer/)],
  ]);
});

test("a row whose update a trigger suppresses is listed", async () => {
  const rows = [
    { id: 1, n: 2 },
    { id: 9, n: 2 },
  ];
  expect(await updateMany(sql, schema, "kept", rows)).toEqual({
    ...{ updated: 0, missing: [1], stale: [], suppressed: [0] },
  });
});

test("exec returns the number of rows of hand-written SQL", async () => {
  expect(await exec(sql, schema, expr`update kept set n = n where ${col("kept", "id")} = 2`)).toBe(0);
  expect(await exec(sql, schema, expr`update doc set title = title`)).toBe(1);
});

test("the errors have the fields that a server needs", async () => {
  const missing = (await failure(insert(sql, schema, "b", { id: 2, a_id: 99 }))) as ConstraintError;
  expect([missing.kind, missing.references]).toEqual(["missing", { table: "a", columns: ["id"] }]);
  const absent = (await failure(getOrThrow(sql, schema, "doc", 12345))) as NotFoundError;
  expect(absent.key).toEqual({ id: 12345 });
  const query = (await failure(q(sql, schema, expr`select doc.titel from doc`))) as QueryError;
  expect([query.sqlstate, query.position, query.hint]).toEqual([
    "42703",
    8,
    'Perhaps you meant to reference the column "doc.title".',
  ]);
});
