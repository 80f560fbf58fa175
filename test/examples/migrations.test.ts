import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { runExample } from "../support/run-example.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the migrations example runs its files once and writes the next one", async () => {
  const output = await runExample("migrations/migrate.ts", database);
  expect(output).toBe(`running 001_reader.sql
running 002_first_readers.sql
running 003_reader_name.sql
3 ran, then 0
001_reader.sql done
002_first_readers.sql done
003_reader_name.sql done

004_joined.sql:
DROP INDEX "public"."reader_name";

-- destructive: public.reader.name: values of type text may not fit the new type character varying(80)
ALTER TABLE "public"."reader" ALTER COLUMN "name" TYPE character varying(80) USING "name"::varchar;

ALTER TABLE "public"."reader" ADD COLUMN "joined_on" date DEFAULT '2026-01-01'::date NOT NULL;

CREATE INDEX "reader_name" ON "public"."reader" ("name");

CREATE INDEX "reader_joined_on_idx" ON "public"."reader" ("joined_on");

`);
  expect([...(await database.sql`select name, standing::text from reader order by name`.values())]).toEqual([
    ["Ann", "member"],
    ["Bob", "guest"],
  ]);
});
