// Rare reasons to reject a value, an option or a raw result, each one separately.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  asRole,
  enumValues,
  expr,
  insert,
  insertMany,
  insertSchema,
  q,
  rowsWhere,
  some,
  update,
} from "../../src/index.ts";
import { asRoleSql, lockSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create type mood as enum ('sad', 'ok'); create domain feeling as mood; create domain feelings as mood[];
   create table person (id int primary key, name text, m mood, ms mood[], f feeling, fs feelings,
     exclude using btree (name with =) where (id < 100));
   create table moment (at timestamptz, id int, note text, primary key (at, id));
   create table pet (id int primary key, person_id int references person)`,
  "truncate person, moment, pet",
);

test("enumLabels accepts an enum, its array and domains, and no other type", () => {
  for (const column of ["m", "ms", "f", "fs"])
    expect(enumValues(schema, "person", column)).toEqual(["sad", "ok"]);
  expect(() => enumValues(schema, "person", "name")).toThrow(
    "person.name has type text, which is not an enum",
  );
});

test.each([[null], [undefined], [{}], [[]], [5n], [Symbol("s")]])(
  "a setting of a role cannot be %p",
  value => {
    expect(() => asRoleSql({ settings: { "app.user": value as never } })).toThrow(
      "the setting app.user must be a string, a number or a boolean, received",
    );
  },
);

test.each<[string, () => unknown, string]>([
  [
    "a setting",
    () => asRoleSql({ settings: { "app.user": "a\0" } }),
    "app.user: expected a string without NUL",
  ],
  ["a setting's name", () => asRoleSql({ settings: { "app.\0": "a" } }), "the name of a setting: expected"],
  ["a role", () => asRoleSql({ role: "\ud800" }), "role: expected a well-formed string"],
  ["a lock", () => lockSql("\ud800"), "the name of a lock: expected a well-formed string"],
])("%s must be a string that PostgreSQL accepts unchanged", (_, build, message) => {
  expect(build).toThrow(ArgumentError);
  expect(build).toThrow(message);
});

test("a setting must be a string, a number or a boolean", async () => {
  const settings = { "a.a": "x", "a.b": 5, "a.c": false };
  const read = "select current_setting('a.a') a, current_setting('a.b') b, current_setting('a.c') c";
  expect(await asRole(sql, { settings }, async tx => [...(await tx.unsafe(read))])).toEqual([
    { a: "x", b: "5", c: "false" },
  ]);
});

test.each([[5], [null], [undefined], [{}], [["pet"]]])(
  "some requires the name of a relation, not %p",
  async relation => {
    const where = some(relation as never, { id: 1 });
    await expect(rowsWhere(sql, schema, "person", { where })).rejects.toThrow(
      "person: some requires the name of a relation, received",
    );
  },
);

test("rows without any column are inserted with their defaults, or rejected", async () => {
  await expect(insertMany(sql, schema, "person", [{}, {}], { validate: false })).rejects.toThrow("person");
  expect(await plain("select count(*)::int from person")).toEqual([[0]]);
});

test("a Date together with raw SQL does not identify a row", async () => {
  await insert(sql, schema, "moment", { at: "2026-01-01 00:00:00.000001Z", id: 1 });
  const row = { at: new Date("2026-01-01"), id: expr`1`, note: "n" };
  const error = await failure(update(sql, schema, "moment", row as never));
  expect(error.message).toContain("moment.id");
  expect(await plain("select note from moment")).toEqual([[null]]);
});

test("an exclusion constraint on equal values is a conflict, not an overlap", async () => {
  await insert(sql, schema, "person", { id: 1, name: "a" });
  await expect(insert(sql, schema, "person", { id: 2, name: "a" })).rejects.toThrow(
    "conflicts with another row",
  );
  await insert(sql, schema, "person", { id: 100, name: "a" });
});

test("dates of a raw query: infinite, BC, and one that the driver cannot represent", async () => {
  const read = (text: string): Promise<unknown> =>
    q(sql, schema, expr(`select ${text} as d`, [])).then(([row]) => row!["d"]);
  expect(await read("date 'infinity'")).toBe("infinity");
  expect(await read("date '-infinity'")).toBe("-infinity");
  expect(await read("date '0044-03-15 BC'")).toBe("0044-03-15 BC");
  expect(await read("array[date '2026-01-02', null]")).toEqual(["2026-01-02", null]);
  await expect(read("date '5000000-01-01'")).rejects.toThrow("cast the column to text in the query");
});

test("the target of a JSON Schema must be one of three", () => {
  const { input } = (
    insertSchema(schema, "pet") as never as Record<string, { jsonSchema: { input: Method } }>
  )["~standard"]!.jsonSchema;
  expect(input({ target: "draft-07" })["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
  expect(input({ target: "draft-2020-12" })["$schema"]).toContain("2020-12");
  expect(input({ target: "openapi-3.0" })["$schema"]).toBeUndefined();
  expect(() => input({ target: "draft-04" })).toThrow(
    "target must be draft-2020-12, draft-07 or openapi-3.0, received draft-04",
  );
});

type Method = (options: { readonly target: string }) => Record<string, unknown>;
