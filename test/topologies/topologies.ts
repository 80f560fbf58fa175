import { SQL } from "bun";
import { connect } from "../../src/index.ts";
import type { ConnectOptions } from "../../src/schema/connect.ts";
import { PGBOUNCER, type PgBouncerOptions, startPgBouncer } from "../support/pgbouncer.ts";
import type { Opened, Servers, Topology } from "./topology.ts";

/** Connects by a URL; `direct` leads to the server that stores the rows. */
export async function open(
  url: string,
  direct: string,
  options: ConnectOptions = {},
  stop: () => Promise<void> = async () => {},
): Promise<Opened> {
  try {
    const { sql, schema } = await connect(url, { max: 5, ...options });
    const own = new SQL(direct, { max: 2 });
    const close = async (): Promise<void> => {
      await Promise.all([sql.close({ timeout: 0 }), own.close({ timeout: 0 })]);
      await stop();
    };
    return { sql, schema, direct: own, stop: close };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A topology with a PgBouncer between the program and the server. */
function bouncer(
  id: string,
  description: string,
  settings: PgBouncerOptions,
  options: ConnectOptions = {},
  program: string | undefined = PGBOUNCER,
): Topology {
  return {
    ...{ id, description },
    traits: settings.mode === "session" ? [] : ["transaction pooler"],
    start: async servers => {
      if (program === undefined) return undefined;
      const url = await servers.database(id);
      const pooler = await startPgBouncer(program, url, settings);
      return await open(pooler.url, url, options, pooler.stop);
    },
  };
}

/** A topology whose handle leads to the primary. */
function direct(id: string, description: string, options: ConnectOptions): Topology {
  const start = async (servers: Servers): Promise<Opened> => {
    const url = await servers.database(id);
    return await open(url, url, options);
  };
  return { id, description, traits: [], start };
}

export const TOPOLOGIES: readonly Topology[] = [
  direct("direct", "a server, prepared statements on", {}),
  direct("direct, unprepared", "a server, with `prepare: false`", { prepare: false }),
  bouncer(
    "PgBouncer, session",
    "PgBouncer in session mode, prepared statements on",
    { mode: "session", connections: 20 },
    { prepare: true },
  ),
  bouncer(
    "PgBouncer, transaction",
    "PgBouncer in transaction mode, as `connect` opens the handle",
    { connections: 4 },
    { prepare: false },
  ),
];
