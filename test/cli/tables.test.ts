import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

async function file(name: string, text: string): Promise<string> {
  const path = join(store.directory, name);
  await Bun.write(path, text);
  return path;
}

/** Rows as PostgreSQL prints them. */
async function stored(query: string): Promise<unknown[][]> {
  return [...(await store.sql.unsafe(query).values())].map((row: unknown[]) => [...row]);
}

test("import --create: the table is shown, created with the types of the file, and filled", async () => {
  const path = await file("visits.csv", "day,code,pages\n2026-01-31,007,3\n2026-02-01,010,4\n");
  const shown =
    'CREATE TABLE "public"."visit" (\n  "day" date NOT NULL,\n  "code" text NOT NULL,\n  "pages" bigint,\n  CONSTRAINT "visit_pkey" PRIMARY KEY ("day", "code")\n);\n';
  expect(await store.inPipe(["import", "visit", path])).toMatchObject({
    code: 1,
    errors: expect.stringMatching(
      /^error: table "visit" does not exist\n--create creates it:\nCREATE TABLE "public"."visit" \(\n {2}"id" bigint/,
    ),
  });
  expect(await stored("select to_regclass('visit')::text")).toEqual([[null]]);
  expect(await store.inPipe(["import", "visit", path, "--create", "--key", "day,code"])).toEqual({
    code: 0,
    output: "2 rows written to visit\n",
    errors: shown,
  });
  expect(await stored("select day::text, code, pages from visit order by 1")).toEqual([
    ["2026-01-31", "007", "3"],
    ["2026-02-01", "010", "4"],
  ]);
  const later = await file("later.ndjson", '{"day":"2026-03-01","code":"1","late":true}\n');
  expect(await store.inPipe(["import", "visit", later, "--alter"])).toEqual({
    code: 0,
    output: "1 row written to visit\n",
    errors: 'ALTER TABLE "public"."visit" ADD COLUMN IF NOT EXISTS "late" boolean;\n',
  });
  expect(await stored("select code from visit where late")).toEqual([["1"]]);
  expect(await store.inPipe(["import", "visit", later, "--key", "day"])).toMatchObject({ code: 2 });
});

test("import --create --no-key: standard input becomes a table without a key", async () => {
  const made = await store.inPipe(["import", "plain", "-", "--format", "csv", "--create", "--no-key"], {
    stdin: "a,a b\n1,x\n",
  });
  expect(made).toMatchObject({ code: 0, output: "1 row written to plain\n" });
  expect(await stored("select plain::text from plain")).toEqual([["(1,x)"]]);
  expect(await stored("select count(*)::int from pg_constraint where conrelid = 'plain'::regclass")).toEqual([
    [0],
  ]);
});
