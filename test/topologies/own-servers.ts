// Topologies with their own servers: TLS, partitions by pg_partman, partitions on two servers.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { declare } from "../../src/index.ts";
import { startPostgres } from "../../src/testing/start-postgres.ts";
import { createCertificates, OPENSSL } from "../support/certificates.ts";
import { ownDirectory, processDirectory } from "../support/own-process.ts";
import { open } from "./open.ts";
import { runScript } from "./servers.ts";
import { ITEM_COLUMNS, ITEM_ROWS, ITEM_TABLE, OTHER_TABLES, OWNER_ROWS, ROLE, TABLES } from "./tables.ts";
import type { Opened, Topology } from "./topology.ts";

/** Debian's directory of the server version for which pg_partman is packaged. */
const DEBIAN = "/usr/lib/postgresql/15";

export const TLS: Topology = {
  id: "TLS",
  description: "a server with TLS, whose certificate is verified by an authority of its own",
  traits: [],
  start: async () => {
    if (OPENSSL === undefined) return undefined;
    const directory = processDirectory("tls");
    const owner = ownDirectory(directory);
    const { authority, settings } = createCertificates(directory);
    const server = await startPostgres({ settings });
    await runScript(server.url, ROLE + TABLES);
    const stop = async (): Promise<void> => {
      await server.stop();
      await owner.stop();
    };
    return await open(`${server.url}?sslmode=verify-full`, server.url, { tls: { ca: authority } }, stop);
  },
};

const PARTITIONED_BY_ID = ITEM_TABLE.replace(/;$/, " partition by range (id);");

export const PARTMAN: Topology = {
  id: "pg_partman",
  description: "`item` in 60 partitions by pg_partman, by ranges of its key",
  traits: [],
  start: async (): Promise<Opened | undefined> => {
    if (!existsSync(join("/usr/share/postgresql/15/extension/pg_partman.control"))) return undefined;
    const { url, stop } = await startPostgres({ binaries: join(DEBIAN, "bin") });
    const partitions = `create schema partman; create extension pg_partman schema partman;
      select partman.create_parent('public.item', 'id', 'native', '2000', p_premake := 59, p_start_partition := '0');`;
    await runScript(url, ROLE + OTHER_TABLES + OWNER_ROWS + PARTITIONED_BY_ID + partitions + ITEM_ROWS);
    return await open(url, url, {}, stop);
  },
};

export const FOREIGN_PARTITIONS: Topology = {
  id: "foreign partitions",
  description: "`item` in list partitions on two servers by postgres_fdw, its keys declared",
  traits: ["foreign partitions"],
  start: async servers => {
    const other = await startPostgres();
    const shard = `create table item (${ITEM_COLUMNS}, primary key (id))`;
    const north = await servers.database("north", shard);
    await runScript(other.url, shard);
    const partitions = foreignPartition("north", north) + foreignPartition("south", other.url);
    const url = await servers.database(
      "foreign partitions",
      `${OTHER_TABLES} ${OWNER_ROWS} create extension postgres_fdw;
      create table item (${ITEM_COLUMNS}) partition by list (region); ${partitions} ${ITEM_ROWS}`,
    );
    const opened = await open(url, url, {}, other.stop);
    const keys = { item: { primaryKey: ["id"], foreignKeys: { owner_id: "owner" } } };
    return { ...opened, schema: declare(opened.schema, keys) };
  },
};

function foreignPartition(region: string, url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `
    create server ${region} foreign data wrapper postgres_fdw
      options (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
    create user mapping for current_user server ${region} options (user 'postgres');
    create foreign table item_${region} partition of item for values in ('${region}')
      server ${region} options (table_name 'item');`;
}
