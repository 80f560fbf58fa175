// Names with dots: the same string, such as `a.b.c`, can refer to two tables or columns.
import { afterAll, expect, test } from "bun:test";
import * as v from "valibot";
import { createTable, createTableSql, renameTable } from "../../src/ddl/index.ts";
import { generateModule } from "../../src/files/index.ts";
import { crud, openApi } from "../../src/http/index.ts";
import {
  ArgumentError,
  count,
  insert,
  loadSchema,
  refine,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  tableNames,
  UnknownNameError,
} from "../../src/index.ts";
import { wakeSql, watchSql } from "../../src/queues/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

const database = await testDatabase({
  template: `
    create schema a; create schema "a.b"; create schema audit;
    create table a."b.c" (id int8 primary key, "x.y" int8);
    create table "a.b".c (id int8 primary key, "x.y" int8);
    create table b (id int8 primary key, "c.d" int8, "q""r" int8);
    create table "b.c" (id int8 primary key, d int8);
    create table audit (id int8 primary key);
    create table audit.event (id int8 primary key, name text);
    create table "event.log" (id int8 primary key, name text);
    create table event (id int8 primary key, "log.name" text, name text);
    create table entry (id int8 primary key, event_id int8 references audit.event, log_id int8 references "event.log",
      own_id int8 references event);
    create table rated ("the.key, of" int8 references b, score int8, primary key ("the.key, of"));
    create table part (id int8 primary key); create schema part; create table part.insert (id int8 primary key);
    create table part."audit.event" (id int8 primary key);
    insert into a."b.c" values (1, 1); insert into "a.b".c values (2, 2); insert into b values (3, 3, 3);
    insert into "b.c" values (4, 4);`,
});
const { sql } = database;
afterAll(() => database.drop());
const [FIRST, SECOND] = [`"a"."b.c"`, `"a.b"."c"`];

const withForms = (columns: Readonly<Record<string, string>>) =>
  loadSchema(sql, { types: { columns } as never });
const firstRow = async (schema: SchemaSnapshot, table: string) => (await rowsWhere(sql, schema, table))[0];

test("the JavaScript form of a column applies to one of two tables whose names have the same text", async () => {
  const one = await withForms({ [`${FIRST}."x.y"`]: "bigint" });
  expect(await firstRow(one, FIRST)).toEqual({ id: "1", "x.y": 1n });
  expect(await firstRow(one, SECOND)).toEqual({ id: "2", "x.y": "2" });
  const other = await withForms({ [`${SECOND}."x.y"`]: "bigint", [`${SECOND}.id`]: "number" });
  expect(await firstRow(other, FIRST)).toEqual({ id: "1", "x.y": "1" });
  expect(await firstRow(other, SECOND)).toEqual({ id: 2, "x.y": 2n });
});

test("a JavaScript form applies to a table's column with a dot, or to a column of a table with a dot", async () => {
  const column = await withForms({ 'b."c.d"': "bigint", 'b."q""r"': "number" });
  expect(await firstRow(column, "b")).toEqual({ id: "3", "c.d": 3n, 'q"r': 3 });
  expect(await firstRow(column, "b.c")).toEqual({ id: "4", d: "4" });
  const table = await withForms({ "b.c.d": "bigint" });
  expect(await firstRow(table, "b")).toEqual({ id: "3", "c.d": "3", 'q"r': "3" });
  expect(await firstRow(table, "b.c")).toEqual({ id: "4", d: 4n });
});

test("a JavaScript form applies to a column of a schema-qualified table, and is rejected if it is given twice", async () => {
  expect(await firstRow(await withForms({ "public.b.id": "bigint" }), "b")).toMatchObject({ id: 3n });
  expect(await failure(withForms({ "public.b.id": "bigint", "b.id": "number" }))).toEqual(
    new ArgumentError("types: columns: b.id is given twice; remove one"),
  );
});

test("a column whose name has a dot must be quoted in types", async () => {
  const error = await failure(withForms({ "entry.x.y": "bigint" }));
  expect(error).toEqual(
    new ArgumentError(
      'types: columns: table "entry.x" does not exist; write a column as "table.column", or as \'table."col.umn"\' if its name has a dot',
    ),
  );
});

test("JavaScript forms of names with dots are copied to the next snapshot", async () => {
  const forms = { 'b."c.d"': "bigint", "b.c.d": "number", [`${FIRST}."x.y"`]: "bigint" };
  const before = await withForms(forms);
  expect(before.jsTypes.columns).toEqual(forms);
  const after = await createTable(sql, before, "new", { "n.m": v.bigint(), n: "bigint" });
  expect(after.jsTypes.columns).toEqual({ ...forms, 'new."n.m"': "bigint" });
  expect(await insert(sql, after, "new", { "n.m": 5n, n: 6 })).toMatchObject({ "n.m": 5n, n: "6" });
  const renamed = await renameTable(sql, after, "new", "new.n");
  expect(renamed.jsTypes.columns).toEqual({ ...forms, 'new.n."n.m"': "bigint" });
  await sql.unsafe('drop table "new.n"');
});

