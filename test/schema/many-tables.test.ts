import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recordingHandle } from "../support/recording.ts";

const COUNT = 500;

let database: TestDatabase;

beforeAll(async () => {
  const tables = Array.from(
    { length: COUNT },
    (_, index) => `create table t${index} (id int primary key, a text);`,
  );
  database = await testDatabase({ template: tables.join("\n") });
});
afterAll(() => database.drop());

test("the catalog of hundreds of tables is read by one query in one transaction", async () => {
  const sent: string[] = [];
  const { sql } = database;
  const handle = {
    options: sql.options,
    unsafe: (text: string, params: string[]) => recordingHandle(sql, sent).unsafe(text, params),
    begin: (run: (tx: Bun.SQL) => Promise<unknown>) => sql.begin(tx => run(recordingHandle(tx, sent))),
  };
  const schema = await loadSchema(handle as never);
  expect(schema.relations).toHaveLength(COUNT);
  expect(sent).toHaveLength(2);
  expect(sent[0]).toBe("set local jit = off");
});
