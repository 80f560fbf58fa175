import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { MAIN } from "../support/command-process.ts";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;
let directory: string;

beforeAll(async () => {
  store = await sample();
  directory = join(store.directory, "out");
  mkdirSync(directory);
});
afterAll(() => store.drop());

const EXPORT = ["export", "genre", "--where", "genre_id=1", "--format", "csv", "--out"];
const ROWS = "genre_id,name\n1,Ambient\n";

test("--out writes the file to which a symbolic link leads, with the permissions that it has", async () => {
  const [target, link] = [join(directory, "target.csv"), join(directory, "link.csv")];
  writeFileSync(target, "old");
  chmodSync(target, 0o600);
  symlinkSync(target, link);
  await store.printed(...EXPORT, link);
  expect(readFileSync(target, "utf8")).toBe(ROWS);
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(directory).toSorted()).toEqual(["link.csv", "target.csv"]);
});

test("--out writes through a symbolic link to a file that does not exist", async () => {
  const [target, link] = [join(directory, "new.csv"), join(directory, "dangling.csv")];
  symlinkSync(target, link);
  await store.printed(...EXPORT, link);
  expect(readFileSync(target, "utf8")).toBe(ROWS);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

function namedPipe(name: string): string {
  const path = join(directory, name);
  Bun.spawnSync(["mkfifo", path]);
  return path;
}

test("--out writes to a named pipe, which remains one", async () => {
  for (const [args, text] of [
    [EXPORT, ROWS],
    [["schema", "genre", "--format", "mermaid", "--out"], "erDiagram\n"],
  ] as const) {
    const path = namedPipe(`${args[0]}.pipe`);
    const reader = Bun.spawn(["cat", path], { stdout: "pipe" });
    await store.printed(...args, path);
    expect(await reader.stdout.text()).toStartWith(text);
    expect(lstatSync(path).isFIFO()).toBe(true);
  }
});

test("the command ends silently when the reader closes a named pipe of --out", async () => {
  const path = namedPipe("closed.pipe");
  const reader = Bun.spawn(["head", "-c", "10", path], { stdout: "ignore" });
  const command = Bun.spawn([process.execPath, MAIN, "export", "track", "--format", "csv", "--out", path], {
    env: { ...process.env, DATABASE_URL: store.database.url },
    stdout: "pipe",
    stderr: "pipe",
  });
  expect([await command.exited, await command.stderr.text()]).toEqual([0, ""]);
  await reader.exited;
});
