import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sample, sample } from "../support/command-sample.ts";

const ROOT = process.cwd();
let store: Sample;

beforeAll(async () => {
  store = await sample();
  mkdirSync(join(store.directory, "migrations"));
  // The default directory is in the working directory.
  process.chdir(store.directory);
  write("001_label.sql", "create table label (name text primary key);");
  write("002_rows.sql", "insert into label values ('Decca');");
});
afterAll(() => {
  process.chdir(ROOT);
  return store.drop();
});

function write(name: string, text: string): void {
  writeFileSync(join(store.directory, "migrations", name), text);
}

async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  return await store.inPipe(["migrate", ...args]);
}

test("--dry-run lists the pending files, migrate runs them, and --status prints when they ran", async () => {
  expect(await run("--dry-run")).toEqual({
    code: 0,
    output: "would run 001_label.sql\nwould run 002_rows.sql\n",
    errors: "",
  });
  expect((await run("--status")).output).toBe(
    `${"pending".padEnd(24)}  001_label.sql\n${"pending".padEnd(24)}  002_rows.sql\n`,
  );
  expect(await run()).toEqual({ code: 0, output: "ran 001_label.sql\nran 002_rows.sql\n", errors: "" });
  expect(await run("migrations")).toEqual({ code: 0, output: "nothing to do\n", errors: "" });
  expect((await run("--status")).output).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]{12}Z {2}001_label\.sql\n\d{4}-\d\d-\d\dT[\d:.]{12}Z {2}002_rows\.sql\n$/,
  );
  expect([...(await store.sql`select name from label`.values())]).toEqual([["Decca"]]);
});

test("a changed file is reported with one readable error", async () => {
  write("001_label.sql", "create table label (name varchar(9) primary key);");
  expect(await run()).toEqual({
    code: 1,
    output: "",
    errors:
      "error: migration 001_label.sql was changed after it ran on this database; undo the change and add a new migration\n",
  });
});

test("--status and --dry-run cannot be combined, and a missing directory is reported as an error", async () => {
  expect((await run("--status", "--dry-run")).code).toBe(2);
  expect(await run("nowhere")).toEqual({
    code: 1,
    output: "",
    errors: "error: the migrations directory nowhere does not exist\n",
  });
});

test("new creates a file, and down reverts the latest one", async () => {
  write("001_label.sql", "create table label (name text primary key);");
  expect(await run("new", "drop label")).toEqual({
    code: 0,
    output: "created migrations/003_drop_label.sql\n",
    errors: "",
  });
  write("003_drop_label.sql", "create table other ();\n-- rowfn: down\ndrop table other;\n");
  expect((await run()).output).toBe("ran 003_drop_label.sql\n");
  expect((await run("down", "--dry-run")).output).toBe("would revert 003_drop_label.sql\n");
  expect(await run("down", "migrations", "--steps", "1")).toEqual({
    code: 0,
    output: "reverted 003_drop_label.sql\n",
    errors: "",
  });
  expect((await run("down")).errors).toStartWith("error: migration 002_rows.sql has no SQL to revert it; ");
  expect((await run("down", "--status")).code).toBe(2);
});

test("the files before one that fails are printed, because they are committed", async () => {
  mkdirSync("partial");
  const files = [
    ["1.sql", "create table one ();\n-- rowfn: down\nselect 1 / 0;"],
    ["2.sql", "create table two ();\n-- rowfn: down\ndrop table two;"],
    ["3.sql", "select 1 / 0;"],
  ];
  for (const [name, text] of files) writeFileSync(join("partial", name!), text!);
  const options = ["partial", "--log-schema", "apart"];
  await store.sql`create schema apart`;
  expect(await run(...options)).toMatchObject({
    code: 1,
    output: "ran 1.sql\nran 2.sql\n",
    errors: expect.stringContaining("migration 3.sql failed and was rolled back: division by zero"),
  });
  expect(await run("down", ...options, "--steps", "2")).toMatchObject({
    code: 1,
    output: "reverted 2.sql\n",
    errors: expect.stringContaining("migration 1.sql failed and was rolled back: division by zero"),
  });
});
