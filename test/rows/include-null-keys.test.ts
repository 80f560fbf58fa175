// A foreign key of several columns, one of which is NULL, refers to no row.
import { expect, test } from "bun:test";
import { rowsWhere } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table shelf (room text, n int, primary key (room, n));
   create table book (id int primary key, room text, n int, foreign key (room, n) references shelf);
   insert into shelf values ('null', 1), ('a', 1);
   insert into book values (1, 'null', 1), (2, null, 1), (3, 'a', 1);`,
);

test("a key with NULL is not one with the text null", async () => {
  expect(await rowsWhere(sql, schema, "book", { include: { shelf: true }, orderBy: "id" })).toEqual([
    { id: 1, room: "null", n: 1, shelf: { room: "null", n: 1 } },
    { id: 2, room: null, n: 1, shelf: null },
    { id: 3, room: "a", n: 1, shelf: { room: "a", n: 1 } },
  ]);
});
