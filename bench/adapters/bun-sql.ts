// Hand-written Bun SQL, the fastest correct code known. It is the reference.
import { SQL } from "bun";
import { type Adapter, type Line, POOL, pageKeys } from "../adapter.ts";
import { ON_CONFLICT, TEXT } from "./statements.ts";

const INSERT = "insert into target values ($1, $2, $3, $4, $5, $6::text::jsonb, $7)";

const values = ({ id, amount, name, price, tags, doc, at }: Line): unknown[] => [
  id,
  amount,
  name,
  price,
  tags,
  JSON.stringify(doc),
  at,
];

const escapeText = (text: string): string => text.replace(/[\\\t\n\r]/g, found => ESCAPES[found]!);
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const element = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

async function copy(sql: SQL, table: string, lines: readonly Line[]): Promise<void> {
  const query = sql.unsafe(`copy ${table} from stdin`);
  const writer = query.writable().getWriter();
  let chunk = "";
  for (const { id, amount, name, price, tags, doc, at } of lines) {
    chunk += `${id}\t${amount}\t${escapeText(name)}\t${price}\t${escapeText(`{${tags.map(element).join(",")}}`)}\t${escapeText(JSON.stringify(doc))}\t${at.toISOString()}\n`;
    if (chunk.length < 64_000) continue;
    await writer.write(chunk);
    chunk = "";
  }
  await writer.write(chunk);
  await writer.close();
  await query;
}

type Row = Record<string, unknown>;

function attach(parents: readonly Row[], children: readonly Row[], key: string, name: string): void {
  const lists = new Map<unknown, Row[]>();
  for (const parent of parents) {
    const list: Row[] = [];
    parent[name] = list;
    lists.set(parent["id"], list);
  }
  for (const child of children) lists.get(child[key])!.push(child);
}

async function nested(sql: SQL, upTo: number): Promise<unknown> {
  const [artists, albums, tracks] = (await sql.begin("isolation level repeatable read read only", tx => [
    tx.unsafe("select * from artist where id <= $1 order by id", [upTo]),
    tx.unsafe("select * from album where artist_id <= $1 order by id", [upTo]),
    tx.unsafe(
      "select track.* from track join album on album.id = album_id where artist_id <= $1 order by track.id",
      [upTo],
    ),
  ])) as unknown as [Row[], Row[], Row[]];
  attach(artists, albums, "artist_id", "album");
  attach(albums, tracks, "album_id", "track");
  return artists;
}

// Reading all levels from one state of the data would need a transaction; three statements are sent together.
async function artist(sql: SQL, id: number): Promise<unknown> {
  const [artists, albums, tracks] = (await Promise.all([
    sql.unsafe("select * from artist where id = $1", [id]),
    sql.unsafe("select * from album where artist_id = $1 order by id", [id]),
    sql.unsafe(
      "select track.* from track join album on album.id = album_id where artist_id = $1 order by track.id",
      [id],
    ),
  ])) as unknown as [Row[], Row[], Row[]];
  attach(artists, albums, "artist_id", "album");
  attach(albums, tracks, "album_id", "track");
  return artists[0];
}

async function upsertMany(sql: SQL, lines: readonly Line[]): Promise<void> {
  await sql.begin(async tx => {
    await tx.unsafe("create temporary table staging (like target) on commit drop");
    await copy(tx, "staging", lines);
    await tx.unsafe(`insert into target select * from staging ${ON_CONFLICT}`);
  });
}

export async function open(url: string): Promise<Adapter> {
  const sql = new SQL(url, { max: POOL });
  return {
    get: async id => (await sql.unsafe(TEXT.get, [id]))[0],
    filtered: async amount => await sql.unsafe(TEXT.filtered, [amount]),
    count: async amount => Number((await sql.unsafe(TEXT.count, [amount]))[0].count),
    insertOne: async line => (await sql.unsafe(`${INSERT} returning *`, values(line)))[0],
    updateOne: async (id, name) => (await sql.unsafe(TEXT.update, [name, id]))[0],
    upsertOne: async line => (await sql.unsafe(`${INSERT} ${ON_CONFLICT} returning *`, values(line)))[0],
    deleteOne: async id => (await sql.unsafe(TEXT.delete, [id]))[0],
    insertMany: lines => copy(sql, "target", lines),
    upsertMany: lines => upsertMany(sql, lines),
    fetch: async (table, upTo) => await sql.unsafe(TEXT.fetch[table], [upTo]),
    nested: upTo => nested(sql, upTo),
    importCsv: async text => {
      const query = sql.unsafe("copy target from stdin (format csv, header)");
      const writer = query.writable().getWriter();
      await writer.write(text);
      await writer.close();
      await query;
    },
    exportCsv: async upTo =>
      await new Response(
        sql.unsafe(`copy (select * from line where id <= ${upTo}) to stdout (format csv, header)`).readable(),
      ).text(),
    serverReads: async pages => ({
      artist: id => artist(sql, id),
      pages: pageKeys(pages).map(
        after => async () =>
          await sql.unsafe("select * from entry where id > $1 order by id limit 50", [after]),
      ),
    }),
    close: () => sql.close({ timeout: 5 }),
  };
}
