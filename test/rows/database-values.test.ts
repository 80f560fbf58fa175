// Keys and columns that the database fills in, and privileges that restrict what can be written and returned.
import { expect, test } from "bun:test";
import {
  deleteRow,
  insert,
  insertMany,
  loadSchema,
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

test("a key left out is made by the database, a key of null is refused", async () => {
  expect(await upsert(database.sql, schema, "note", { title: "new" }, { returning: ["id"] })).toEqual({
    id: 3,
  });
  expect(await failure(upsert(database.sql, schema, "note", { id: null, title: "new" }))).toBeInstanceOf(
    ValidationError,
  );
  expect(await failure(upsertMany(database.sql, schema, "note", [{ id: null }]))).toBeInstanceOf(
    ValidationError,
  );
});

test("a table without a key takes inserts, and says that it has no key where one is needed", async () => {
  expect(await insert(database.sql, schema, "keyless", { a: 1 })).toEqual({ a: 1, b: null });
  expect(await insertMany(database.sql, schema, "keyless", [{ a: 2 }])).toBe(1);
  for (const write of [
    update(database.sql, schema, "keyless", { a: 1 }),
    upsert(database.sql, schema, "keyless", { a: 1 }),
    updateMany(database.sql, schema, "keyless", [{ a: 1 }]),
    upsertMany(database.sql, schema, "keyless", [{ a: 1 }]),
    deleteRow(database.sql, schema, "keyless", 1 as never),
  ])
    expect((await failure(write)).message).toBe("keyless has no primary key; use a filter instead");
});

test("what the database computes: left out of updates, refused in inserts", async () => {
  const row = (await insert(database.sql, schema, "numbered", { v: "a" })) as Record<string, unknown>;
  expect(await update(database.sql, schema, "numbered", { ...row, v: "b" })).toEqual({
    id: 1,
    v: "b",
    w: "b!",
  });
  expect(
    await updateMany(database.sql, schema, "numbered", [{ ...row, v: "c" }], { returning: true }),
  ).toEqual({
    updated: [{ id: 1, v: "c", w: "c!" }],
    missing: [],
    stale: [],
  });
  for (const write of [insertMany, upsertMany]) {
    const { issues } = (await failure(write(database.sql, schema, "numbered", [row]))) as ValidationError;
    expect(issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([
      [0, "id"],
      [0, "w"],
    ]);
  }
});

test("a role that may insert and not select still writes", async () => {
  const role = `writer_${crypto.randomUUID().slice(0, 8)}`;
  await database.sql.unsafe(`create role ${role}; grant insert on drop_box to ${role}`);
  await database.sql.begin(async tx => {
    await tx.unsafe(`set local role ${role}`);
    expect(await insert(tx, schema, "drop_box", { id: 1, v: "a" }, { returning: false })).toBeUndefined();
    expect(await insertMany(tx, schema, "drop_box", [{ id: 2, v: "b" }])).toBe(1);
    const many = Array.from({ length: 100 }, (_, index) => ({ id: index + 10, v: "c" }));
    expect(await insertMany(tx, schema, "drop_box", many)).toBe(100);
    // A snapshot read by that role knows what it may not read.
    const own = await loadSchema(tx);
    expect(await insert(tx, own, "drop_box", { id: 3, v: "c" })).toBeUndefined();
  });
  expect(await plain("select count(*)::int from drop_box")).toEqual([[103]]);
  await database.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
});
