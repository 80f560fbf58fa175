import { closeSync, existsSync, rmSync, writeSync } from "node:fs";
import { SQL } from "bun";
import { RowfnError } from "../errors.ts";
import { usableBinaries } from "./binaries.ts";
import { makeLifeline } from "./lifeline.ts";
import type { OsUser } from "./os-user.ts";
import { WATCHDOG } from "./watchdog.ts";

/** A server that runs in a directory of its own until every holder of its lifeline is gone. */
export interface PostgresProcess {
  readonly url: string;
  readonly port: number;
  /** Our end of the lifeline. */
  readonly held: number;
  /** Settles when server and directory are gone. */
  readonly gone: Promise<unknown>;
}

export interface PostgresProcessOptions {
  readonly directory: string;
  readonly bin: string;
  readonly user: OsUser | undefined;
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

// Nothing of a test's database has to survive a power cut.
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  shared_buffers: "64MB",
  max_connections: "300",
  max_prepared_transactions: "20",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  // In the data directory, so that it goes with it.
  dynamic_shared_memory_type: "mmap",
};
const READY_WITHIN_MS = 60_000;
const POLL_MS = 15;

/** Starts a server; throws RowfnError with the end of its log when it does not come up. */
export async function spawnPostgres(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const { directory, user } = options;
  const port = options.port ?? freePort();
  let held: number | undefined;
  try {
    const lifeline = makeLifeline(directory, user);
    held = lifeline.held;
    const child = spawnWatchdog(
      lifeline.watched,
      [directory, ...serverArguments(port, options.settings)],
      user,
    );
    closeSync(lifeline.watched);
    writeSync(held, `${await usableBinaries(options.bin, directory, user)}\n`);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await ready(url, directory, child);
    return { url, port, held, gone: child.exited };
  } catch (error) {
    if (held === undefined) rmSync(directory, { recursive: true, force: true });
    else closeSync(held);
    throw error;
  }
}

type Watchdog = Bun.Subprocess<number, "ignore", "pipe">;

// Its own session, so that Ctrl-C reaches only us; unreferenced, so that it does not keep us alive.
function spawnWatchdog(watched: number, args: readonly string[], user: OsUser | undefined): Watchdog {
  const child = Bun.spawn(["/bin/sh", "-c", WATCHDOG, "sh", ...args], {
    ...user,
    cwd: "/",
    stdio: [watched, "ignore", "pipe"],
    detached: true,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
  });
  child.unref();
  return child;
}

function serverArguments(port: number, settings: Readonly<Record<string, string>>): readonly string[] {
  const all = Object.entries({ ...SETTINGS, ...settings, port: String(port) });
  return all.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

async function ready(url: string, directory: string, child: Watchdog): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    if (existsSync(`${directory}/data/postmaster.pid`) && (await answers(url, directory))) return;
    await Bun.sleep(POLL_MS);
  }
  const log = child.exitCode === null ? "" : await new Response(child.stderr).text();
  throw new RowfnError(`PostgreSQL did not start: ${log.trim() || "no answer within a minute"}`);
}

// Another server may have taken the port before ours: it has another data directory.
async function answers(url: string, directory: string): Promise<boolean> {
  const sql = new SQL(url, { max: 1, connectionTimeout: 5, prepare: false });
  try {
    const [row] = await sql.unsafe("show data_directory").values();
    return String(row?.[0]).startsWith(directory);
  } catch {
    return false;
  } finally {
    await sql.close({ timeout: 0 });
  }
}
