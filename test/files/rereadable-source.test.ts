import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { rereadableSource } from "../../src/files/rereadable-source.ts";

test("the copy of a stream can be closed after its temporary file has been removed", async () => {
  const copy = await rereadableSource(new Response("id\n1\n"), undefined);
  const directory = dirname((copy.source as Bun.BunFile).name!);
  rmSync(directory, { recursive: true });
  await copy[Symbol.asyncDispose]();
  expect(existsSync(directory)).toBe(false);
});
