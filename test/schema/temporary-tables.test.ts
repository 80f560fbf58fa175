// Temporary tables, which belong to the session that created them.
import { expect, test } from "bun:test";
import { get, insertMany, loadSchema, rowsWhere, tableNames, upsertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables("create table item (id int primary key)");

test("pg_temp is the schema of the session's temporary tables", async () => {
  const connection = await sql.reserve();
  try {
    await connection.unsafe("create temporary table item (id int primary key, note text)");
    const own = await loadSchema(connection, { schemas: ["pg_temp", "public"] });
    // The temporary table hides the other table on the search path.
    expect(tableNames(own)).toEqual(["pg_temp.item", "public.item"]);
    await insertMany(connection, own, "pg_temp.item", [{ id: 1, note: "a" }]);
    await upsertMany(connection, own, "pg_temp.item", [{ id: 1, note: "b" }, { id: 2 }]);
    expect(await get(connection, own, "pg_temp.item", 1)).toEqual({ id: 1, note: "b" });
    expect(await rowsWhere(connection, own, "public.item")).toEqual([]);
    expect([...(await connection.unsafe("select id, note from pg_temp.item order by id").values())]).toEqual([
      [1, "b"],
      [2, null],
    ]);
  } finally {
    await connection.unsafe("drop table pg_temp.item");
    connection.release();
  }
});

test("without pg_temp in schemas a snapshot has no temporary tables, and a session without any has no pg_temp", async () => {
  const connection = await sql.reserve();
  try {
    await connection.unsafe("create temporary table later (id int)");
    expect(tableNames(await loadSchema(connection))).toEqual(tableNames(schema));
  } finally {
    await connection.unsafe("drop table later");
    connection.release();
  }
  const other = new Bun.SQL({ ...sql.options, max: 1 } as never);
  const error = await failure(loadSchema(other, { schemas: ["pg_temp"] }));
  await other.close();
  expect(error.message).toStartWith('schema "pg_temp" does not exist');
});
