import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;
let file: string;

beforeAll(async () => {
  store = await sample();
  file = join(store.directory, "schema.json");
  await store.printed("schema", "--out", file);
});
afterAll(() => store.drop());

test("diff prints the SQL from the snapshot to the database and marks data loss", async () => {
  expect(await store.printed("diff", file)).toBe("-- no differences\n");
  await store.sql.unsafe("alter table album add column label text; alter table track drop column composer");
  expect(await store.printed("diff", file)).toBe(
    [
      "-- destructive: drops column public.track.composer with its values",
      'ALTER TABLE "public"."track" DROP COLUMN "composer";',
      "",
      'ALTER TABLE "public"."album" ADD COLUMN "label" text;',
      "",
    ].join("\n"),
  );
});

test("--reverse prints the SQL that migrates the database to the snapshot, --out writes it to a file", async () => {
  const out = join(store.directory, "back.sql");
  expect(await store.printed("diff", file, "--reverse", "--out", out)).toBe("");
  const text = await Bun.file(out).text();
  expect(text).toContain(
    '-- destructive: drops column public.album.label with its values\nALTER TABLE "public"."album" DROP COLUMN "label";\n',
  );
  await store.sql.unsafe(text);
  expect(await store.printed("diff", file)).toBe("-- no differences\n");
});

test("SQL that needs commits between its statements begins with the comment that opts out of the transaction of migrate", async () => {
  await store.sql.unsafe("alter type customer_tier add value 'max'");
  expect(await store.printed("diff", file)).toBe(
    `-- rowfn: no transaction\n\nALTER TYPE "public"."customer_tier" ADD VALUE 'max' AFTER 'pro';\n`,
  );
});

test("a file that does not exist is reported as an error", async () => {
  expect(await store.inPipe(["diff", "missing.json"])).toEqual({
    code: 1,
    output: "",
    errors: "error: file missing.json does not exist\n",
  });
});

test("check and diff ignore partitions without --partitions", async () => {
  await store.sql.unsafe("create table reading (at date) partition by range (at)");
  await store.printed("schema", "--out", file);
  await store.sql.unsafe("create table reading_old partition of reading default");
  expect(await store.printed("check", file)).toBe(`${file} matches the database\n`);
  expect(await store.printed("diff", file)).toBe("-- no differences\n");
  expect(await store.inPipe(["check", file, "--partitions"])).toEqual({
    code: 1,
    output: `${file} does not match the database:\n  table public.reading_old: added\n`,
    errors: "",
  });
  expect(await store.printed("diff", file, "--partitions")).toBe(
    [
      'CREATE TABLE "public"."reading_old" (',
      '  "at" date',
      ");",
      "",
      'ALTER TABLE "public"."reading" ATTACH PARTITION "public"."reading_old" DEFAULT;',
      "",
    ].join("\n"),
  );
});
