// Rows are related with the collation of the column that has one, whichever it is.
import { expect, test } from "bun:test";
import { get, rowsWhere, some } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
   create table plain (id int primary key, name text); create table folded (id int primary key, name text collate nocase);
   insert into plain values (1, 'ANN'), (2, 'ben'); insert into folded values (10, 'ann'), (20, 'Cy')`,
);

test.each([
  ["plain", "folded", [[10], []]],
  ["folded", "plain", [[1], []]],
] as const)(
  "the rows of %s include the rows of %s that are equal in the collation",
  async (table, other, ids) => {
    const include = { others: { table: other, on: { name: "name" }, many: true } } as const;
    const rows = await rowsWhere(sql, schema, table, { orderBy: "id", include });
    expect(rows.map(row => (row["others"] as { id: number }[]).map(({ id }) => id))).toEqual(ids as never);
    const first = table === "plain" ? 1 : 10;
    expect((await get(sql, schema, table, first, { include }))!["others"]).toHaveLength(1);
    const where = some(other, {}, { on: { name: "name" } } as never);
    expect((await rowsWhere(sql, schema, table, { where })).map(({ id }) => id)).toEqual([first]);
  },
);
