// A foreign key can be declared between types that are comparable through a user-defined cast.
import { expect, test } from "bun:test";
import { declare, loadSchema, rowsWhere } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create type mood as enum ('sad', 'ok'); create table level (name text primary key, stars int); create table day (id int primary key, mood mood)`,
  "truncate level, day; insert into level values ('sad', 1), ('ok', 5); insert into day values (1, 'ok'), (2, null)",
);
const key = { day: { foreignKeys: { mood: "level" } } } as const;

test("without a cast, an enum and text are not comparable", () => {
  expect(() => declare(schema, key)).toThrow(
    "declare: day.mood is public.mood, but level.name is text; a foreign key needs types that can be compared",
  );
});

test("with an implicit cast, the rows of a declared foreign key are read", async () => {
  await sql.unsafe("create cast (mood as text) with inout as implicit");
  try {
    const declared = declare(await loadSchema(sql), key);
    expect(await rowsWhere(sql, declared, "day", { include: { level: true } })).toEqual([
      { id: 1, mood: "ok", level: { name: "ok", stars: 5 } },
      { id: 2, mood: null, level: null },
    ]);
  } finally {
    await sql.unsafe("drop cast (mood as text)");
  }
});
