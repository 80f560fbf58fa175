import { type Connection, type ConnectOptions, connect } from "../index.ts";

/** Runs a function with a connection to a server, then closes the connection. */
export async function connectTo(
  url: string,
  options: ConnectOptions,
  run: (database: Connection) => Promise<void> | void,
): Promise<void> {
  const database = await connect(url, options);
  try {
    await run(database);
  } finally {
    await database.sql.close({ timeout: 5 });
  }
}
