import { SQL } from "bun";
import { startReplication } from "../support/standby.ts";
import { TABLES } from "./tables.ts";
import type { Servers } from "./topology.ts";

const SETTINGS = ["wal_level=logical", "max_connections=300", "synchronous_commit=remote_apply"];

/**
 * Starts a primary with a synchronous standby, so that a read on the standby sees every write that was confirmed.
 */
export async function startServers(): Promise<Servers & { readonly stop: () => Promise<void> }> {
  const { primary, standby, stop } = await startReplication("create role topology_reader;", SETTINGS);
  const admin = new SQL(primary, { max: 1 });
  // From now on each COMMIT waits for the standby.
  await admin.unsafe("alter system set synchronous_standby_names = '*'");
  await admin.unsafe("select pg_reload_conf()");
  const withDatabase = (url: string, name: string): string =>
    Object.assign(new URL(url), { pathname: `/${name}` }).href;
  return {
    database: async name => {
      await admin.unsafe(`create database "${name}"`);
      const url = withDatabase(primary, name);
      const own = new SQL(url, { max: 1 });
      await own.unsafe(TABLES);
      await own.close({ timeout: 0 });
      return url;
    },
    onStandby: url => withDatabase(standby, new URL(url).pathname.slice(1)),
    stop: async () => {
      await admin.close({ timeout: 0 });
      await stop();
    },
  };
}
