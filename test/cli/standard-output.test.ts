// The standard output of the command is a file, as after `>` and `>>` in a shell.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { MAIN } from "../support/command-process.ts";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
  await store.sql.unsafe(
    "create table wide (id int primary key, t text); insert into wide select n, repeat('x', 100) from generate_series(1, 20000) n",
  );
});
afterAll(() => store.drop());

async function inFile(operator: ">" | ">>", name: string, ...args: readonly string[]): Promise<string> {
  const path = join(store.directory, name);
  const script = `exec "$0" "$@" ${operator} "$OUTPUT"`;
  const child = Bun.spawn(["sh", "-c", script, process.execPath, MAIN, ...args], {
    env: { ...process.env, DATABASE_URL: store.database.url, OUTPUT: path },
    stdin: "ignore",
    stderr: "inherit",
  });
  expect(await child.exited).toBe(0);
  return await Bun.file(path).text();
}

test("a dump and an export of many chunks are complete", async () => {
  await store.sql.unsafe(
    "create schema keyless; create table keyless.only_rows (id int); insert into keyless.only_rows values (1)",
  );
  for (const args of [
    ["dump"],
    // Nothing follows the rows of a table without keys.
    ["dump", "--schema", "keyless"],
    ["export", "wide", "--order", "id", "--format", "csv"],
    ["rows", "wide", "--order", "id"],
  ]) {
    const wanted = await store.printed(...args);
    expect(await inFile(">", "new.txt", ...args)).toBe(wanted);
  }
});

test("a file to which the output is appended keeps its content and receives only the output", async () => {
  const genres = await store.printed("export", "genre", "--format", "csv");
  const wide = await store.printed("export", "wide", "--order", "id", "--format", "csv");
  await inFile(">>", "both.csv", "export", "genre", "--format", "csv");
  expect(await inFile(">>", "both.csv", "export", "wide", "--order", "id", "--format", "csv")).toBe(
    genres + wide,
  );
});

test("rows: a file is printed while the rows are read", async () => {
  await store.sql`create view late as select n, 1 / (20000 - n) as part from generate_series(1, 20000) n`;
  for (const [format, head] of [
    ["csv", "n,part\n1,0\n2,0\n"],
    ["ndjson", '{"n":1,"part":0}\n'],
  ] as const) {
    const { code, output, errors } = await store.inPipe(["rows", "late", "--format", format]);
    expect([code, output.slice(0, head.length)]).toEqual([1, head]);
    expect(errors).toStartWith("error: division by zero [22012]\n");
  }
  await store.sql`drop view late`;
});
