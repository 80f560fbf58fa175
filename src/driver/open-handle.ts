import { ArgumentError } from "../errors.ts";

/** How `connect` opens a handle. Times are in seconds. */
export interface OpenOptions {
  /** Connections in the pool; 10 by default. Bun opens all of them at the first query. */
  readonly max?: number;
  /** Use `false` behind a pooler in transaction mode: with prepared statements it can return another statement's rows. */
  readonly prepare?: boolean;
  /** int8 as bigint in the handle's own queries; rowfn's rows follow `types` either way. */
  readonly bigint?: boolean;
  /** How long to wait for a connection; 10 by default. */
  readonly connectionTimeout?: number;
  /** When an unused connection is closed; never by default. */
  readonly idleTimeout?: number;
  /** TLS as `SQL` of Bun takes it. */
  readonly tls?: boolean | Bun.TLSOptions;
}

/**
 * A Bun handle on exactly the server the URL names: PGHOST, PGPORT, PGUSER, PGDATABASE and DATABASE_URL, which Bun
 * would let win over parts of it, do not. A password the URL leaves out still comes from PGPASSWORD.
 */
export function openHandle(url: string | URL, options: OpenOptions): Bun.SQL {
  const { hostname, port, username, database, host } = parseUrl(url);
  const address = host === undefined ? { hostname, port } : {};
  return new Bun.SQL(String(url), {
    connectionTimeout: 10,
    ...options,
    adapter: "postgres",
    ...address,
    username,
    database,
  });
}

interface ServerAddress {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly database: string;
  /** `?host=`: a socket directory. */
  readonly host: string | undefined;
}

function parseUrl(url: string | URL): ServerAddress {
  if (!URL.canParse(String(url)))
    throw new ArgumentError("connect takes a URL like postgres://user@host:5432/database");
  const { protocol, hostname, port, username, pathname, searchParams } = new URL(String(url));
  if (protocol !== "postgres:" && protocol !== "postgresql:") {
    throw new ArgumentError(`connect takes a postgres:// URL, received ${protocol}//`);
  }
  const user = decodeURIComponent(username) || "postgres";
  return {
    hostname: hostname.replace(/^\[|\]$/g, "") || "localhost",
    port: port === "" ? 5432 : Number(port),
    username: user,
    database: decodeURIComponent(pathname.slice(1)) || user,
    host: searchParams.get("host") ?? undefined,
  };
}
