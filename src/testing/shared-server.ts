import { closeSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RowfnError } from "../errors.ts";
import { requireBinaries } from "./binaries.ts";
import { type OsUser, serverUser } from "./os-user.ts";
import { spawnPostgres } from "./postgres-process.ts";
import {
  baseDirectory,
  createRunDirectory,
  holdLifeline,
  removeAbandoned,
  removeStaleDirectories,
  requireOwnDirectory,
} from "./run-directory.ts";

const WAIT_MS = 60_000;
const POLL_MS = 20;

/**
 * Returns the URL of the server that all test files of one `bun test` share. The first file starts the server, which
 * stops after the last process. With --parallel each file runs in a worker, whose parent process is the run.
 */
export async function sharedServerUrl(): Promise<string> {
  const run = process.env["BUN_TEST_WORKER_ID"] === undefined ? process.pid : process.ppid;
  const directory = join(baseDirectory(), `rowfn-postgres-${run}-shared`);
  const user = serverUser();
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    requireOwnDirectory(directory, user);
    const url = (await startServer(directory, user)) ?? joinServer(directory);
    if (url !== undefined) return url;
    await Bun.sleep(POLL_MS);
  }
  throw new RowfnError(`the server in ${directory} did not start within 60,000 ms`);
}

async function startServer(directory: string, user: OsUser | undefined): Promise<string | undefined> {
  removeAbandoned(directory);
  if (existsSync(directory)) return undefined;
  // Before the directory exists, because nothing may take long between its creation and the start of its watchdog.
  removeStaleDirectories();
  const bin = requireBinaries(process.env["ROWFN_POSTGRES"]);
  if (!createRunDirectory(directory, user)) return undefined;
  const { url } = await spawnPostgres({ directory, bin, user, port: undefined, settings: {} });
  writeFileSync(`${directory}/url.new`, url);
  renameSync(`${directory}/url.new`, `${directory}/url`);
  return url;
}

// This process holds the lifeline until it ends. The watchdog removes the URL when the last process has ended, so that a URL that
// exists afterwards is that of a server that remains.
function joinServer(directory: string): string | undefined {
  const held = existsSync(`${directory}/url`) ? holdLifeline(directory) : undefined;
  if (held === undefined) return undefined;
  if (existsSync(`${directory}/url`)) return readFileSync(`${directory}/url`, "utf8");
  closeSync(held);
  return undefined;
}
