import type { SQL } from "bun";
import type { Line } from "./adapter.ts";

// `bun run bench --once` sets it, so that a test does not wait for large tables.
const MAX_ROWS = Number(process.env["ROWFN_BENCH_MAX_ROWS"] ?? Number.POSITIVE_INFINITY);

const atMost = (count: number, atLeast = 0): number => Math.min(count, Math.max(MAX_ROWS, atLeast));

export const ROWS: number = atMost(100_000);
const TRACKS = atMost(3_503);

const TABLES = `
  create table line (id int8 primary key, amount int4 not null, name text not null, price numeric(10, 2) not null,
    tags text[] not null, doc jsonb not null, at timestamptz not null);
  create table plain (id int4 primary key, kind int4 not null, name text not null, note text, ratio float8 not null, flag bool not null);
  create table artist (id int4 primary key, name text not null);
  create table album (id int4 primary key, artist_id int4 not null references artist, title text not null);
  create table track (id int4 primary key, album_id int4 not null references album, name text not null, media_type_id int4 not null,
    genre_id int4, composer text, milliseconds int4 not null, bytes int4, price numeric(10, 2) not null);
`;

const SOURCE = `select i, i % 1000, 'line ' || i, (i % 1000) + 0.25, array['a', 'b' || i % 7],
  jsonb_build_object('a', i, 'b', 'text ' || i), to_timestamp(1700000000 + i)`;

const INDEXES = `
  create index on line (amount);
  create index on album (artist_id);
  create index on track (album_id);
  create table target (like line including all) with (autovacuum_enabled = false);
`;

/** Creates tables with `ROWS` rows to read, an empty table to write, and as many artists, albums and tracks as Chinook. */
export async function createData(sql: SQL): Promise<void> {
  await sql.unsafe(TABLES);
  await sql.unsafe(`insert into line ${SOURCE} from generate_series(1, ${ROWS}) i`);
  await sql.unsafe(`insert into plain select i, i % 100, 'row ' || i, case when i % 3 > 0 then 'a note of some words' end, i / 7.0, i % 2 = 0
    from generate_series(1, ${ROWS}) i`);
  await sql.unsafe("insert into artist select i, 'artist ' || i from generate_series(1, 275) i");
  await sql.unsafe(
    "insert into album select i, 1 + i * 274 / 347, 'album ' || i from generate_series(1, 347) i",
  );
  await sql.unsafe(
    `insert into track select i, 1 + i * 346 / ${TRACKS}, 'The song of evening ' || i, 1 + i % 5, i % 25, case when i % 4 > 0 then 'First Composer, Second Writer ' || i % 500 end,
      200000 + i * 7, 5000000 + i * 1000, 0.99 + i % 2 from generate_series(1, ${TRACKS}) i`,
  );
  await sql.unsafe(INDEXES);
  await sql.unsafe("vacuum analyze");
}

/** Creates a table with a million rows for the pages of the server benchmark. */
export async function createEntries(sql: SQL): Promise<void> {
  await sql.unsafe(`create table entry (id int4 primary key, amount int4 not null, name text not null, note text,
      price numeric(10, 2) not null, at timestamptz not null);
    insert into entry select i, i % 1000, 'entry ' || i, case when i % 3 > 0 then 'a note of some words' end,
      (i % 1000) + 0.25, to_timestamp(1700000000 + i) from generate_series(1, ${atMost(1_000_000)}) i`);
  await sql.unsafe("vacuum analyze entry");
}

/** Truncates the written table and inserts rows with keys 1 to `rows`. */
export async function refill(sql: SQL, rows: number): Promise<void> {
  await sql.unsafe("truncate target");
  if (rows > 0) await sql.unsafe(`insert into target ${SOURCE} from generate_series(1, ${atMost(rows)}) i`);
}

/** Returns rows to write; `atLeast` of them also if tables are small. */
export function lines(count: number, atLeast = 0): Line[] {
  return Array.from({ length: atMost(count, atLeast) }, (_, index) => ({
    id: index + 1,
    amount: index % 500,
    name: `new ${index}`,
    price: `${index % 900}.75`,
    tags: ["x", `y ${index % 5}`],
    doc: { a: index, b: `doc ${index}` },
    at: new Date(1_750_000_000_000 + index * 1000),
  }));
}

/** The rows of `lines` as CSV. */
export function csvLines(count: number): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = lines(count).map(({ id, amount, name, price, tags, doc, at }) =>
    [
      id,
      amount,
      name,
      price,
      quote(`{${tags.map(tag => `"${tag}"`).join(",")}}`),
      quote(JSON.stringify(doc)),
      at.toISOString(),
    ].join(","),
  );
  return `id,amount,name,price,tags,doc,at\n${rows.join("\n")}\n`;
}
