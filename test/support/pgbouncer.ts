import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { until } from "./eventually.ts";
import { freePort, processDirectory, startOwnProcess } from "./own-process.ts";

/** A running PgBouncer, which stops at the end of its block. */
export interface PgBouncer extends AsyncDisposable {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The path of the program, undefined if it is not installed. */
export const PGBOUNCER: string | undefined =
  Bun.which("pgbouncer") ?? ["/usr/sbin/pgbouncer"].find(path => existsSync(path));

/** The path of a PgBouncer 1.21 or later, which tracks prepared statements, if the environment contains one. */
export const NEW_PGBOUNCER: string | undefined = process.env["ROWFN_NEW_PGBOUNCER"] || undefined;

export interface PgBouncerOptions {
  /** The number of server connections per database. */
  readonly connections: number;
  readonly mode?: "session" | "transaction" | "statement";
  /** `max_prepared_statements`, which PgBouncer supports since version 1.21; default: 0. */
  readonly prepared?: number;
  /** Parameters that PgBouncer does not pass on to the server. */
  readonly ignored?: string;
}

/** Starts PgBouncer in front of a server, in transaction mode unless the options say otherwise. */
export async function startPgBouncer(
  program: string,
  serverUrl: string,
  options: PgBouncerOptions,
): Promise<PgBouncer> {
  const directory = processDirectory("pgbouncer");
  const port = freePort();
  const file = join(directory, "pgbouncer.ini");
  writeFileSync(file, settings(serverUrl, port, options, knowsPrepared(program)));
  const { stop } = startOwnProcess([program, "-q", file], {
    log: join(directory, "log"),
    signal: "KILL",
    directory,
  });
  const url = new URL(serverUrl);
  url.port = String(port);
  try {
    await until(() => answers(url.href));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: url.href, stop, [Symbol.asyncDispose]: stop };
}

function settings(serverUrl: string, port: number, options: PgBouncerOptions, isNew: boolean): string {
  const { connections, mode = "transaction", prepared = 0, ignored = "extra_float_digits" } = options;
  const server = new URL(serverUrl);
  return `[databases]
* = host=${server.hostname} port=${server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
max_client_conn = 1000
default_pool_size = ${connections}
min_pool_size = ${mode === "transaction" ? connections : 0}
ignore_startup_parameters = ${ignored}
${isNew ? `max_prepared_statements = ${prepared}` : ""}
`;
}

// Older versions do not start with the setting; newer ones track prepared statements unless it is 0.
function knowsPrepared(program: string): boolean {
  return !/ 1\.(?:\d|1\d|20)\./.test(Bun.spawnSync([program, "--version"]).stdout.toString());
}

/** Whether a server, or a pooler, answers a query. */
export async function answers(url: string): Promise<boolean> {
  const sql = new SQL(url, { max: 1, prepare: false, connectionTimeout: 5 });
  try {
    return (await sql.unsafe("select 1").values()).length === 1;
  } catch {
    return false;
  } finally {
    await sql.close({ timeout: 0 });
  }
}
