// Functions for many rows with zero rows, one row, a full batch, and one row more, in tables that COPY can and cannot
// fill.
import { beforeEach, describe, expect, test } from "bun:test";
import { deleteMany, getMany, insertMany, updateMany, upsertMany } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const BATCH = 10_000;

// COPY does not check the policies of row-level security.
const { sql, schema, plain } = await testTables(
  `create table plain (id int primary key, n int); create table secured (id int primary key, n int);
   alter table secured enable row level security; create policy all_rows on secured using (true);
   create table mixed (id int primary key, a text, b text); create table nothing (); create table numbered (id int generated always as identity primary key);`,
  "truncate plain, secured, mixed, nothing, numbered restart identity",
);

interface NumberedRow {
  readonly id: number;
  readonly n: number;
}

const rowsOf = (count: number, n: number): NumberedRow[] =>
  Array.from({ length: count }, (_, id) => ({ id, n: n + id }));

type Write = (...args: [typeof sql, typeof schema, string, readonly object[]]) => Promise<unknown>;
const WRITES = { insertMany, updateMany, upsertMany } as unknown as Record<string, Write>;

for (const table of ["plain", "secured"] as const) {
  for (const [name, write] of Object.entries(WRITES)) {
    describe(`${name} into ${table}`, () => {
      beforeEach(async () => {
        const first = name === "updateMany" ? BATCH + 1 : name === "upsertMany" ? 5 : 0;
        await sql.unsafe(`insert into ${table} select id, -1 from generate_series(0, ${first} - 1) as id`);
      });

      test.each([0, 1, BATCH, BATCH + 1])("stores each of %i rows once", async count => {
        const result = await write(sql, schema, table, rowsOf(count, 7));
        const expected =
          name === "updateMany" ? { updated: count, missing: [], stale: [], suppressed: [] } : count;
        expect(result).toEqual(expected);
        expect(
          await plain(`select count(*)::int, count(distinct id)::int from ${table} where n = id + 7`),
        ).toEqual([[count, count]]);
      });
    });
  }

  test.each([0, 1, BATCH, BATCH + 1])(`getMany and deleteMany accept %i keys of ${table}`, async count => {
    await sql.unsafe(`insert into ${table} select id, id from generate_series(-1, ${count} - 1) as id`);
    const keys = rowsOf(count, 0);
    expect(await getMany(sql, schema, table, keys.map(({ id }) => id) as never)).toEqual(keys as never);
    const deleted = await deleteMany(sql, schema, table, keys.map(({ id }) => id) as never);
    expect(deleted as unknown).toBe(count);
    expect(await plain(`select id from ${table}`)).toEqual([[-1]]);
  });
}

test.each([0, 1, 3])("insertMany stores each of %i rows without a column", async count => {
  const rows = Array.from({ length: count }, () => ({}));
  expect(await insertMany(sql, schema, "nothing", rows)).toBe(count);
  expect(await plain("select count(*)::int from nothing")).toEqual([[count]]);
  expect(await insertMany(sql, schema, "numbered", rows, { returning: true })).toEqual(
    rows.map((_, index) => ({ id: index + 1 })),
  );
});

test.each(["changed", "nothing"] as const)(
  "upsertMany with update %j returns rows with different columns in input order",
  async update => {
    await sql.unsafe("insert into mixed values (2, 'old', null)");
    const rows = [
      { id: 2, a: "old" },
      { id: 3, b: "y" },
      { id: 1, a: "z" },
    ];
    expect(await upsertMany(sql, schema, "mixed", rows, { update, returning: true })).toEqual([
      { id: 3, a: null, b: "y" },
      { id: 1, a: "z", b: null },
    ]);
  },
);
