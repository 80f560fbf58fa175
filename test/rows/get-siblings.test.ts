// Every option of `get` has the same effect in `getOrThrow`, and in `getMany` if `getMany` accepts it.
import { expect, test } from "bun:test";
import { get, getMany, getOrThrow } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table author (id int primary key, name text, note text);
   create table book (id int primary key, author_id int references author, title text);
   insert into author values (1, 'Ann', 'n'), (2, 'Bob', null); insert into book values (7, 1, 'One'), (8, 1, 'Two');`,
);

const books = { table: "book", many: true, orderBy: "id", select: ["title"] } as const;
const BOOKS = [{ title: "One" }, { title: "Two" }];

/** The options, and the row with key 1. */
const CASES: readonly [string, object, object][] = [
  ["no options", {}, { id: 1, name: "Ann", note: "n" }],
  ["select with the key", { select: ["id", "name"] }, { id: 1, name: "Ann" }],
  ["select without the key", { select: ["name"] }, { name: "Ann" }],
  ["include", { include: { books } }, { id: 1, name: "Ann", note: "n", books: BOOKS }],
  [
    "select without the key, with include",
    { select: ["name"], include: { books } },
    { name: "Ann", books: BOOKS },
  ],
  ["lock", { lock: "update" }, { id: 1, name: "Ann", note: "n" }],
  ["lock with include", { lock: "share", select: ["note"], include: { books } }, { note: "n", books: BOOKS }],
];

for (const [name, read] of Object.entries({ get, getOrThrow }))
  test.each(CASES)(`${name} with %s`, async (_options, options, row) => {
    const found = await sql.begin(tx => read(tx, schema, "author", 1, options as never));
    expect(found as unknown).toEqual(row);
  });

test.each(CASES.filter(([name]) => !name.startsWith("lock")))(
  "getMany with %s",
  async (_options, options, row) => {
    const found = await sql.begin(tx => getMany(tx, schema, "author", [1, 3], options as never));
    expect(found as unknown).toEqual([row, undefined]);
  },
);
