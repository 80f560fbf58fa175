// A value in a different text, such as a UUID in capitals, is the same value of a scope.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  ArgumentError,
  getOrThrow,
  insert,
  insertMany,
  scope,
  update,
  updateMany,
  upsert,
  upsertMany,
  validateInsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const TYPES = {
  uuid: ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  numeric: ["1.5", "1.50"],
  bpchar: ["ab", "ab   "],
} as const;
const OTHER = { uuid: "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", numeric: "1.51", bpchar: "ac" };

const { sql, schema, plain } = await testTables(
  `create table of_uuid (tenant uuid, id int, note text, primary key (tenant, id));
  create table of_numeric (tenant numeric(10, 2), id int, note text, primary key (tenant, id));
  create table of_bpchar (tenant char(5), id int, note text, primary key (tenant, id))`,
  "truncate of_uuid, of_numeric, of_bpchar",
);

test.each(["uuid", "numeric", "bpchar"] as const)("a row that was read is written again: %s", async type => {
  const table = `of_${type}`;
  const [given, stored] = TYPES[type];
  const mine = scope(schema, { [table]: { tenant: given } });
  await insert(sql, mine, table, { id: 1 });
  const row = await getOrThrow(sql, mine, table, [given, 1]);
  expect(row).toEqual({ tenant: stored, id: 1, note: null });
  await update(sql, mine, table, { ...row, note: "update" });
  await upsert(sql, mine, table, { ...row, note: "upsert" });
  expect(await updateMany(sql, mine, table, [{ ...row, note: "updateMany" }])).toMatchObject({ updated: 1 });
  await upsertMany(sql, mine, table, [{ ...row, note: "upsertMany" }]);
  await insertMany(sql, mine, table, [{ ...row, id: 2 }]);
  await importRows(sql, mine, table, `tenant,id\n${stored},3\n`, { format: "csv" });
  expect(validateInsert(mine, table, [row]).issues).toEqual([]);
  expect(await plain(`select id, note from ${table} order by id`)).toEqual([
    [1, "upsertMany"],
    [2, null],
    [3, null],
  ]);
});

test.each(["uuid", "numeric", "bpchar"] as const)("a different value is rejected: %s", async type => {
  const table = `of_${type}`;
  const mine = scope(schema, { [table]: { tenant: TYPES[type][0] } });
  const row = { tenant: OTHER[type], id: 1 };
  expect(await failure(insert(sql, mine, table, row))).toBeInstanceOf(ArgumentError);
  expect(validateInsert(mine, table, [row]).issues).toHaveLength(1);
  expect(() => scope(mine, { [table]: { tenant: OTHER[type] } })).toThrow(
    `scope: ${table}.tenant already has a different value in the scope`,
  );
});

test("a scope of a scope may have the same value in a different text", async () => {
  const [given, stored] = TYPES.uuid;
  const both = scope(scope(schema, { of_uuid: { tenant: given } }), { of_uuid: { tenant: stored } });
  await insert(sql, both, "of_uuid", { id: 1 });
  expect(await plain("select tenant from of_uuid")).toEqual([[stored]]);
});
