import { ArgumentError } from "../errors.ts";
import { parseServerUrl } from "./server-url.ts";

/** Options of the handle that `connect` opens. All times are in milliseconds. */
export interface OpenOptions {
  /** Connections in the pool (default: 10). Bun opens all of them at the first query. */
  readonly max?: number;
  /**
   * Whether statements are prepared. By default they are, except through a pooler, where a prepared statement can
   * return the rows of a different one.
   */
  readonly prepare?: boolean;
  /** Returns int8 as bigint in your own queries with the handle; rows of rowfn follow `types`. */
  readonly bigint?: boolean;
  /** Milliseconds to wait for a connection (default: 10,000). */
  readonly connectionTimeout?: number;
  /** Milliseconds until an unused connection is closed (default: never). */
  readonly idleTimeout?: number;
  /** Milliseconds until a connection is replaced (default: never). */
  readonly maxLifetime?: number;
  /** The TLS options of Bun's `SQL`. */
  readonly tls?: boolean | Bun.TLSOptions;
}

/** Options of a handle with parameters that are sent when a connection starts. */
export interface HandleOptions extends OpenOptions {
  readonly connection?: Readonly<Record<string, string>>;
}

/**
 * Opens a Bun handle on exactly the server in the URL. PGHOST, PGPORT, PGUSER, PGDATABASE and DATABASE_URL, which Bun
 * prefers to parts of the URL, are ignored. PGPASSWORD is used if the URL has no password. As for libpq, `user`, `password`,
 * `host`, `port` and `dbname` among the parameters of the URL come before its other parts.
 */
export function openHandle(url: string | URL, options: HandleOptions): Bun.SQL {
  const { hostname, port, username, database, host, ...given } = parseServerUrl(url);
  requireMax(options.max);
  requireTls(options.tls);
  const address = host === undefined ? { hostname, port } : {};
  return new Bun.SQL(String(url), {
    ...options,
    ...timesInSeconds({ ...given.times, ...options }),
    adapter: "postgres",
    ...address,
    username,
    database,
    ...given.password,
  });
}

function requireMax(max: number | undefined): void {
  if (max !== undefined && !(Number.isSafeInteger(max) && max > 0 && max < 2 ** 31))
    throw new ArgumentError(`max must be a positive integer, received ${String(max)}`);
}

function requireTls(tls: OpenOptions["tls"]): void {
  if (tls !== undefined && typeof tls !== "boolean" && (typeof tls !== "object" || tls === null))
    throw new ArgumentError("tls must be true, false or an object of TLS options");
}

const TIMES = ["connectionTimeout", "idleTimeout", "maxLifetime"] as const;

// The driver takes times in seconds.
function timesInSeconds(options: OpenOptions): Record<string, number> {
  const seconds: Record<string, number> = { connectionTimeout: 10 };
  for (const name of TIMES) {
    const time = options[name];
    if (time === undefined) continue;
    if (typeof time !== "number" || !(time >= 0 && time < 2 ** 31))
      throw new ArgumentError(
        `${name} must be a non-negative number of milliseconds, received ${String(time)}`,
      );
    seconds[name] = time / 1000;
  }
  return seconds;
}
