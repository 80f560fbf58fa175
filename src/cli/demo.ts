import { SQL } from "bun";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { migrate } from "../ddl/index.ts";
import { surroundings, type TemporaryServer } from "./surroundings.ts";

const DATABASE = "music_store";

/** Starts a temporary server with the music store; `stop` ends it and removes its directory. */
export function startDemo(): Promise<TemporaryServer> {
  return startFilled(createMusicStore);
}

/** Starts a temporary server on which the migrations of a directory have run. */
export function startMigrated(directory: string): Promise<TemporaryServer> {
  return startFilled(async ({ url }) => {
    await withSql(url, async sql => void (await migrate(sql, directory)));
    return url;
  });
}

/** Starts a server; `fill` returns the URL of its database. */
async function startFilled(fill: (server: TemporaryServer) => Promise<string>): Promise<TemporaryServer> {
  const server = await surroundings().startServer();
  try {
    return { url: await fill(server), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function createMusicStore(server: TemporaryServer): Promise<string> {
  const url = new URL(server.url);
  url.pathname = `/${DATABASE}`;
  await withSql(server.url, sql => sql.unsafe(`create database ${DATABASE}`));
  await withSql(String(url), sql => sql.unsafe(MUSIC_STORE_SQL));
  return String(url);
}

async function withSql(url: string, run: (sql: SQL) => PromiseLike<unknown>): Promise<void> {
  const sql = new SQL(url, { max: 2, database: new URL(url).pathname.slice(1) });
  try {
    await run(sql);
  } finally {
    await sql.close({ timeout: 5 });
  }
}
