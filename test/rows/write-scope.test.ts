// Writes with a scoped snapshot, on each kind of handle.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  deleteRow,
  deleteWhere,
  expr,
  insert,
  insertMany,
  loadSchema,
  NotFoundError,
  scope,
  update,
  updateMany,
  updateWhere,
  upsertMany,
} from "../../src/index.ts";
import { insertSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("a scope adds its value to inserts, rejects contradictions and hides other rows from writes", async () => {
  const { sql } = database;
  const mine = scope(schema, { note: { tenant_id: 1 } });
  const theirs = scope(schema, { note: { tenant_id: 2 } });
  expect(await insert(sql, theirs, "note", { id: 10, title: "n" })).toMatchObject({ tenant_id: 2 });
  expect(await insert(sql, theirs, "note", { id: 11, title: "m", tenant_id: 2 })).toMatchObject({
    tenant_id: 2,
  });
  await expect(insert(sql, mine, "note", { title: "x", tenant_id: 2 })).rejects.toMatchObject({
    message:
      "note.tenant_id: the value contradicts the snapshot's scope; leave out the column, or pass a snapshot without this scope",
    columns: ["tenant_id"],
  });
  const two = [{ title: "x" }, { title: "y", tenant_id: 2 }];
  for (const write of [
    () => insertMany(sql, mine, "note", two),
    () => upsertMany(sql, mine, "note", two),
    () =>
      updateMany(sql, mine, "note", [
        { id: 1, title: "x" },
        { id: 2, tenant_id: 2 },
      ]),
  ])
    await expect(write()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^note\.tenant_id, rows\[1\]: the value contradicts the snapshot's scope;/,
      ),
      columns: ["tenant_id"],
    });
  await expect(update(sql, mine, "note", { id: 1, tenant_id: 2 })).rejects.toThrow("contradicts");
  await expect(update(sql, mine, "note", { id: 3, title: "x" })).rejects.toThrow(NotFoundError);
  await expect(deleteRow(sql, mine, "note", 3)).rejects.toThrow(NotFoundError);
  await expect(updateWhere(sql, mine, "note", { tenant_id: expr`2` }, { all: true })).rejects.toThrow(
    "contradicts",
  );
  expect(await updateWhere(sql, mine, "note", { body: "b" }, { all: true, returning: false })).toBe(2);
  expect(await deleteWhere(sql, mine, "note", { where: expr`true or true`, returning: false })).toBe(2);
  expect(await plain("select id, body from note order by id")).toEqual([
    [3, null],
    [10, null],
    [11, null],
  ]);
});

test("null in a scope is stored in inserted rows instead of the default of the column", async () => {
  const undated = scope(schema, { defaults: { at: null } });
  expect(insertSql(undated, "defaults", { id: 4 })).toMatchObject({
    text: 'INSERT INTO "public"."defaults" ("id", "at") VALUES ($1::text::int4, NULL) RETURNING "id", "at"',
    params: ["4"],
  });
  expect(await insert(database.sql, undated, "defaults", { id: 4 })).toEqual({ id: 4, at: null });
  expect(await plain("select id, at from defaults")).toEqual([[4, null]]);
});

test("writes work in a transaction, in a savepoint and on a reserved connection", async () => {
  const { sql } = database;
  await sql.begin(async tx => {
    await insert(tx, schema, "note", { id: 20, title: "t" });
    await tx
      .savepoint(async inner => {
        await update(inner, schema, "note", { id: 20, title: "undone" });
        throw new Error("undo");
      })
      .catch(() => {});
  });
  const reserved = await sql.reserve();
  await deleteRow(reserved, schema, "note", 1);
  reserved.release();
  expect(await plain("select id, title from note where id in (1, 20)")).toEqual([[20, "t"]]);
});

test("ON DELETE and triggers also affect rows outside the scope, as documented", async () => {
  const { sql } = database;
  await sql.unsafe(`create table owner (id int primary key, tenant int);
    create table owned (id int primary key, tenant int, owner_id int references owner on delete cascade);
    insert into owner values (1, 1), (2, 2); insert into owned values (1, 1, 1), (2, 2, 1), (3, 2, 2)`);
  const mine = scope(await loadSchema(sql), { owner: { tenant: 1 }, owned: { tenant: 1 } } as never);
  await deleteRow(sql, mine, "owner" as never, 1 as never);
  expect(await plain("select id from owned")).toEqual([[3]]);
  await expect(deleteRow(sql, mine, "owner" as never, 2 as never)).rejects.toThrow(NotFoundError);
});

test("an update cannot change a column from which the scope's column is generated", async () => {
  const { sql } = database;
  await sql.unsafe(`create table part_of (id int primary key, base int, tenant int generated always as (base + 1) stored, s text);
    insert into part_of values (1, 0, default, 'mine'), (2, 1, default, 'theirs')`);
  const loaded = await loadSchema(sql);
  const mine = scope(loaded, { part_of: { tenant: 1 } });
  const calls = [
    () => update(sql, mine, "part_of", { id: 1, base: 1 }),
    () => updateMany(sql, mine, "part_of", [{ id: 1, base: 1 }]),
    () => updateWhere(sql, mine, "part_of", { base: 1 }, { all: true }),
  ];
  for (const call of calls) {
    expect(await failure(call())).toEqual(
      new ArgumentError(
        "part_of.base: part_of.tenant of the snapshot's scope is generated from the column; pass a snapshot without this scope",
        { columns: ["base"] },
      ),
    );
  }
  await update(sql, mine, "part_of", { id: 1, s: "new" });
  expect(await plain("select * from part_of order by id")).toEqual([
    [1, 0, 1, "new"],
    [2, 1, 2, "theirs"],
  ]);
});
