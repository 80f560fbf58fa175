import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RowfnError } from "../errors.ts";
import { findBinaries } from "./binaries.ts";
import { holdLifeline } from "./lifeline.ts";
import { serverUser } from "./os-user.ts";
import { spawnPostgres } from "./postgres-process.ts";
import { baseDirectory, makeRunDirectory, removeStaleDirectories } from "./run-directory.ts";

const WAIT_MS = 60_000;
const POLL_MS = 20;

/**
 * The URL of the server that all test files of one `bun test` share: the first file starts it, it ends with the last
 * process. With --parallel the files run in workers, whose parent is the run.
 */
export async function sharedServerUrl(): Promise<string> {
  const run = process.env["BUN_TEST_WORKER_ID"] === undefined ? process.pid : process.ppid;
  const directory = join(baseDirectory(), `rowfn-postgres-${run}-shared`);
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    const url = (await startIn(directory)) ?? joinIn(directory);
    if (url !== undefined) return url;
    await Bun.sleep(POLL_MS);
  }
  throw new RowfnError(`the server of ${directory} did not come up within a minute`);
}

async function startIn(directory: string): Promise<string | undefined> {
  const user = serverUser();
  if (existsSync(directory) || !makeRunDirectory(directory, user)) return undefined;
  removeStaleDirectories();
  const bin = findBinaries(process.env["ROWFN_POSTGRES"]);
  const { url } = await spawnPostgres({ directory, bin, user, port: undefined, settings: {} });
  writeFileSync(`${directory}/url.new`, url);
  renameSync(`${directory}/url.new`, `${directory}/url`);
  return url;
}

// Held until this process ends.
function joinIn(directory: string): string | undefined {
  if (!existsSync(`${directory}/url`) || holdLifeline(directory) === undefined) return undefined;
  return readFileSync(`${directory}/url`, "utf8");
}
