// The server of docs/deploying.md, bundled by the command of that page.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MusicStore, musicStore } from "../support/music-store.ts";

const ROOT = join(import.meta.dir, "../..");
const COMMAND = "bun build --target=bun --minify --bytecode --outdir=dist examples/deploy/server.ts";

let store: MusicStore;
let directory: string;

beforeAll(async () => {
  store = await musicStore();
  directory = mkdtempSync(join(tmpdir(), "rowfn-deploy-"));
});
afterAll(async () => {
  await store.database.drop();
  rmSync(directory, { recursive: true });
});

test("the page has the server and the command", () => {
  const page = readFileSync(join(ROOT, "docs/deploying.md"), "utf8");
  expect(page).toContain(COMMAND);
  expect(page).toContain(readFileSync(join(ROOT, "examples/deploy/server.ts"), "utf8"));
});

test("the bundle serves rows and problems from its bytecode, and SIGTERM ends it", async () => {
  const args = COMMAND.split(" ").map(part => (part === "--outdir=dist" ? `--outdir=${directory}` : part));
  const built = Bun.spawnSync([process.execPath, ...args.slice(1)], { cwd: ROOT });
  expect([built.exitCode, built.stderr.toString()]).toEqual([0, ""]);
  const child = Bun.spawn([process.execPath, join(directory, "server.js")], {
    env: { ...process.env, DATABASE_URL: store.database.url, PORT: "0", BUN_JSC_verboseDiskCache: "1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  while (!output.includes("track/1\n")) output += decoder.decode((await reader.read()).value);
  const url = /http\S+(?=1\n)/.exec(output)![0];
  const found = await fetch(`${url}1`);
  expect([found.status, await found.json()]).toMatchObject([200, { track_id: 1, album_id: 1 }]);
  const missing = await fetch(`${url}999999`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { title: "Not Found" }]);
  expect((await fetch(`${url}x`)).status).toBe(400);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(output + (await child.stderr.text())).toContain("Cache hit for sourceCode");
});
