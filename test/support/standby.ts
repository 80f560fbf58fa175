import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { requireBinaries, runnableBinaries } from "../../src/testing/binaries.ts";
import { runAs, serverUser } from "../../src/testing/os-user.ts";
import { until } from "./eventually.ts";
import { freePort, ownDirectory, processDirectory, startOwnProcess } from "./own-process.ts";

/** A server that can be stopped and restarted on the same port. */
export interface Server {
  readonly port: number;
  /** The directory of its data. */
  readonly data: string;
  /** Starts it again; `settings` are added to those of its first start. */
  readonly start: (settings?: readonly string[]) => void;
  /** Resolves when the server has stopped; a primary first sends everything that it has written to its standby. */
  readonly stop: () => Promise<void>;
}

/** A primary and a standby that replicates it. */
export interface Replication {
  readonly primary: string;
  readonly standby: string;
  readonly primaryServer: Server;
  readonly standbyServer: Server;
  /** Stops both servers and removes their directories. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a primary whose database `postgres` has the given tables, and its standby.
 * @param settings settings of both servers, such as `wal_level=logical`
 */
export async function startReplication(
  tables: string,
  settings: readonly string[] = [],
): Promise<Replication> {
  const user = serverUser();
  const directory = processDirectory("standby");
  const owner = ownDirectory(directory);
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
  const primary = startServer(bin, data, ["wal_keep_size=64MB", ...settings]);
  const source = `host=127.0.0.1 port=${primary.port} user=postgres`;
  const standby = startServer(bin, copy, [`primary_conninfo=${source}`, ...settings]);
  await until(() => isTrue(primary.port, "select true"));
  // From here on the standby receives what the primary writes.
  await until(() => isTrue(standby.port, "select pg_last_wal_receive_lsn() is not null"));
  return {
    primary: `postgres://postgres@127.0.0.1:${primary.port}/postgres`,
    standby: `postgres://postgres@127.0.0.1:${standby.port}/postgres`,
    primaryServer: primary,
    standbyServer: standby,
    stop: async () => {
      await Promise.all([primary.stop(), standby.stop()]);
      await owner.stop();
    },
  };
}

function startServer(bin: string, data: string, settings: readonly string[]): Server {
  const port = freePort();
  const all = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "shared_buffers=16MB",
    "dynamic_shared_memory_type=mmap",
    ...settings,
  ];
  const spawn = (added: readonly string[] = []) => {
    const given = [...all, ...added].flatMap(setting => ["-c", setting]);
    return startOwnProcess([join(bin, "postgres"), "-D", data, ...given], {
      log: `${data}.log`,
      signal: "INT",
    });
  };
  let server = spawn();
  return {
    port,
    data,
    start: added => {
      server = spawn(added);
    },
    stop: () => server.stop(),
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
