// Raw statements that return no rows: `exec` and `script`.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  ConstraintError,
  exec,
  expr,
  loadSchema,
  QueryError,
  type SchemaSnapshot,
  script,
  withConnection,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: "create table note (id int primary key, title text)" });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe("truncate note; insert into note values (1, 'a'), (2, 'b'), (3, null)");
});

const stored = (): Promise<unknown> => database.sql`select id, title from note order by id`.values();

test("exec returns the number of rows that a statement with named parameters affects", async () => {
  const { sent, onStatement } = recorder();
  const statement = expr("update note set title = upper(title) where id <= :last", { last: 2 });
  expect(await exec(database.sql, schema, statement, { onStatement })).toBe(2);
  expect(sent).toEqual([{ text: "update note set title = upper(title) where id <= $1", params: ["2"] }]);
  expect(await stored()).toEqual([
    [1, "A"],
    [2, "B"],
    [3, null],
  ]);
});

test("exec of a violated constraint is a ConstraintError", async () => {
  await expect(exec(database.sql, schema, expr`insert into note values (${1}, 'x')`)).rejects.toThrow(
    ConstraintError,
  );
});

test("exec returns 0 for a statement that affects no rows", async () => {
  expect(await exec(database.sql, schema, expr`comment on table note is 'x'`)).toBe(0);
});

test("script runs all statements, and strings and function bodies may contain semicolons", async () => {
  await script(
    database.sql,
    "insert into note values (4, 'x;y'); do $$ begin delete from note where id = 1; end $$;",
  );
  expect(await stored()).toEqual([
    [2, "b"],
    [3, null],
    [4, "x;y"],
  ]);
});

test("script stores nothing after an error", async () => {
  const failing = script(
    database.sql,
    "insert into note values (4, 'x'); insert into note values (1, 'again')",
  );
  await expect(failing).rejects.toThrow(QueryError);
  expect(await stored()).toEqual([
    [1, "a"],
    [2, "b"],
    [3, null],
  ]);
});

test("script in a transaction is part of the transaction", async () => {
  const undone = database.sql.begin(async tx => {
    await script(tx, "delete from note where id = 1; delete from note where id = 2");
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  expect(await stored()).toHaveLength(3);
});

test("a script with its own BEGIN needs a dedicated connection, and the error for a pool says so", async () => {
  const text = "begin; insert into note values (4, 'x'); commit; insert into note values (5, 'y')";
  await expect(script(database.sql, text)).rejects.toThrow(
    "a text that begins a transaction needs its own connection: leave out BEGIN and COMMIT, or pass the handle of withConnection",
  );
  expect(await stored()).toHaveLength(3);
  await withConnection(database.sql, connection => script(connection, text));
  expect(await stored()).toHaveLength(5);
  await expect(script(database.sql, "copy note to stdout")).rejects.toThrow(
    "; use importRows and exportRows",
  );
});

test("a script that contains only comments sends nothing, and an unterminated string is rejected before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  await script(database.sql, "-- nothing\n;", { onStatement });
  await expect(script(database.sql, "select 'open", { onStatement })).rejects.toThrow("ends inside quotes");
  expect(sent).toEqual([]);
});

test("operators with ? are allowed in SQL with named parameters, and a name can occur twice", async () => {
  const statement = expr(
    `update note set title = :key where '{"a": 1}'::jsonb ? :key and '{"b": 1}'::jsonb ?| array['b', ':none'] and id = 1`,
    { key: "a?" },
  );
  expect(await exec(database.sql, schema, statement)).toBe(0);
  const found = expr(`update note set title = :key || '!' where '{"a": 1}'::jsonb ? :key`, { key: "a" });
  expect(await exec(database.sql, schema, found)).toBe(3);
  expect(await stored()).toEqual([
    [1, "a!"],
    [2, "a!"],
    [3, "a!"],
  ]);
});

test("a fragment with named parameters can be sent again", async () => {
  const statement = expr("delete from note where id = :id and title = :title", { id: 1, title: "a" });
  expect(await exec(database.sql, schema, statement)).toBe(1);
  expect(await exec(database.sql, schema, statement)).toBe(0);
  expect(await stored()).toEqual([
    [2, "b"],
    [3, null],
  ]);
});
