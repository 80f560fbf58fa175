// Rows that lack a column that PostgreSQL requires, and tables whose rows are all replaced.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  ConstraintError,
  expr,
  insertMany,
  transaction,
  truncate,
  update,
  upsert,
  upsertMany,
  ValidationError,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table person (id int primary key, name text not null, email text unique, age int check (age > 0));
  create table seat (line int, place int, guest text, primary key (line, place));`,
  `truncate person, seat;
    insert into person values (1, 'Ann', 'a@x', 30), (2, 'Ben', 'b@x', 40); insert into seat values (1, 1, 'Ann'), (1, 2, 'Ben');`,
);

const PEOPLE = "select id, name, email, age from person order by id";
const BEN = [2, "Ben", "b@x", 40];
const ROWS = [[1, "Ann", "a@x", 30], BEN];

test("an upsert without a NOT NULL column is rejected before anything is sent, even for an existing row; update changes the row", async () => {
  const { sent, onStatement } = recorder();
  const error = await failure(upsert(sql, schema, "person", { id: 1, age: 31 }, { onStatement }));
  expect(error).toBeInstanceOf(ValidationError);
  expect(error.message).toContain("person.name: Expected a value, received nothing");
  const many = [
    { id: 1, name: "Anna" },
    { id: 2, age: 41 },
  ];
  expect(await failure(upsertMany(sql, schema, "person", many, { onStatement }))).toBeInstanceOf(
    ValidationError,
  );
  expect(sent).toEqual([]);
  expect(await plain(PEOPLE)).toEqual(ROWS);
  await update(sql, schema, "person", { id: 1, age: 31 });
  expect(await plain(PEOPLE)).toEqual([[1, "Ann", "a@x", 31], BEN]);
});

test("an upsert whose change violates a CHECK leaves the existing row and all other rows unchanged", async () => {
  const age = { age: expr`-1` };
  expect(await failure(upsert(sql, schema, "person", { id: 1, name: "x" }, { update: age }))).toMatchObject({
    ...{ name: "ConstraintError", kind: "check", columns: ["age"] },
  });
  const rows = [
    { id: 3, name: "Cy" },
    { id: 2, name: "x" },
  ];
  expect(await failure(upsertMany(sql, schema, "person", rows, { update: age }))).toBeInstanceOf(
    ConstraintError,
  );
  expect(await plain(PEOPLE)).toEqual(ROWS);
});

test("an upsert requires every column of its key, and changes no row that shares only a part of the key", async () => {
  const error = await failure(upsert(sql, schema, "person", { id: 5, name: "x" }, { key: ["email"] }));
  expect(error).toEqual(
    new ArgumentError("person: the row has no email; the whole conflict key is required"),
  );
  expect(await failure(upsert(sql, schema, "seat", { line: 1, guest: "x" }))).toBeInstanceOf(ValidationError);
  await upsert(sql, schema, "seat", { place: 2, line: 1, guest: "Bo" });
  expect(await plain(PEOPLE)).toEqual(ROWS);
  expect(await plain("select line, place, guest from seat order by 1, 2")).toEqual([
    [1, 1, "Ann"],
    [1, 2, "Bo"],
  ]);
});

test("truncate and insertMany in one transaction replace all rows, or none after an error", async () => {
  const replace = (rows: readonly { id: number; name: string; age?: number }[]): Promise<unknown> =>
    transaction(sql, async tx => {
      await truncate(tx, schema, "person");
      await insertMany(tx, schema, "person", rows);
    });
  const twice = [
    { id: 7, name: "a" },
    { id: 7, name: "b" },
  ];
  expect(await failure(replace(twice))).toMatchObject({ kind: "unique", row: 1 });
  expect(await plain(PEOPLE)).toEqual(ROWS);
  await replace([{ id: 7, name: "a" }]);
  expect(await plain(PEOPLE)).toEqual([[7, "a", null, null]]);
});
