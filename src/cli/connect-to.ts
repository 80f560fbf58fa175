import { type Connection, type ConnectOptions, connect, withDefaults } from "../index.ts";

/** Runs a function with a connection to a server, then closes the connection. `signal` ends all calls of the function. */
export async function connectTo(
  url: string,
  options: ConnectOptions,
  run: (database: Connection) => Promise<void> | void,
): Promise<void> {
  const { sql, schema } = await connect(url, options);
  const { signal } = options;
  try {
    await run({ sql: signal === undefined ? sql : withDefaults(sql, { signal }), schema });
  } finally {
    await sql.close({ timeout: 5 });
  }
}