test("messages of constraints still apply to their table after it is renamed", async () => {
  await sql.unsafe("create table scored (n int constraint positive check (n > 0))");
  const schema = refine(await loadSchema(sql), { scored: { constraints: { positive: "too low" } } });
  const renamed = await renameTable(sql, schema, "scored", "ranked");
  const { message } = await failure(insert(sql, renamed, "ranked", { n: 0 }));
  expect(message).toContain("ranked.n: too low");
  await sql.unsafe("drop table ranked");
});

test("messages of constraints still apply to their table after a new table gets the same text as its name", async () => {
  await sql.unsafe("create table a.t (n int constraint positive check (n > 0))");
  const schema = refine(await loadSchema(sql), { "a.t": { constraints: { positive: "too low" } } });
  const after = await createTable(sql, schema, '"public"."a.t"', { n: "integer" });
  const { message } = await failure(insert(sql, after, '"a"."t"', { n: 0 }));
  expect(message).toContain('"a"."t".n: too low');
  await sql.unsafe('drop table a.t, "a.t"');
});

test("a generated module has the types of one of two columns with the same text", async () => {
  const schema = await loadSchema(sql);
  const rowsOf = (types: Readonly<Record<string, string>>) =>
    generateModule(schema, { types }).match(/(?<=^export interface )\w+Row(?= \{[^}]*: Own\b)/gm);
  expect(rowsOf({ 'b."c.d"': "Own" })).toEqual(["BRow"]);
  expect(rowsOf({ "b.c.d": "Own" })).toEqual(["BCRow"]);
  expect(() => generateModule(schema, { types: { "b.id": "Own", "public.b.id": "Other" } })).toThrow(
    new ArgumentError("types: b.id is given twice; remove one"),
  );
});

test("a name that two tables have is rejected with their quoted names, which are accepted", async () => {
  const schema = await loadSchema(sql);
  expect(tableNames(schema)).toContain(FIRST);
  expect(await count(sql, schema, FIRST, { where: { id: 1 } })).toBe(1);
  expect(await failure(Promise.try(() => count(sql, schema, "a.b.c")))).toEqual(
    new UnknownNameError(
      `table or view "a.b.c" is ambiguous; write ${JSON.stringify(FIRST)} or ${JSON.stringify(SECOND)}`,
    ),
  );
  await sql.begin(async tx => {
    await tx.unsafe('set local search_path = a, "a.b", public');
    const visible = await loadSchema(tx);
    expect(await rowsWhere(tx, visible, FIRST)).toHaveLength(1);
    expect(await rowsWhere(tx, visible, "b.c")).toEqual([{ id: "1", "x.y": "1" }]);
    expect(await failure(Promise.try(() => rowsWhere(tx, visible, "a.b.c")))).toBeInstanceOf(
      UnknownNameError,
    );
  });
  expect(await rowsWhere(sql, schema, '"public"."b.c"')).toEqual([{ id: "4", d: "4" }]);
});

test("a hidden table whose full name is that of a visible one needs its quoted name", async () => {
  await sql.begin(async tx => {
    await tx.unsafe("set local search_path = a, public");
    const schema = await loadSchema(tx);
    expect(tableNames(schema)).toContain(SECOND);
    expect(tableNames(schema)).toContain("b.c");
    expect(await failure(Promise.try(() => rowsWhere(tx, schema, "a.b.c")))).toBeInstanceOf(UnknownNameError);
  });
});

test("a hidden table keeps its name if only another hidden table's name without the schema is the same", async () => {
  const names = tableNames(await loadSchema(sql));
  expect(names.filter(name => name.includes("audit.event"))).toEqual(["audit.event", "part.audit.event"]);
});

test("a table that is named twice in one object is rejected", async () => {
  const schema = await loadSchema(sql);
  expect(() => scope(schema, { b: { id: "1" }, "public.b": { "c.d": "1" } })).toThrow(
    new ArgumentError("scope: b is given twice; remove one of the rules"),
  );
  const tables = { b: {}, "public.b": { write: ["id"] } } as never;
  const twice = new ArgumentError("tables: b is given twice; remove one");
  expect(() => crud(sql, schema, { tables })).toThrow(twice);
  expect(() => openApi(schema, { title: "x", version: "1", tables })).toThrow(twice);
});

