import type { SQL } from "bun";
import type { SqlHandle } from "../driver/handle.ts";
import { type HandleOptions, type OpenOptions, openHandle } from "../driver/open-handle.ts";
import { QueryError } from "../errors.ts";
import { type OptionNames, requireOptions } from "./arguments.ts";
import { EXACT_SETTINGS } from "./exact-settings.ts";
import { LOAD_OPTIONS, type LoadOptions, loadSchema } from "./load-schema.ts";
import { hasMark, MARK, notePooler, requireOwnStatements } from "./pooler.ts";
import type { SchemaSnapshot } from "./snapshot.ts";
import type { WideTables } from "./tables.ts";

/** Options of `connect`: of the handle, and of `loadSchema`. */
export interface ConnectOptions extends OpenOptions, LoadOptions {}

const CONNECT_OPTIONS: OptionNames<ConnectOptions> = {
  ...{ max: true, prepare: true, bigint: true, tls: true },
  ...{ connectionTimeout: true, idleTimeout: true, maxLifetime: true },
  ...LOAD_OPTIONS,
};

/** An open handle and the snapshot of its database. */
export interface Connection<Tables = WideTables> {
  readonly sql: SQL;
  readonly schema: SchemaSnapshot<Tables>;
}

/**
 * Opens a handle on the server of a URL, which no environment variable redirects, with `EXACT_SETTINGS`, and loads its
 * snapshot. Through a pooler the handle does not prepare statements, unless the options say so.
 * @param url `postgres://user:password@host:port/database`, with the parameters of libpq
 * @param options the pool's size and times in milliseconds; `schemas`, `types`, `functions` and
 * `settings` as for `loadSchema`
 * @returns `{ sql, schema }`; close the handle with `sql.close()`
 * @throws ArgumentError if the URL is not one of PostgreSQL or of several servers, or with `prepare: true` if a pooler shares prepared statements between
 * clients; SettingsError as `loadSchema`; QueryError if the server cannot be reached
 * @example `const { sql, schema } = await connect(process.env.DATABASE_URL!)`
 */
export async function connect<Tables = WideTables>(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<Connection<Tables>> {
  requireOptions("connect", options, CONNECT_OPTIONS);
  const { schemas, types, functions, settings, signal, timeout, ...handle } = options;
  const load = {
    signal,
    timeout,
    ...(schemas && { schemas }),
    ...(types && { types }),
    ...(functions && { functions }),
    ...(settings && { settings }),
  };
  const mark = crypto.randomUUID();
  const connection = { ...(settings === "any" ? {} : EXACT_SETTINGS), [MARK]: mark };
  try {
    const opened = await open<Tables>(url, { ...handle, connection }, load);
    if (hasMark(opened.sql as unknown as SqlHandle, mark)) return opened;
    // A pooler has ignored the parameters.
    await opened.sql.close({ timeout: 0 });
  } catch (error) {
    if (!isRejectedSetting(error)) throw error;
  }
  return await openPooled(url, handle, load);
}

/** Opens a handle through a pooler, which can give a client the prepared statements of another one. */
async function openPooled<Tables>(
  url: string | URL,
  handle: HandleOptions,
  options: LoadOptions,
): Promise<Connection<Tables>> {
  const opened = await open<Tables>(url, { ...handle, prepare: handle.prepare ?? false }, options);
  const sql = opened.sql as unknown as SqlHandle;
  notePooler(sql);
  if (handle.prepare !== true) return opened;
  try {
    await requireOwnStatements(sql);
    return opened;
  } catch (error) {
    await opened.sql.close({ timeout: 0 });
    throw error;
  }
}

async function open<Tables>(
  url: string | URL,
  handle: HandleOptions,
  options: LoadOptions,
): Promise<Connection<Tables>> {
  const sql = openHandle(url, handle);
  try {
    return { sql, schema: await loadSchema<Tables>(sql, options) };
  } catch (error) {
    await sql.close({ timeout: 0 });
    throw error;
  }
}

// A pooler that accepts no start-up parameters (PgBouncer: 08P01, RDS Proxy: 0A000), or a server that does not know one.
function isRejectedSetting(error: unknown): boolean {
  return error instanceof QueryError && /^(08P01|0A000|42704)$/.test(error.sqlstate ?? "");
}
