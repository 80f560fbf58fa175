import { afterAll, beforeAll, expect, test } from "bun:test";
import { QueryError, run } from "../../src/index.ts";
import { countSql, insertSql, rowsWhereSql, updateWhereSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

test("run decodes the rows of a builder's statement as the function does", async () => {
  const { sql, schema } = store;
  const statement = rowsWhereSql(schema, "customer", { where: { customer_id: 1 } });
  const [stored] = await sql`select created_at::text from customer where customer_id = 1`;
  const [row] = await run<{ customer_id: number; created_at: Date }>(sql, statement);
  expect(row!.customer_id).toBe(1);
  expect(row!.created_at).toEqual(new Date(stored.created_at));
});

test("run returns a plain array", async () => {
  const rows = await run(store.sql, rowsWhereSql(store.schema, "genre", { limit: 2, orderBy: "genre_id" }));
  expect(Object.keys(rows)).toEqual(["0", "1"]);
  expect(rows.constructor).toBe(Array);
});

test("run sends exactly the statement and reports it to onStatement first", async () => {
  const { sent, onStatement } = recorder();
  const { text, params } = countSql(store.schema, "genre", { where: { genre_id: 1 } });
  expect(await run(store.sql, { text, params }, { onStatement })).toEqual([{ count: "1" }]);
  expect(sent).toEqual([{ text, params }]);
});

test("run of a statement that returns no rows returns []", async () => {
  const { sql, schema } = store;
  const rename = { where: { genre_id: 1 }, returning: false } as const;
  expect(await run(sql, updateWhereSql(schema, "genre", { name: "Renamed" }, rename))).toEqual([]);
  expect(await sql`select name from genre where genre_id = 1`.values()).toEqual([["Renamed"]]);
});

test("run rejects with QueryError and the statement if PostgreSQL reports an error", async () => {
  const statement = insertSql(store.schema, "genre", { genre_id: 1, name: "Twice" });
  const error: unknown = await run(store.sql, statement).catch(failure => failure);
  expect(error).toBeInstanceOf(QueryError);
  expect((error as QueryError).sqlstate).toBe("23505");
  expect((error as QueryError).text).toBe(statement.text);
});
