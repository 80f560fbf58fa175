import { expect, test } from "bun:test";
import * as v from "valibot";
import {
  ConstraintError,
  deleteRow,
  expr,
  insert,
  jsonNull,
  loadSchema,
  NotFoundError,
  refine,
  update,
  ValidationError,
} from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("insert sends one statement and returns the stored row with all generated values", async () => {
  const { sent, onStatement } = recorder();
  const row = await insert(
    database.sql,
    schema,
    "note",
    { id: 10, title: "ten", doc: { a: [1, null] }, tags: ["a,b", 'c"d'] },
    { onStatement },
  );
  expect(sent).toEqual([
    {
      text:
        'INSERT INTO "public"."note" ("id", "title", "doc", "tags") VALUES ($1::text::int4, $2::text::varchar, $3::text::jsonb, ' +
        '$4::text::text[]) RETURNING "id", "tenant_id", "title", "body", "doc"::text, "tags", "doubled"',
      params: ["10", "ten", '{"a":[1,null]}', '{"a,b","c\\"d"}'],
    },
  ]);
  expect(row).toEqual({
    id: 10,
    tenant_id: 1,
    title: "ten",
    body: null,
    doc: { a: [1, null] },
    tags: ["a,b", 'c"d'],
    doubled: 2,
  });
  expect(await plain("select id, title, doc::text, tags::text from note where id = 10")).toEqual([
    [10, "ten", '{"a": [1, null]}', '{"a,b","c\\"d"}'],
  ]);
});

test("an omitted column gets its default, null is NULL, and jsonNull is JSON null", async () => {
  await insert(database.sql, schema, "note", { id: 10, title: "a", body: null, doc: jsonNull });
  expect(await plain("select tenant_id, body, doc::text from note where id = 10")).toEqual([
    [1, null, "null"],
  ]);
});

test("an empty row is stored with the defaults, or is a ValidationError if a column has none", async () => {
  expect(await insert(database.sql, schema, "defaults", {})).toEqual({ id: 1, at: new Date("2024-01-01") });
  await expect(insert(database.sql, schema, "note", {})).rejects.toThrow(
    "note: 1 invalid value\n  note.title: Expected a value, received nothing",
  );
});

test("returning selects columns or returns no row", async () => {
  const row = { id: 10, title: "a" };
  expect(await insert(database.sql, schema, "note", row, { returning: ["doubled"] })).toEqual({ doubled: 2 });
  const { sent, onStatement } = recorder();
  expect(
    await insert(database.sql, schema, "note", { id: 11, title: "b" }, { returning: false, onStatement }),
  ).toBeUndefined();
  expect(sent[0]?.text).not.toContain("RETURNING");
});

test("an invalid row is rejected with all its problems before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const error = await insert(
    database.sql,
    schema,
    "note",
    { titel: "a", title: "much too long", doubled: 5, tags: [1] },
    { onStatement },
  ).then(
    () => undefined,
    (thrown: unknown) => thrown as ValidationError,
  );
  expect(error).toBeInstanceOf(ValidationError);
  expect(error!.issues.map(issue => v.getDotPath(issue))).toEqual(["titel", "doubled", "title", "tags.0"]);
  expect(error!.message).toContain(
    'note.titel: Expected a column of note, received "titel"; did you mean "title"',
  );
  expect(sent).toEqual([]);
});

test("validate: false skips the validation of values, but constraints of the database still apply", async () => {
  const error = insert(database.sql, schema, "note", { title: "much too long" }, { validate: false });
  await expect(error).rejects.toThrow(ConstraintError);
  await expect(insert(database.sql, schema, "note", { titel: "x" }, { validate: false })).rejects.toThrow(
    '"title"',
  );
});

test("raw SQL can be a value of a composite type", async () => {
  const { sql, drop } = await testDatabase({
    template:
      "create type piece as (parts text[], values text[]); create table t (id int primary key, p piece)",
  });
  const odd = await loadSchema(sql);
  await insert(sql, odd, "t", { id: 1, p: expr`row(${"{a}"}::text[], null)` });
  await insert(sql, odd, "t", { id: 2, p: { parts: ["b"], values: null } });
  expect(await sql`select id, p::text from t order by id`.values()).toEqual([
    [1, "({a},)"],
    [2, "({b},)"],
  ]);
  await drop();
});

test("raw SQL can be a value", async () => {
  await insert(database.sql, schema, "note", {
    id: 10,
    title: expr`upper(${"ab"})`,
    body: expr`now()::text`,
  });
  expect(await plain("select title, body is not null from note where id = 10")).toEqual([["AB", true]]);
  await update(database.sql, schema, "note", { id: 10, tenant_id: expr`tenant_id + ${4}` });
  expect(await plain("select tenant_id from note where id = 10")).toEqual([[5]]);
});

test("the output of a refinement is stored", async () => {
  const strict = refine(schema, { note: { title: v.pipe(v.string(), v.toLowerCase()) } });
  expect(await insert(database.sql, strict, "note", { id: 10, title: "LOUD" })).toMatchObject({
    title: "loud",
  });
});

test("for rows that a trigger or a rule skips insert returns undefined", async () => {
  expect(await insert(database.sql, schema, "guarded", { id: 1 })).toBeUndefined();
  await database.sql.unsafe(
    "alter table guarded disable trigger guard; insert into guarded values (7, 1); alter table guarded enable trigger guard",
  );
  expect(await update(database.sql, schema, "guarded", { id: 7, v: 2 })).toBeUndefined();
  expect(await deleteRow(database.sql, schema, "guarded", 7)).toBeUndefined();
  await expect(update(database.sql, schema, "guarded", { id: 8, v: 2 })).rejects.toThrow(NotFoundError);
  expect(await insert(database.sql, schema, "dropped", { id: 1 }, { returning: false })).toBeUndefined();
});

test("a view accepts its updatable columns", async () => {
  expect(await insert(database.sql, schema, "titles", { id: 10, title: "v" })).toEqual({
    id: 10,
    title: "v",
    loud: "V",
  });
  await expect(insert(database.sql, schema, "titles", { title: "v", loud: "V" })).rejects.toThrow(
    "the column of the view is not updatable",
  );
});
