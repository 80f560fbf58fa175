import { afterAll, beforeAll, expect, test } from "bun:test";
import { duplicateTable } from "../../src/ddl/index.ts";
import { checks, loadSchema } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({
    template: `create table price (id int primary key, amount int);
      insert into price values (1, -5), (2, 7);
      alter table price add constraint positive check (amount > 0) not valid;`,
  });
});
afterAll(() => database.drop());

test("duplicateTable copies rows that violate a NOT VALID check, and the check stays NOT VALID", async () => {
  const { sql } = database;
  const schema = await duplicateTable(sql, await loadSchema(sql), "price", "old_price");
  expect(await sql`select id, amount from old_price order by id`.values()).toEqual([
    [1, -5],
    [2, 7],
  ]);
  expect(checks(schema, "old_price")).toMatchObject([{ name: "positive", validated: false }]);
  await expect(sql.unsafe("insert into old_price values (3, 0)")).rejects.toThrow("positive");
});
