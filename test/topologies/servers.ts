import { SQL } from "bun";
import { startReplication } from "../support/standby.ts";
import { TABLES } from "./tables.ts";
import type { Servers } from "./topology.ts";

const SETTINGS = ["wal_level=logical", "max_connections=300", "synchronous_commit=remote_apply"];

/** Runs SQL in a database. */
export async function runScript(url: string, text: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  try {
    await sql.unsafe(text);
  } finally {
    await sql.close({ timeout: 0 });
  }
}

/** Starts a primary with a synchronous standby, so that a read on the standby sees every confirmed write. */
export async function startServers(): Promise<Servers & { readonly stop: () => Promise<void> }> {
  const { primary, standby, stop } = await startReplication("create role topology_reader;", SETTINGS);
  const admin = new SQL(primary, { max: 1 });
  // From here on each COMMIT waits for the standby.
  await admin.unsafe("alter system set synchronous_standby_names = 'walreceiver'");
  await admin.unsafe("select pg_reload_conf()");
  return {
    database: async (name, content = TABLES) => {
      await admin.unsafe(`create database "${name}"`);
      const url = withDatabase(primary, name);
      await runScript(url, content);
      return url;
    },
    onStandby: url => withDatabase(standby, new URL(url).pathname.slice(1)),
    stop: async () => {
      await admin.close({ timeout: 0 });
      await stop();
    },
  };
}

/** The URL of a different database of a server. */
export function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
