import type { Connection, ConnectOptions } from "../index.ts";
import { startDemo, startMigrated } from "./demo.ts";
import { UsageError } from "./failure.ts";
import type { GlobalOptions } from "./subcommand.ts";
import { surroundings } from "./surroundings.ts";

/** Timestamps and json as PostgreSQL prints them, with every microsecond and digit. */
export const EXACT_FORMS: ConnectOptions = {
  types: { timestamp: "string", timestamptz: "string", json: "string" },
};

/** Runs a function with the database of `--url`, `DATABASE_URL`, `--demo` or `--migrations`, then closes the connection. */
export async function withDatabase(
  options: GlobalOptions,
  run: (database: Connection) => Promise<void> | void,
  connection: ConnectOptions = {},
): Promise<void> {
  const { migrations, demo } = options;
  requireOneServer(options);
  if (migrations === undefined && demo === undefined) return withUrl(requireUrl(options), run, connection);
  const server = await (migrations === undefined ? startDemo() : startMigrated(migrations));
  try {
    await withUrl(server.url, run, connection);
  } finally {
    await server.stop();
  }
}

function requireOneServer({ url, demo, migrations }: GlobalOptions): void {
  if (migrations !== undefined && (url !== undefined || demo))
    throw new UsageError("--migrations starts its own server; leave out --url and --demo");
  if (demo && url !== undefined) throw new UsageError("--demo starts its own server; leave out --url");
}

function requireUrl({ url = surroundings().env["DATABASE_URL"] }: GlobalOptions): string {
  if (url) return url;
  throw new UsageError(
    "no database; add --url postgres://user@host:5432/name, set DATABASE_URL or try --demo",
  );
}

// Without prepared statements, so that every pooler works.
function withUrl(
  url: string,
  run: (database: Connection) => Promise<void> | void,
  connection: ConnectOptions,
): Promise<void> {
  const { connectTo, interrupted } = surroundings();
  return connectTo(url, { max: 1, prepare: false, signal: interrupted, ...connection }, run);
}
