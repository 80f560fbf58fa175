// Every function that sends something rejects with a RowfnError if its connection is rejected, closed or lost.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { CUT_CASES, CUT_TABLES } from "../support/cut-cases.ts";
import * as rowfn from "../support/every-entry.ts";

// They return immediately without sending anything, or only run the caller's function with the handle.
const SENDS_NOTHING: readonly string[] = [
  "afterCommit",
  "crud",
  "describeHandle",
  "traced",
  "withDefaults",
  "sessionOf",
];

test("every function with a handle has a case", () => {
  const sending = Object.entries(rowfn)
    .filter(([, value]) => typeof value === "function")
    .filter(([, value]) => /^(?:async )?function\*? ?\w*\((?:sql|tx|url)\b/.test(String(value)))
    .map(([name]) => name)
    .filter(name => !SENDS_NOTHING.includes(name));
  expect(Object.keys(CUT_CASES).sort()).toEqual(sending.sort());
});

test("each of them rejects with a RowfnError with the caller's stack, and every rejection is handled", async () => {
  const database = await testDatabase({ template: MUSIC_STORE_SQL + CUT_TABLES });
  const program = join(import.meta.dir, "../support/cut-program.ts");
  const child = Bun.spawn([process.execPath, program, database.url], { stdout: "pipe", stderr: "pipe" });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect([output, errors, code]).toEqual(["", "", 0]);
  await database.drop();
});
