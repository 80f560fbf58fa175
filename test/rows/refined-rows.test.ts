// The output of the schemas of `refine` is what is written.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { expr, insert, refine, update, updateWhere, upsert } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  "create table person (id int primary key, email text not null unique, phone text, name text not null, at int)",
);
const lower = v.pipe(v.string(), v.trim(), v.toLowerCase());
const emptyIsNull = v.pipe(
  v.string(),
  v.transform(text => (text === "" ? null : text)),
);
const refined = refine(schema, { person: { email: lower, phone: emptyIsNull, name: emptyIsNull } });
const rows = async (): Promise<unknown[][]> =>
  await sql`select id, email, phone, name, at from person order by id`.values();

test("raw SQL for one column leaves the schemas of the others in force", async () => {
  await insert(sql, refined, "person", { id: 1, email: " A@X ", name: expr`'Ann'`, at: expr`1 + 1` });
  expect(await rows()).toEqual([[1, "a@x", null, "Ann", 2]]);
  await update(sql, refined, "person", { id: 1, email: " B@X ", at: expr`3` });
  expect(await rows()).toEqual([[1, "b@x", null, "Ann", 3]]);
  await updateWhere(sql, refined, "person", { email: " C@X ", at: expr`4` }, { where: { id: 1 } });
  expect(await rows()).toEqual([[1, "c@x", null, "Ann", 4]]);
  await upsert(sql, refined, "person", { id: 1, email: " D@X ", name: "Eve", at: expr`5` });
  expect(await rows()).toEqual([[1, "d@x", null, "Eve", 5]]);
  const wrong = { id: 2, email: 1 as never, name: expr`'Bob'` };
  await expect(insert(sql, refined, "person", wrong)).rejects.toThrow(
    "person.email: Invalid type: Expected string but received 1",
  );
});

test("a schema can turn its input into null, which only a column that is NOT NULL rejects", async () => {
  await upsert(sql, refined, "person", { id: 1, email: "d@x", phone: "", name: "Eve" });
  expect((await rows())[0]![2]).toBeNull();
  const nameless = { id: 1, email: "d@x", name: "" };
  await expect(upsert(sql, refined, "person", nameless)).rejects.toThrow(
    "person.name: Expected a string, received null",
  );
});
