import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startExample } from "../support/run-server.ts";

const EXAMPLES = join(import.meta.dir, "../../examples");

test("examples/README.md lists every folder", () => {
  const index = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  const folders = readdirSync(EXAMPLES).filter(name => !name.includes("."));
  expect(folders.filter(name => !index.includes(`examples/${name}/`))).toEqual([]);
});

test("without DATABASE_URL a server example starts an embedded server and stops it on SIGINT", async () => {
  const server = await startExample("live/server.ts");
  expect((await fetch(new URL("/message", server.url))).status).toBe(200);
  expect(await server.stop()).toEqual([0, ""]);
});
