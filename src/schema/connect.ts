import type { SQL } from "bun";
import { type OpenOptions, openHandle } from "../driver/open-handle.ts";
import { type LoadOptions, loadSchema } from "./load-schema.ts";
import type { SchemaSnapshot } from "./snapshot.ts";
import type { WideTables } from "./tables.ts";

/** Options of `connect`: of the handle, and of `loadSchema`. */
export interface ConnectOptions extends OpenOptions, LoadOptions {}

/** An open handle and the snapshot of its database. */
export interface Connection<Tables = WideTables> {
  readonly sql: SQL;
  readonly schema: SchemaSnapshot<Tables>;
}

/**
 * Opens a handle on the server of a URL, which no environment variable redirects, and loads its snapshot.
 * @param url `postgres://user:password@host:port/database`
 * @param options the pool's size and times in milliseconds; `schemas` and `types` as for `loadSchema`
 * @returns `{ sql, schema }`; close the handle with `sql.close()`
 * @throws ArgumentError if the URL is not one of PostgreSQL; QueryError if the server cannot be reached
 * @example `const { sql, schema } = await connect(process.env.DATABASE_URL!)`
 */
export async function connect<Tables = WideTables>(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<Connection<Tables>> {
  const { schemas, types, ...handle } = options;
  const sql = openHandle(url, handle);
  try {
    const schema = await loadSchema<Tables>(sql, { ...(schemas && { schemas }), ...(types && { types }) });
    return { sql, schema };
  } catch (error) {
    await sql.close({ timeout: 0 });
    throw error;
  }
}
