// Rows of a cluster, which are found by their key and distribution column.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  deleteRow,
  get,
  insert,
  NotFoundError,
  nest,
  rowLoader,
  type SchemaSnapshot,
  update,
  updateMany,
} from "../../src/index.ts";
import { work } from "../../src/queues/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { distributedTables } from "../support/distributed-tables.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  ({ database, schema } = await distributedTables());
});
afterAll(() => database.drop());

test("a row with a different value in the distribution column is not found", async () => {
  const { sql } = database;
  const key = { id: 5, tenant_id: 2 };
  expect(await get(sql, schema, "note", key)).toBeUndefined();
  expect(await get(sql, schema, "note", { ...key, tenant_id: 1 })).toMatchObject({ text: "a" });
  expect(await rowLoader(sql, schema, "note")(key)).toBeUndefined();
  expect(await rowLoader(sql, schema, "note")({ ...key, tenant_id: 1 })).toMatchObject({ text: "a" });
  for (const call of [
    () => update(sql, schema, "note", { ...key, text: "x" }),
    () => deleteRow(sql, schema, "note", key),
  ]) {
    const error = await failure(call());
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.message).toBe("note has no row with id 5");
  }
  const rows = [
    { ...key, text: "x" },
    { id: 6, tenant_id: 2, text: "y" },
  ];
  expect(await updateMany(sql, schema, "note", rows)).toMatchObject({
    updated: 1,
    missing: [0],
    suppressed: [],
  });
  expect(await sql`select id, tenant_id, text from note order by id`.values()).toEqual([
    [5, 1, "a"],
    [6, 2, "y"],
  ] as never);
});

test("nested rows get the distribution column from their parent row", async () => {
  await database.sql.unsafe("delete from note where id >= 100");
  const row = { id: 9, tenant_id: 2, note: [{ id: 100, text: "n" }] };
  const include = nest({ note: true });
  expect(await insert(database.sql, schema, "invoice", row as never, { include })).toMatchObject({
    note: [{ id: 100, tenant_id: 2, invoice_id: 9 }],
  });
});

test("the final status of a job is stored on the node of its row", async () => {
  const { sent, onStatement } = recorder();
  const stop = new AbortController();
  const options = { signal: stop.signal, onStatement } as const;
  expect(await work(database.sql, schema, "job", () => stop.abort(), options)).toBe(1);
  expect(sent.map(({ text }) => text)).toContain(
    `UPDATE "public"."job" SET "status" = $1::text WHERE "id" = $2::text::int4 AND "tenant_id" = $3::text::int4`,
  );
});
