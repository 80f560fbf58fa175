import { SQL } from "bun";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { type PostgresServer, startPostgres } from "../testing/index.ts";
import { demoBinaries } from "./demo-binaries.ts";

const DATABASE = "music_store";

/** A server of its own with the sample database; `stop` ends it and removes it. */
export async function startDemo(): Promise<Pick<PostgresServer, "url" | "stop">> {
  const binaries = await demoBinaries();
  const server = await startPostgres(binaries === undefined ? {} : { binaries });
  try {
    return { url: await fill(server), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function fill(server: PostgresServer): Promise<string> {
  const url = new URL(server.url);
  url.pathname = `/${DATABASE}`;
  await run(server.url, `create database ${DATABASE}`);
  await run(String(url), MUSIC_STORE_SQL);
  return String(url);
}

async function run(url: string, text: string): Promise<void> {
  const sql = new SQL(url, { max: 1, database: new URL(url).pathname.slice(1) });
  try {
    await sql.unsafe(text);
  } finally {
    await sql.close({ timeout: 5 });
  }
}
