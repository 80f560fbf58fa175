import { type Connection, connect, type LoadOptions } from "../index.ts";
import { startDemo } from "./demo.ts";
import { UsageError } from "./failure.ts";
import type { GlobalOptions } from "./program.ts";

/** Runs with the database that the command line names, and closes it afterwards. */
export async function withDatabase(
  options: GlobalOptions,
  run: (database: Connection) => Promise<void> | void,
  load: LoadOptions = {},
): Promise<void> {
  if (options.demo === undefined) return withUrl(urlOf(options), run, load);
  const server = await startDemo();
  try {
    await withUrl(server.url, run, load);
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
  load: LoadOptions,
): Promise<void> {
  const database = await connect(url, { max: 1, prepare: false, ...load });
  try {
    await run(database);
  } finally {
    await database.sql.close({ timeout: 5 });
  }
}
