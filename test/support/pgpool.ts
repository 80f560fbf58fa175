import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./eventually.ts";
import { freePort, processDirectory, startOwnProcess } from "./own-process.ts";
import { answers } from "./pgbouncer.ts";

/** A running Pgpool-II, which stops at the end of its block. */
export interface Pgpool extends AsyncDisposable {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The path of the program, undefined if it is not installed. */
export const PGPOOL: string | undefined =
  Bun.which("pgpool") ?? ["/usr/sbin/pgpool"].find(path => existsSync(path));

/**
 * Starts Pgpool-II with load balancing: it sends every statement that it recognizes as a read to the standby.
 * @param primaryUrl the URL of a database of the primary
 */
export async function startPgpool(program: string, primaryUrl: string, standbyUrl: string): Promise<Pgpool> {
  const directory = processDirectory("pgpool");
  const port = freePort();
  const settings = {
    ...{ listen_addresses: "127.0.0.1", port, pcp_listen_addresses: "", pcp_port: freePort() },
    ...{ socket_dir: directory, pcp_socket_dir: directory, wd_ipc_socket_dir: directory, logdir: directory },
    ...{ pid_file_name: join(directory, "pid"), work_dir: directory },
    ...{ backend_clustering_mode: "streaming_replication", load_balance_mode: "on", sr_check_period: 0 },
    ...{ num_init_children: 30, max_pool: 1, enable_pool_hba: "off", use_watchdog: "off" },
    ...backend(0, primaryUrl, { weight: 0, flag: "ALWAYS_PRIMARY|DISALLOW_TO_FAILOVER" }),
    ...backend(1, standbyUrl, { weight: 1, flag: "DISALLOW_TO_FAILOVER" }),
  };
  const file = join(directory, "pgpool.conf");
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(""),
  );
  writeFileSync(join(directory, "pcp.conf"), "");
  const command = [program, "-n", "-f", file, "-F", join(directory, "pcp.conf")];
  const { stop } = startOwnProcess(command, { log: join(directory, "log"), signal: "INT", directory });
  const url = Object.assign(new URL(primaryUrl), { port: String(port) }).href;
  try {
    await until(() => answers(url));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop, [Symbol.asyncDispose]: stop };
}

function backend(number: number, url: string, options: object): Record<string, string> {
  const { hostname, port } = new URL(url);
  const all = Object.entries({ hostname, port, ...options });
  return Object.fromEntries(all.map(([name, value]) => [`backend_${name}${number}`, String(value)]));
}
