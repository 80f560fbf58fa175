import { SQL } from "bun";
import {
  columnsInfo,
  connect,
  count,
  desc,
  describeHandle,
  get,
  getMany,
  groupBy,
  gt,
  pkCols,
  rowsWhere,
  type Statement,
  tableNames,
  viewNames,
} from "rowfn";
import { startPostgres } from "rowfn/testing";
import { MUSIC_STORE_SQL } from "./music-store.ts";

function heading(text: string): void {
  console.log(`\n\x1b[1m${text}\x1b[0m`);
}

function onStatement({ text, params }: Statement): void {
  console.log(`  \x1b[2msent\x1b[0m ${text}  \x1b[2m${JSON.stringify(params)}\x1b[0m`);
}

/** Runs the first examples of the README on the music store. */
async function demo(url: string): Promise<void> {
  const { sql, schema } = await connect(url, { max: 2 });
  console.log(
    `Connected to ${describeHandle(sql)}, PostgreSQL ${Math.floor(schema.serverVersionNum / 10_000)}`,
  );

  heading("tableNames(schema), viewNames(schema)");
  console.log(`  ${tableNames(schema).join(", ")}\n  ${viewNames(schema).join(", ")}`);

  heading('columnsInfo(schema, "track"), pkCols(schema, "playlist_track")');
  const columns = Object.values(columnsInfo(schema, "track"));
  console.log(
    Bun.inspect.table(
      columns.map(({ name, type, notNull, default: value }) => ({
        name,
        type,
        notNull,
        default: value ?? "",
      })),
    ),
  );
  console.log(`  primary key of playlist_track: ${pkCols(schema, "playlist_track").join(", ")}`);

  heading('rowsWhere(sql, schema, "track", { where: { milliseconds: gt(380_000) }, orderBy: "name", ... })');
  const select = ["track_id", "name", "milliseconds", "unit_price", "tags"] as const;
  const long = await rowsWhere(sql, schema, "track", {
    where: { milliseconds: gt(380_000) },
    select,
    orderBy: ["name", desc("milliseconds")],
    limit: 5,
    onStatement,
  });
  console.log(Bun.inspect.table(long));

  heading('get(sql, schema, "customer", 7)');
  console.log(await get(sql, schema, "customer", 7, { onStatement }));

  heading('getMany(sql, schema, "genre", [12, 99, 1])');
  console.log(await getMany(sql, schema, "genre", [12, 99, 1], { onStatement }));

  heading('count(sql, schema, "customer", { where: { tier: "pro" } })');
  console.log(`  ${await count(sql, schema, "customer", { where: { tier: "pro" }, onStatement })}`);

  heading(
    'groupBy(sql, schema, "track", "genre_id", { aggregates: { tracks: "count", longest: { max: "milliseconds" } } })',
  );
  const genres = await groupBy(sql, schema, "track", "genre_id", {
    aggregates: { tracks: "count", longest: { max: "milliseconds" } },
    orderBy: desc("longest"),
    limit: 3,
    onStatement,
  });
  console.log(Bun.inspect.table(genres));

  heading("A misspelled column, found before anything is sent");
  await rowsWhere(sql, schema, "track", { where: { miliseconds: 1 } }).catch((error: Error) =>
    console.log(`  ${error.name}: ${error.message}`),
  );
  await sql.close({ timeout: 5 });
}

/** Runs a function with a temporary music store database. */
async function withMusicStore(server: string, run: (url: string) => Promise<void>): Promise<void> {
  const name = `rowfn_demo_${crypto.randomUUID().slice(0, 8)}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const admin = new SQL(server, { max: 1 });
  await admin.unsafe(`create database ${name}`);
  try {
    const sql = new SQL(url, { max: 1, database: name });
    await sql.unsafe(MUSIC_STORE_SQL);
    await sql.close({ timeout: 5 });
    await run(String(url));
  } finally {
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.close({ timeout: 5 });
  }
}

const given = process.env["DATABASE_URL"];
if (given) {
  await withMusicStore(given, demo);
} else {
  const server = await startPostgres();
  try {
    await withMusicStore(server.url, demo);
  } finally {
    await server.stop();
  }
}
