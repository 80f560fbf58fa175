// Rows are related with the collation of the column that has one, whichever it is.
import { expect, test } from "bun:test";
import { get, rowsWhere, some } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
   create domain handle as text collate nocase; create table owner (id int primary key, name handle unique);
   create table item (id int primary key, name handle references owner (name));
   insert into owner values (1, 'Ann'); insert into item values (10, 'ann'), (11, 'ANN');
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

test("a foreign key of a domain relates the rows that are equal in the collation of the domain", async () => {
  const items = [{ id: 10 }, { id: 11 }];
  expect(
    await rowsWhere(sql, schema, "owner", { include: { item: { select: ["id"], orderBy: "id" } } }),
  ).toEqual([{ id: 1, name: "Ann", item: items }] as never);
  expect(
    await rowsWhere(sql, schema, "item", { select: ["id"], orderBy: "id", include: { owner: true } }),
  ).toEqual(items.map(item => ({ ...item, owner: { id: 1, name: "Ann" } })) as never);
});
