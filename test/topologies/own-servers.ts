// Topologies whose rows are on servers of their own: TLS, partitions by pg_partman, partitions on two servers.
import { chownSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { declare } from "../../src/index.ts";
import { serverUser } from "../../src/testing/os-user.ts";
import { startPostgres } from "../../src/testing/start-postgres.ts";
import { processDirectory } from "../support/own-process.ts";
import { open } from "./open.ts";
import { runScript } from "./servers.ts";
import { ITEM_COLUMNS, ITEM_ROWS, ITEM_TABLE, OTHER_TABLES, OWNER_ROWS, ROLE, TABLES } from "./tables.ts";
import type { Opened, Topology } from "./topology.ts";

/** Debian's directory of the server that pg_partman is packaged for. */
const DEBIAN = "/usr/lib/postgresql/15";

export const TLS: Topology = {
  id: "TLS",
  description: "a server with TLS, whose certificate is verified by an authority of its own",
  traits: [],
  start: async () => {
    const directory = processDirectory("tls");
    const files = createCertificates(directory);
    const server = await startPostgres({
      settings: { ssl: "on", ssl_cert_file: files.certificate, ssl_key_file: files.key },
    });
    await runScript(server.url, ROLE + TABLES);
    const tls = { ca: readFileSync(files.authority, "utf8"), rejectUnauthorized: true };
    const stop = async (): Promise<void> => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    };
    return await open(`${server.url}?sslmode=verify-full`, server.url, { tls }, stop);
  },
};

/** Creates an authority and a certificate of 127.0.0.1 in a directory. */
function createCertificates(directory: string): { authority: string; certificate: string; key: string } {
  const script = `set -e; cd "$0"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.crt
    openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout server.key -out server.csr
    echo subjectAltName=IP:127.0.0.1 >names
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt
    chmod 600 server.key`;
  const { exitCode, stderr } = Bun.spawnSync(["/bin/sh", "-c", script, directory], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(String(stderr));
  const key = join(directory, "server.key");
  const user = serverUser();
  if (user !== undefined) chownSync(key, user.uid, user.gid);
  return { authority: join(directory, "ca.crt"), certificate: join(directory, "server.crt"), key };
}

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
