// The tasks of sqlite-utils run in Python on an SQLite database with the rows of the music store.
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, rowsWhere } from "rowfn";
import { testDatabase } from "rowfn/testing";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { common, type Results } from "./common-results.ts";
import { INPUT } from "./tasks.ts";

const TABLES = {
  artist: "artist_id integer primary key, name text, country text",
  album: "album_id integer primary key, title text, artist_id integer, released_on text",
  genre: "genre_id integer primary key, name text",
  track:
    "track_id integer primary key, name text, album_id integer, media_type_id integer, genre_id integer, composer text, milliseconds integer, unit_price real, tags text",
  customer: "customer_id integer primary key, tier text",
  invoice: "invoice_id integer primary key, customer_id integer, billing_country text, total real",
  invoice_line:
    "invoice_line_id integer primary key, invoice_id integer, track_id integer, unit_price real, quantity integer",
} as const;

/** The Python that has sqlite_utils, if any. */
export function pythonWithSqliteUtils(): string | undefined {
  const candidates = [process.env["ROWFN_PYTHON"], "python3", "/usr/bin/python3"];
  return candidates.find(python => {
    if (!python || Bun.which(python) === null) return false;
    return Bun.spawnSync([python, "-c", "import sqlite_utils"], { stderr: "ignore" }).exitCode === 0;
  });
}

async function fill(path: string): Promise<void> {
  const database = await testDatabase({ template: MUSIC_STORE_SQL });
  const { sql, schema } = await connect(database.url);
  using sqlite = new Database(path);
  sqlite.run("begin");
  for (const [table, definition] of Object.entries(TABLES)) {
    const columns = definition.split(", ").map(column => column.split(" ")[0]!);
    sqlite.run(`create table ${table} (${definition})`);
    const insert = sqlite.prepare(`insert into ${table} values (${columns.map(() => "?").join(", ")})`);
    for (const row of await rowsWhere(sql, schema, table, { select: columns })) {
      const values = columns.map(column => row[column]);
      insert.run(...values.map(value => (Array.isArray(value) ? JSON.stringify(value) : value) as string));
    }
  }
  sqlite.run("commit");
  await sql.close();
  await database.drop();
}

const TASKS = [
  ...["byKey", "filtered", "secondPage", "nested", "addAlbum, invalid", "addAlbum", "upsert"],
  ...["insertTracks", "setTier", "perGenre", "bestGenres"],
];

/** The results of the tasks with sqlite-utils. SQLite has no serialization failures, so no attempts are counted. */
export async function sqliteResults(): Promise<Results> {
  const python = pythonWithSqliteUtils();
  if (python === undefined)
    throw new Error("install sqlite-utils, or name the Python that has it in ROWFN_PYTHON");
  const directory = mkdtempSync(join(tmpdir(), "rowfn-sqlite-"));
  const path = join(directory, "music.db");
  try {
    await fill(path);
    const child = Bun.spawn([python, join(import.meta.dir, "sqlite_utils_tasks.py"), path], {
      stdin: new Blob([JSON.stringify(INPUT)]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    if ((await child.exited) !== 0) throw new Error(errors);
    const lines = output
      .trim()
      .split("\n")
      .map(line => JSON.parse(line) as unknown);
    const results = Object.fromEntries(TASKS.map((task, index) => [task, lines[index] ?? undefined]));
    return common({ ...results, "stored tracks": storedTracks(path) });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function storedTracks(path: string): readonly unknown[] {
  using sqlite = new Database(path);
  const rows = sqlite
    .query(
      "select name, album_id, media_type_id, composer, milliseconds, unit_price, tags from track where name like 'new %' order by milliseconds",
    )
    .all() as readonly { readonly tags: string }[];
  return rows.map(row => ({ ...row, tags: JSON.parse(row.tags) as unknown }));
}
