// Tables and columns with names that have a meaning in JavaScript or in the statements.
import { expect, test } from "bun:test";
import {
  and,
  excluded,
  expr,
  insert,
  insertMany,
  loadSchema,
  not,
  old,
  or,
  page,
  pksAndRowsWhere,
  rowsWhere,
  truncate,
  update,
  updateMany,
  upsert,
  upsertMany,
  ValidationError,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { ODD_NOTE_ROWS, ODD_NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ODD_NOTE_TABLES, ODD_NOTE_ROWS);

const NOTES = [
  [1, "one", "x"],
  [2, "two", "y"],
];

const notes = () => plain("select id, title, body from note order by id");

test("columns named record, self, where, options and __proto__ store their values", async () => {
  const row = JSON.parse(
    '{"id":1,"record":"r","self":"s","where":"w","pk_values":"p","options":"o","__proto__":"q"}',
  );
  await insert(database.sql, schema, "odd", row);
  await insertMany(database.sql, schema, "odd", [{ ...row, id: 2 }]);
  await upsertMany(database.sql, schema, "odd", [{ ...row, id: 3 }]);
  const next = JSON.parse('{"id":2,"where":"W","__proto__":"Q"}');
  await update(database.sql, schema, "odd", next);
  await updateMany(database.sql, schema, "odd", [{ ...next, id: 3 }]);
  expect(await plain("select * from odd order by id")).toEqual([
    [1, "r", "s", "w", "p", "o", "q"],
    [2, "r", "s", "W", "p", "o", "Q"],
    [3, "r", "s", "W", "p", "o", "Q"],
  ]);
});

test("a column and a relation named __proto__ are ordinary properties of the rows that are read", async () => {
  await database.sql.unsafe(`create table whole (id int primary key); insert into whole values (1);
    create table part (id int primary key, whole_id int references whole, "__proto__" int);
    insert into part values (7, 1, 8), (8, null, 9)`);
  try {
    const loaded = await loadSchema(database.sql);
    const part = JSON.parse('{"id":7,"__proto__":8}');
    const options = { select: ["id", "__proto__"], orderBy: "id" } as const;
    const rows = (await rowsWhere(database.sql, loaded, "part", options)) as object[];
    expect(rows).toEqual([part, JSON.parse('{"id":8,"__proto__":9}')]);
    expect(rows.map(row => Object.keys(row))).toEqual([
      ["id", "__proto__"],
      ["id", "__proto__"],
    ]);
    const include = JSON.parse('{"__proto__":{"table":"part","select":["id","__proto__"]}}');
    const [row] = (await rowsWhere(database.sql, loaded, "whole", { include })) as object[];
    expect(Object.getOwnPropertyDescriptor(row, "__proto__")).toStrictEqual({
      ...{ value: [part], enumerable: true, writable: true, configurable: true },
    });
    const [added] = (await insertMany(database.sql, loaded, "part", [JSON.parse('{"id":9,"__proto__":1}')], {
      returning: ["__proto__"],
    })) as object[];
    expect(Object.entries(added!)).toEqual([["__proto__", 1]]);
  } finally {
    await database.sql`drop table part, whole`;
  }
});

test("a table named db, and a table of another PostgreSQL schema, have their own columns and keys", async () => {
  await upsert(database.sql, schema, "db", { id: 1, v: "a" });
  await upsert(database.sql, schema, "other.note", { k: "a", n: 1 });
  await upsertMany(database.sql, schema, "other.note", [{ k: "a", n: 2 }]);
  expect(await failure(insert(database.sql, schema, "other.note", { id: 5 }))).toBeInstanceOf(
    ValidationError,
  );
  expect(await plain("select k, n, v from other.note, db")).toEqual([["a", 2, "a"]]);
  expect(await notes()).toEqual(NOTES);
});

test("truncate empties the table of the given PostgreSQL schema, not one with the same name", async () => {
  await insert(database.sql, schema, "other.note", { k: "a", n: 1 });
  await truncate(database.sql, schema, "other.note");
  expect(await plain("select count(*)::int from other.note")).toEqual([[0]]);
  expect(await notes()).toEqual(NOTES);
});

test("tables named excluded, old and new can be upserted, with where and with inserted: true", async () => {
  const names = ["excluded", "old", "new"];
  const { sql } = database;
  for (const name of names) await sql.unsafe(`create table "${name}" (id int primary key, n int)`);
  const snapshot = await loadSchema(sql);
  for (const name of names) {
    const change = (n: number, options: object) => upsert(sql, snapshot, name, { id: 1, n }, options);
    expect(await change(1, { inserted: true })).toEqual({ row: { id: 1, n: 1 }, inserted: true });
    expect(await change(2, { inserted: true })).toEqual({ row: { id: 1, n: 2 }, inserted: false });
    const sum = { n: expr`${old("n")} + ${excluded("n")}` };
    expect(await change(5, { update: sum, where: { n: 2 } })).toEqual({ id: 1, n: 7 });
    expect(await change(9, { update: "changed", where: expr`${old("n")} > ${excluded("n")}` })).toEqual({
      id: 1,
      n: 7,
    });
    const many = [
      { id: 1, n: 8 },
      { id: 2, n: 3 },
    ];
    expect(await upsertMany(sql, snapshot, name, many, { update: sum, returning: true })).toEqual([
      { id: 1, n: 15 },
      { id: 2, n: 3 },
    ]);
    expect(await plain(`select id, n from "${name}" order by id`)).toEqual([
      [1, 15],
      [2, 3],
    ]);
    await sql.unsafe(`drop table "${name}"`);
  }
});

test("raw SQL and combinations are filters even if columns are named like their properties", async () => {
  const { sql } = database;
  await sql.unsafe(`create table word (parts text[], "values" text[], operands text[], name text);
    insert into word values ('{true}', '{}', '{}', 'a'), ('{false}', '{}', '{}', 'b')`);
  const own = await loadSchema(sql);
  const names = async (where: unknown): Promise<unknown> =>
    (await rowsWhere(sql, own, "word", { where: where as never, orderBy: "name" })).map(({ name }) => name);
  expect(await names(expr`true`)).toEqual(["a", "b"]);
  expect(await names(expr`name = ${"b"}`)).toEqual(["b"]);
  for (const combination of [and, or]) expect(await names(combination({ name: "b" }))).toEqual(["b"]);
  expect(await names(not({ name: "b" }))).toEqual(["a"]);
  expect(await names({ parts: ["true"], values: [] })).toEqual(["a"]);
});

test("a table named as the alias of a related row in an order is read in that order", async () => {
  const { sql } = database;
  await sql.unsafe(`create table maker (id int primary key, maker_id int, name text);
    create table order1 (id int primary key, maker_id int references maker, above int references order1);
    insert into maker values (1, 2, 'z'), (2, 1, 'a');
    insert into order1 values (1, 1, null), (2, 2, 1), (3, null, 2)`);
  const own = await loadSchema(sql);
  const idsBy = async (orderBy: string): Promise<unknown> =>
    (await rowsWhere(sql, own, "order1", { select: ["id"], orderBy })).map(({ id }) => id);
  expect(await idsBy("maker.name")).toEqual([2, 1, 3]);
  expect(await idsBy("order1.maker.name")).toEqual([3, 2, 1]);
  const { rows } = await page(sql, own, "order1", { orderBy: "maker.name", limit: 9 });
  expect(rows.map(({ id }) => id)).toEqual([2, 1, 3]);
  await sql`drop table order1, maker`;
});

test("a column named constructor that a row does not have is no value of it", async () => {
  const { sql } = database;
  await sql.unsafe(`create table car (at timestamptz primary key, constructor timestamptz unique, v int);
    insert into car values ('2026-01-01Z', '2026-01-02Z', 1)`);
  const own = await loadSchema(sql);
  const key = "2026-01-01 00:00:00+00";
  expect(await pksAndRowsWhere(sql, own, "car", { select: ["v"] })).toEqual([[key, { v: 1 }]]);
  await sql.unsafe(
    "create table model (constructor int unique default 7, v int, w int); insert into model values (1, 1, 1)",
  );
  const models = await loadSchema(sql);
  const rows: readonly object[] = [{ constructor: 1, v: 2 }, { w: 3 }];
  expect(await upsertMany(sql, models, "model", rows as never, { key: ["constructor"] })).toBe(2);
  expect(await plain("select * from model order by 1")).toEqual([
    [1, 2, 1],
    [7, null, 3],
  ]);
  await sql`drop table car, model`;
});
