import { closeSync, existsSync, rmSync, writeSync } from "node:fs";
import { SQL } from "bun";
import { RowfnError } from "../errors.ts";
import { runnableBinaries } from "./binaries.ts";
import type { OsUser } from "./os-user.ts";
import { createLifeline } from "./run-directory.ts";

/** A server that runs in its own directory until every process that holds its lifeline has ended. */
export interface PostgresProcess {
  readonly url: string;
  readonly port: number;
  /** The lifeline's file descriptor. */
  readonly held: number;
  /** Settles when the server has stopped and its directory has been removed. */
  readonly gone: Promise<unknown>;
}

export interface PostgresProcessOptions {
  readonly directory: string;
  readonly bin: string;
  readonly user: OsUser | undefined;
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

// Test databases need not survive a power failure.
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  shared_buffers: "64MB",
  max_connections: "300",
  max_prepared_transactions: "20",
  // It would start a session in each of many databases again and again, and change plans between two tests.
  autovacuum: "off",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  // In the data directory, so that it is removed with that directory.
  dynamic_shared_memory_type: "mmap",
};
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 15;

/**
 * Starts a server.
 * @throws RowfnError with the end of the log if the server does not start
 */
export async function spawnPostgres(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const { directory, user } = options;
  const port = options.port ?? freePort();
  let held: number | undefined;
  try {
    const lifeline = createLifeline(directory, user);
    held = lifeline.held;
    const child = spawnWatchdog(
      lifeline.watched,
      [directory, ...serverArguments(port, options.settings)],
      user,
    );
    closeSync(lifeline.watched);
    writeSync(held, `${await runnableBinaries(options.bin, directory, user)}\n`);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await waitUntilReady(url, directory, child);
    return { url, port, held, gone: child.exited };
  } catch (error) {
    if (held === undefined) rmSync(directory, { recursive: true, force: true });
    else closeSync(held);
    throw error;
  }
}

/**
 * The shell script that runs a server and removes its directory, however this process ends. Arguments: the directory,
 * then the arguments of the server. Standard input is the lifeline: its first line is the directory of the binaries,
 * its end stops the server. Only descriptor 3 of the reader holds the lifeline, because a copy in the server or the
 * shell would keep it open. A process that starts now must not join the server, so the URL of a shared one is removed first. The
 * signal is repeated because a starting server ignores it.
 */
const WATCHDOG = `
trap '' INT TERM HUP
exec 3<&0 </dev/null
directory=$1
shift
cd "$directory" || exit 1
if IFS= read -r binaries <&3 && "$binaries/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >log 2>&1 3<&-; then
  "$binaries/postgres" -D data "$@" >>log 2>&1 3<&- &
  server=$!
  { cat <&3 >/dev/null; rm -f url; while kill -INT "$server"; do sleep 0.2; done; } 2>/dev/null &
  exec 3<&-
  wait "$server"
fi
log=$(tail -c 3000 log)
cd /
rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
printf '%s' "$log" >&2
`;

type Watchdog = Bun.Subprocess<number, "ignore", "pipe">;

// A separate session, so that Ctrl-C does not reach the server; unreferenced, so that this process can end.
function spawnWatchdog(watched: number, args: readonly string[], user: OsUser | undefined): Watchdog {
  const child = Bun.spawn(["/bin/sh", "-c", WATCHDOG, "sh", ...args], {
    ...user,
    cwd: "/",
    stdio: [watched, "ignore", "pipe"],
    detached: true,
    env: serverEnvironment(),
  });
  child.unref();
  return child;
}

function serverEnvironment(): Record<string, string> {
  const { PATH = "/usr/bin:/bin", LOCPATH } = process.env;
  // Huge pages, where the system grants them on request, make the memory of new sessions cheaper.
  const GLIBC_TUNABLES = "glibc.malloc.hugetlb=1";
  // The directory of locales that lc_monetary and others can name.
  return { PATH, LC_ALL: "C", GLIBC_TUNABLES, ...(LOCPATH !== undefined && { LOCPATH }) };
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

async function waitUntilReady(url: string, directory: string, child: Watchdog): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    if (existsSync(`${directory}/data/postmaster.pid`) && (await isServing(url, directory))) return;
    await Bun.sleep(POLL_MS);
  }
  const log = child.exitCode === null ? "" : await new Response(child.stderr).text();
  throw new RowfnError(`PostgreSQL did not start: ${log.trim() || "no connection within 60,000 ms"}`);
}

// A different server may have taken the port; its data directory differs.
async function isServing(url: string, directory: string): Promise<boolean> {
  // The variables PGDATABASE and PGSSLMODE of another server would come before the URL.
  const own = { database: "postgres", tls: false };
  const sql = new SQL(url, { max: 1, connectionTimeout: 5, prepare: false, ...own });
  try {
    const [row] = await sql.unsafe("show data_directory").values();
    return String(row?.[0]).startsWith(directory);
  } catch {
    return false;
  } finally {
    await sql.close({ timeout: 0 });
  }
}
