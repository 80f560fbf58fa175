import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { serverUser } from "../../src/testing/os-user.ts";
import { until } from "./eventually.ts";

/** A PgBouncer in transaction mode. */
export interface PgBouncer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The program, undefined if it is not installed. */
export const PGBOUNCER: string | undefined =
  Bun.which("pgbouncer") ?? ["/usr/sbin/pgbouncer"].find(path => existsSync(path));

// The pooler ends with its standard input, so also with this process.
const POOLER = '"$0" -q "$1" </dev/null & pooler=$!; cat >/dev/null; kill -KILL "$pooler"';

/**
 * Starts PgBouncer in transaction mode in front of a server.
 * @param connections the number of connections to the server
 */
export async function startPgBouncer(
  program: string,
  serverUrl: string,
  connections: number,
): Promise<PgBouncer> {
  const user = serverUser();
  const directory = mkdtempSync(join(tmpdir(), "rowfn-pgbouncer-"));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  free.stop(true);
  const { hostname, port } = new URL(serverUrl);
  const settings = `[databases]
* = host=${hostname} port=${port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${free.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
min_pool_size = ${connections}
max_prepared_statements = 0
ignore_startup_parameters = extra_float_digits
`;
  const file = join(directory, "pgbouncer.ini");
  // From version 1.21 on PgBouncer tracks prepared statements unless this is off; older ones do not know the setting.
  const version = Bun.spawnSync([program, "--version"]).stdout.toString();
  const isOld = /PgBouncer 1\.(?:\d|1\d|20)\./.test(version);
  writeFileSync(file, isOld ? settings.replace("max_prepared_statements = 0\n", "") : settings);
  const child = Bun.spawn(["/bin/sh", "-c", POOLER, program, file], {
    ...user,
    ...{ cwd: "/", stdin: "pipe", stdout: "ignore", stderr: "ignore" },
  });
  const url = new URL(serverUrl);
  url.port = String(free.port);
  await until(() => answers(url.href));
  return {
    url: url.href,
    stop: async () => {
      child.stdin.end();
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const sql = new SQL(url, { max: 1, prepare: false, connectionTimeout: 5 });
  try {
    return (await sql.unsafe("select 1").values()).length === 1;
  } catch {
    return false;
  } finally {
    await sql.close({ timeout: 0 });
  }
}
