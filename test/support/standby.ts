import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { requireBinaries, runnableBinaries } from "../../src/testing/binaries.ts";
import { type OsUser, runAs, serverUser } from "../../src/testing/os-user.ts";
import { baseDirectory } from "../../src/testing/run-directory.ts";
import { until } from "./eventually.ts";

/** A server that can be stopped and started again, on the same port. */
export interface Server {
  readonly port: number;
  readonly start: () => void;
  /** Resolves when the server has ended; a primary first sends its standby everything that it has written. */
  readonly stop: () => Promise<void>;
}

/** A primary and a standby that replicates it. */
export interface Replication {
  readonly primary: string;
  readonly standby: string;
  readonly primaryServer: Server;
  readonly standbyServer: Server;
  /** Ends both servers and removes their directories. */
  readonly stop: () => Promise<void>;
}

/** Starts a primary whose database `postgres` has these tables, and a standby of it. */
export async function startReplication(tables: string): Promise<Replication> {
  const user = serverUser();
  const directory = mkdtempSync(join(baseDirectory(), "rowfn-standby-"));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const given = requireBinaries(process.env["ROWFN_POSTGRES"]);
  const bin = await runnableBinaries(given, directory, user);
  const [data, copy] = [join(directory, "primary"), join(directory, "standby")];
  const run = (...command: string[]): void => {
    const { ok, output } = runAs(user, command);
    if (!ok) throw new Error(output);
  };
  run(join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
  const single = `"$0" --single -D "$1" postgres >/dev/null <<'SQL'\n${tables.replaceAll("\n", " ")}\nSQL`;
  run("/bin/sh", "-c", single, join(bin, "postgres"), data);
  run("cp", "-R", data, copy);
  writeFileSync(join(copy, "standby.signal"), "");
  const primary = startServer(bin, data, user, ["wal_keep_size=64MB"]);
  const source = `host=127.0.0.1 port=${primary.port} user=postgres`;
  const standby = startServer(bin, copy, user, [`primary_conninfo=${source}`]);
  await until(() => isTrue(primary.port, "select true"));
  // From now on the standby receives what the primary writes.
  await until(() => isTrue(standby.port, "select pg_last_wal_receive_lsn() is not null"));
  return {
    primary: `postgres://postgres@127.0.0.1:${primary.port}/postgres`,
    standby: `postgres://postgres@127.0.0.1:${standby.port}/postgres`,
    primaryServer: primary,
    standbyServer: standby,
    stop: async () => {
      await Promise.all([primary.stop(), standby.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// The server ends with its standard input, so also with this process.
const SERVER = `"$@" >"$0" 2>&1 </dev/null & server=$!; cat >/dev/null; kill -INT "$server"; wait "$server"`;

function startServer(
  bin: string,
  data: string,
  user: OsUser | undefined,
  settings: readonly string[],
): Server {
  const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  free.stop(true);
  const { port } = free;
  const all = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "shared_buffers=16MB",
    "dynamic_shared_memory_type=mmap",
    ...settings,
  ];
  const args = all.flatMap(setting => ["-c", setting]);
  const command = ["/bin/sh", "-c", SERVER, `${data}.log`, join(bin, "postgres"), "-D", data, ...args];
  const spawn = () =>
    Bun.spawn(command, { ...user, cwd: "/", stdin: "pipe", stdout: "ignore", stderr: "ignore" });
  let child = spawn();
  return {
    port,
    start: () => {
      child = spawn();
    },
    stop: async () => {
      child.stdin.end();
      await child.exited;
    },
  };
}

async function isTrue(port: number, query: string): Promise<boolean> {
  const sql = new SQL(`postgres://postgres@127.0.0.1:${port}/postgres`, { max: 1, connectionTimeout: 5 });
  try {
    return (await sql.unsafe(query).values())[0]?.[0] === true;
  } catch {
    return false;
  } finally {
    await sql.close({ timeout: 0 });
  }
}
