import { SQL } from "bun";
import { count } from "../../src/index.ts";
import type { ConnectOptions } from "../../src/schema/connect.ts";
import { until } from "../support/eventually.ts";
import { NEW_PGBOUNCER, PGBOUNCER, type PgBouncerOptions, startPgBouncer } from "../support/pgbouncer.ts";
import { PGPOOL, startPgpool } from "../support/pgpool.ts";
import { open } from "./open.ts";
import { FOREIGN_PARTITIONS, PARTMAN, TLS } from "./own-servers.ts";
import { runScript } from "./servers.ts";
import { ITEM_TABLE, ITEMS, OTHER_TABLES } from "./tables.ts";
import type { Opened, Servers, Topology } from "./topology.ts";

/** A topology with a PgBouncer between the program and the server. */
function bouncer(
  id: string,
  description: string,
  program: string | undefined,
  settings: PgBouncerOptions,
  options: ConnectOptions = {},
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

/** A topology whose handle connects to the primary. */
function direct(id: string, description: string, options: ConnectOptions): Topology {
  const start = async (servers: Servers): Promise<Opened> => {
    const url = await servers.database(id);
    return await open(url, url, options);
  };
  return { id, description, traits: [], start };
}

/** A topology with a Pgpool-II that sends reads to the standby. */
function pgpoolTopology(id: string, description: string, options: ConnectOptions): Topology {
  return {
    ...{ id, description },
    traits: options.prepare === false ? ["load balancer"] : ["load balancer", "prepared load balancer"],
    start: async servers => {
      if (PGPOOL === undefined) return undefined;
      const url = await servers.database(id);
      const pooler = await startPgpool(PGPOOL, url, servers.onStandby(url));
      const opened = await open(pooler.url, url, options, pooler.stop);
      await requireBalance(opened);
      return opened;
    },
  };
}

/** Throws unless Pgpool-II sends a read to the standby, because otherwise the checks would prove nothing. */
async function requireBalance({ sql, schema }: Opened): Promise<void> {
  await count(sql, schema, "item");
  const nodes: { role: string; select_cnt: string }[] = await sql.unsafe("show pool_nodes");
  if (!nodes.some(node => node.role === "standby" && Number(node.select_cnt) > 0))
    throw new Error(`no read reaches the standby: ${JSON.stringify(nodes)}`);
}

const STANDBY: Topology = {
  id: "standby",
  description: "a streaming replica of the server that stores the rows",
  traits: ["standby"],
  start: async servers => {
    const url = await servers.database("standby");
    const server = new SQL(servers.onStandby(url), { max: 1 });
    const opened = await open(servers.onStandby(url), url, {}, () => server.close({ timeout: 0 }));
    return { ...opened, server };
  },
};

const SUBSCRIBER: Topology = {
  id: "subscriber",
  description: "a logical subscriber, whose rows are those of its publisher",
  traits: [],
  start: async servers => {
    const publisher = await servers.database("publisher");
    await runScript(publisher, "create publication everything for all tables");
    await runScript(publisher, "select pg_create_logical_replication_slot('subscriber', 'pgoutput')");
    const url = await servers.database("subscriber", OTHER_TABLES + ITEM_TABLE);
    const source = `host=127.0.0.1 port=${new URL(publisher).port} user=postgres dbname=publisher`;
    // The statement must be sent separately, because it cannot run in a transaction.
    const subscription = `create subscription everything connection '${source}' publication everything
      with (create_slot = false, slot_name = 'subscriber')`;
    await runScript(url, subscription);
    const sql = new SQL(url, { max: 1 });
    await until(async () => (await sql`select count(*)::int from item`.values())[0]?.[0] === ITEMS);
    await until(async () => (await sql`select count(*)::int from owner`.values())[0]?.[0] === 4);
    await sql.close({ timeout: 0 });
    const own = new SQL(publisher, { max: 1 });
    return { ...(await open(url, url, {}, () => own.close({ timeout: 0 }))), source: own };
  },
};

export const TOPOLOGIES: readonly Topology[] = [
  direct("direct", "a server, with prepared statements", {}),
  direct("direct, unprepared", "a server, with `prepare: false`", { prepare: false }),
  TLS,
  bouncer(
    "PgBouncer, session",
    "PgBouncer in session mode, with `prepare: true`",
    PGBOUNCER,
    { mode: "session", connections: 20 },
    { prepare: true },
  ),
  bouncer(
    "PgBouncer, session, unprepared",
    "PgBouncer in session mode, as `connect` opens a handle",
    PGBOUNCER,
    {
      mode: "session",
      connections: 20,
    },
  ),
  bouncer(
    "PgBouncer, transaction",
    "PgBouncer in transaction mode, as `connect` opens a handle: without prepared statements",
    PGBOUNCER,
    { connections: 4 },
  ),
  bouncer(
    "PgBouncer, transaction, prepared",
    "PgBouncer 1.24 in transaction mode with `max_prepared_statements`, with `prepare: true`",
    NEW_PGBOUNCER,
    { connections: 4, prepared: 200 },
    { prepare: true },
  ),
  pgpoolTopology(
    "Pgpool-II",
    "Pgpool-II 4.3 that sends reads to a synchronous standby, with prepared statements",
    {},
  ),
  pgpoolTopology("Pgpool-II, unprepared", "the same, with `prepare: false`", { prepare: false }),
  STANDBY,
  SUBSCRIBER,
  FOREIGN_PARTITIONS,
  PARTMAN,
];
