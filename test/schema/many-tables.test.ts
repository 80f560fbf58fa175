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

test("the catalog of hundreds of tables is read by a single query, sent once, without JIT", async () => {
  const sent: string[] = [];
  const schema = await loadSchema(recordingHandle(database.sql, sent));
  expect(schema.relations).toHaveLength(COUNT);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.split(";\n")[1]).toStartWith("select pg_catalog.set_config('jit', 'off', true)");
});
