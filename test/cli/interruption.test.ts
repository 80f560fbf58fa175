// A command that is interrupted cancels its statement on the server and removes its files.
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MAIN } from "../support/command-process.ts";
import { sample } from "../support/command-sample.ts";
import { until } from "../support/eventually.ts";

const store = await sample();
afterAll(store.drop);

interface Running {
  readonly child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly directory: string;
}

function start(name: string, ...args: readonly string[]): Running {
  const directory = join(store.directory, name);
  mkdirSync(directory);
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    cwd: directory,
    env: { ...process.env, DATABASE_URL: store.database.url, TMPDIR: directory },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  return { child, directory };
}

/** The signal that ended the process, and its output. */
async function ended({ child, directory }: Running): Promise<readonly unknown[]> {
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return [child.signalCode, output, errors, readdirSync(directory)];
}

async function isRunning(text: string): Promise<boolean> {
  const rows = await store.sql`select from pg_stat_activity
    where datname = current_database() and state = 'active' and pid <> pg_backend_pid() and query like ${`%${text}%`}`;
  return rows.length > 0;
}

test.each([
  ["SIGINT", "create table slept as select pg_sleep(600)::text", "slept as"],
  ["SIGTERM", "update genre set name = name || pg_sleep(600)::text", "name ||"],
] as const)("%s: %s is canceled, and nothing is written", async (signal, statement, part) => {
  const running = start(signal, "query", statement);
  await until(() => isRunning(part));
  running.child.kill(signal);
  expect(await ended(running)).toEqual([signal, "", "", []]);
  expect(await isRunning(part)).toBe(false);
  expect(await store.sql`select to_regclass('slept')`.values()).toEqual([[null]] as never);
});

test.each([
  ["csv", "COPY"],
  ["ndjson", "FETCH"],
])("export --out cancels the query and removes the incomplete file: %s", async (format, part) => {
  await store.sql`create or replace view slow as select n, pg_sleep(0.01)::text as slept from generate_series(1, 1000000) n`;
  const running = start(`export-${format}`, "export", "slow", "--out", `slow.${format}`);
  await until(() => readdirSync(running.directory).length > 0 && isRunning(part));
  running.child.kill("SIGINT");
  expect(await ended(running)).toEqual(["SIGINT", "", "", []]);
  // The server may still be about to notice.
  await until(async () => !(await isRunning(part)));
});

test("import --create removes the copy of standard input", async () => {
  const running = start("import", "import", "visit", "-", "--format", "csv", "--create");
  running.child.stdin.write("day,pages\n2026-01-31,3\n");
  running.child.stdin.flush();
  await until(() => readdirSync(running.directory).length > 0);
  running.child.kill("SIGINT");
  expect(await ended(running)).toEqual(["SIGINT", "", "", []]);
});
