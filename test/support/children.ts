// Processes that use `rowfn/testing`, which the tests terminate.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { baseDirectory } from "../../src/testing/run-directory.ts";
import { until } from "./eventually.ts";

/** The module that the children import. */
export const TESTING: string = join(import.meta.dir, "../../src/testing/index.ts");

/** A child process that runs a piece of TypeScript and has printed its first line. */
export interface Child {
  readonly pid: number;
  readonly line: string;
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a child; `code` can use everything in `rowfn/testing` and prints one line when it is ready. */
export async function startChild(
  code: string,
  env: Record<string, string> = {},
  stderr: "inherit" | "ignore" = "inherit",
): Promise<Child> {
  const child = Bun.spawn(
    [
      process.execPath,
      "-e",
      `import { startPostgres, testDatabase, rollback } from ${JSON.stringify(TESTING)};\n${code}`,
    ],
    {
      // A worker of this run would share the server of the run.
      env: { ...process.env, BUN_TEST_WORKER_ID: undefined, ROWFN_TEST_URL: "", ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr,
      detached: true,
    },
  );
  const reader = child.stdout.getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    line += new TextDecoder().decode(value);
  }
  return {
    pid: child.pid,
    line: line.trim(),
    exited: child.exited,
    kill: signal => process.kill(-child.pid, signal),
  };
}

/** Directories of servers that a process started. */
export function directoriesOf(pid: number): string[] {
  return readdirSync(baseDirectory()).filter(name => name.startsWith(`rowfn-postgres-${pid}-`));
}

/** Whether a server still answers at a URL. */
export async function answers(url: string): Promise<boolean> {
  try {
    const { hostname, port } = new URL(url);
    const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}

/** Waits until the server and the directories of a process no longer exist. */
export function untilGone(pid: number, url: string): Promise<void> {
  return until(async () => directoriesOf(pid).length === 0 && !(await answers(url)));
}