test("a new table that could be in two schemas must be quoted", async () => {
  const schema = await loadSchema(sql);
  expect(() => createTableSql(schema, "a.b.new", { id: "int" })).toThrow(
    new ArgumentError(`"a.b.new" is ambiguous; write "\\"a\\".\\"b.new\\"" or "\\"a.b\\".\\"new\\""`),
  );
  expect(createTableSql(schema, '"a.b"."new"', { n: "int" })[0]).toStartWith('CREATE TABLE "a.b"."new" (');
  expect(createTableSql(schema, "audit.b.new", { n: "int" })[0]).toStartWith(
    'CREATE TABLE "audit"."b.new" (',
  );
});

test("tables whose names have the same text have different channels", async () => {
  const schema = await loadSchema(sql);
  for (const statements of [watchSql, wakeSql]) {
    const channelOf = (table: string) => /pg_notify\(''(.*?)'',/s.exec(statements(schema, table)[0]!)![1];
    expect(channelOf(FIRST)).not.toBe(channelOf(SECOND));
    expect(channelOf("b")).toMatch(/^\w+ public\.b$/);
  }
});

test("orderBy finds the relation of a path whose parts are also tables", async () => {
  const schema = await loadSchema(sql);
  expect(rowsWhereSql(schema, "entry", { select: ["id"], orderBy: "audit.event.name" }).text).toBe(
    'SELECT "id" FROM "public"."entry" ORDER BY (SELECT "order1"."name" FROM "audit"."event" AS "order1" WHERE "order1"."id" = "entry"."event_id")',
  );
});

test("an ambiguous path of two relations is rejected in orderBy and in filters of a URL", async () => {
  const schema = await loadSchema(sql);
  const message = `"event.log.name" is ambiguous; its relation is "event" or "event.log"`;
  expect(() => rowsWhereSql(schema, "entry", { orderBy: "event.log.name" })).toThrow(
    new ArgumentError(`entry: orderBy ${message}`),
  );
  expect(() => crud(sql, schema, { tables: { entry: { filter: ["event.log.name"] } } })).toThrow(
    new ArgumentError(`entry: filter ${message}`),
  );
  expect(() => crud(sql, schema, { tables: { entry: { filter: ["event.name"] } } })).not.toThrow();
});

test("a reference outside the scope names its columns, also with dots and commas", async () => {
  const schema = scope(await loadSchema(sql), { b: { id: "1" } });
  const error = await failure(insert(sql, schema, "rated", { "the.key, of": 3, score: 1 }));
  expect(error).toMatchObject({ name: "ScopeError", columns: ["the.key, of"] });
  expect(error.message).toBe(
    'rated."the.key, of": the referenced row does not exist in the snapshot\'s scope; nothing was written',
  );
});

test("a table that is named like a component of a different table has its own components in OpenAPI", async () => {
  const schema = await loadSchema(sql);
  const tables = { part: { write: ["id"] }, "part.insert": { write: ["id"] } } as never;
  const { components } = openApi(schema, { title: "x", version: "1", tables }) as {
    components: { schemas: object };
  };
  expect(Object.keys(components.schemas)).toEqual([
    "part",
    "part.insert",
    "part.update",
    "part.replace",
    "part.insert_2",
    "part.insert_2.insert",
    "part.insert_2.update",
    "part.insert_2.replace",
    "Problem",
  ]);
});

test("a visible table whose name has a dot is found by its name, whatever the order of the schemas", async () => {
  const own = await testDatabase({
    template: `create schema "0"; create schema m; create schema z;
      create table "0"."m.t" (id int8 primary key); create table m.t (id int8 primary key);
      create table z."m.u" (id int8 primary key); create table m.u (id int8 primary key);`,
  });
  const sql = own.connect({ max: 1 });
  try {
    await sql.unsafe('set search_path = "0", z');
    const schema = await loadSchema(sql);
    for (const [name, table] of [
      ["m.t", '"0"."m.t"'],
      ["m.u", '"z"."m.u"'],
      ['"m"."t"', '"m"."t"'],
      ['"m"."u"', '"m"."u"'],
    ] as const)
      expect(rowsWhereSql(schema, name).text).toEndWith(` FROM ${table}`);
  } finally {
    await own.drop();
  }
});

test("a table on the search path is also found by its PostgreSQL schema and name", async () => {
  const schema = await loadSchema(database.sql);
  expect(rowsWhereSql(schema, "public.audit", { select: ["id"] }).text).toBe(
    'SELECT "id" FROM "public"."audit"',
  );
  expect(rowsWhereSql(schema, '"public"."audit"', { select: ["id"] }).text).toBe(
    'SELECT "id" FROM "public"."audit"',
  );
});
