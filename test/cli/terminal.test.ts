import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sample, sample } from "../support/command-sample.ts";

// Tests of the other subcommands on a terminal are in their own files.
let store: Sample;
beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

const TEXTS: readonly (readonly string[])[] = [
  ["generate"],
  ["schema", "--format", "sql"],
  ...["mermaid", "dot", "svg"].map(format => ["schema", "genre", "--format", format]),
];
for (const args of TEXTS)
  test(`the text on a terminal is the same as in a pipe: ${args.join(" ")}`, async () => {
    expect(await store.onTerminal(args)).toEqual({ code: 0, output: await store.printed(...args) });
  });

test("a long text on a pseudo terminal is the same as in a pipe", async () => {
  const { code, output } = await store.inOwnProcess(["generate"]);
  expect(await store.onPseudoTerminal(["generate"])).toEqual({ code, output });
});

test("upsert prints the stored row as get does", async () => {
  const { code, output } = await store.onTerminal(["upsert", "genre", "genre_id=13", "name=Waltz"]);
  expect([code, Bun.stripANSI(output)]).toEqual([
    0,
    Bun.stripANSI((await store.onTerminal(["get", "genre", "13"])).output),
  ]);
  expect(await store.sql`select name from genre where genre_id = 13`.values()).toEqual([["Waltz"]]);
});

test("upsert --from prints the number of rows after its progress bar is cleared", async () => {
  const path = join(store.directory, "genres.csv");
  writeFileSync(path, "genre_id,name\n13,Polka\n14,Fado\n");
  const { code, output } = await store.onTerminal(["upsert", "genre", "--from", path]);
  // The bar is cleared from the line before the last bar is written.
  expect([code, output.slice(output.lastIndexOf("\x1b[1G"))]).toEqual([
    0,
    "\x1b[1G\x1b[2K2 rows written to genre\n",
  ]);
});

test("the progress of a pipe, whose end is not known, is a number of bytes", async () => {
  const stdin = Object.defineProperty(new Blob(["genre_id,name\n15,Zouk\n"]), "size", { value: Infinity });
  const { code, output } = await store.onTerminal(["import", "genre", "-", "--format", "csv"], { stdin });
  expect([code, Bun.stripANSI(output)]).toEqual([0, "0 bytes22 bytes1 row written to genre\n"]);
});

test("an error before the first row leaves the terminal as it was", async () => {
  const path = join(store.directory, "nowhere.csv");
  writeFileSync(path, "genre_id,name\n13,Polka\n");
  const url = "postgres://nobody@127.0.0.1:1/nowhere";
  const lost = await store.onTerminal(["import", "genre", path, "--url", url]);
  expect(lost.output).toStartWith("\x1b[31merror:\x1b[39m cannot connect");
  const out = join(path, "genre.csv");
  const unwritable = await store.onTerminal(["export", "genre", "--out", out]);
  expect(unwritable.output).toStartWith("\x1b[31merror:\x1b[39m E");
});

test("migrate prints the files that ran", async () => {
  mkdirSync(join(store.directory, "migrations"));
  writeFileSync(
    join(store.directory, "migrations/001_label.sql"),
    "create table label (name text primary key);",
  );
  const run = () => store.onPseudoTerminal(["migrate"], { cwd: store.directory });
  expect(await run()).toEqual({ code: 0, output: "ran 001_label.sql\n" });
  expect(await run()).toEqual({ code: 0, output: "nothing to do\n" });
});
