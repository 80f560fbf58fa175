import { type Connection, type ConnectOptions, connect } from "../index.ts";
import { startDemo } from "./demo.ts";
import { UsageError } from "./failure.ts";
import type { GlobalOptions } from "./subcommand.ts";

/** Moments as PostgreSQL's text, with every microsecond. */
export const EXACT_TIMES: ConnectOptions = { types: { timestamp: "string", timestamptz: "string" } };

/** Runs with the database that the command line names, and closes it afterwards. */
export async function withDatabase(
  options: GlobalOptions,
  run: (database: Connection) => Promise<void> | void,
  connection: ConnectOptions = {},
): Promise<void> {
  if (options.demo === undefined) return withUrl(urlOf(options), run, connection);
  const server = await startDemo();
  try {
    await withUrl(server.url, run, connection);
  } finally {
    await server.stop();
  }
}

function urlOf({ url = process.env["DATABASE_URL"] }: GlobalOptions): string {
  if (url) return url;
  throw new UsageError(
    "no database: give --url postgres://user@host:5432/name, set DATABASE_URL, or try --demo",
  );
}

// Without prepared statements, so that it works behind every pooler.
async function withUrl(
  url: string,
  run: (database: Connection) => Promise<void> | void,
  connection: ConnectOptions,
): Promise<void> {
  const database = await connect(url, { max: 1, prepare: false, ...connection });
  try {
    await run(database);
  } finally {
    await database.sql.close({ timeout: 5 });
  }
}
