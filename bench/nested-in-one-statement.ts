import type { SQL } from "bun";

type Row = Record<string, unknown>;
type Cells = readonly unknown[];

const TEXT = `with artists as (select id, name from artist where id <= $1 order by id),
    albums as (select id, artist_id, title from album where artist_id in (select id from artists) order by id)
  select 0, id, name, null::int4, null::int4, null::int4, null::text, null::int4, null::int4, null::numeric from artists
  union all select 1, id, title, artist_id, null, null, null, null, null, null from albums
  union all select * from (select 2, id, name, album_id, media_type_id, genre_id, composer, milliseconds, bytes, price
    from track where album_id in (select id from albums) order by id) tracks`;

/**
 * Hand-written code that reads artists with albums and tracks in one statement, and therefore from one state of the
 * data without a transaction: the limit that rowfn can reach.
 */
export async function nestedInOneStatement(sql: SQL, upTo: number): Promise<readonly Row[]> {
  const result = (await sql.unsafe(TEXT, [upTo]).values()) as readonly Cells[];
  const artists: Row[] = [];
  const albumsOf = new Map<unknown, Row[]>();
  const tracksOf = new Map<unknown, Row[]>();
  for (const [level, id, name, parent, ...track] of result) {
    if (level === 0) artists.push({ id, name, album: listFor(albumsOf, id) });
    else if (level === 1)
      albumsOf.get(parent)!.push({ id, artist_id: parent, title: name, track: listFor(tracksOf, id) });
    else tracksOf.get(parent)!.push(trackRow(id, parent, name, track));
  }
  return artists;
}

function listFor(lists: Map<unknown, Row[]>, id: unknown): Row[] {
  const list: Row[] = [];
  lists.set(id, list);
  return list;
}

function trackRow(id: unknown, album_id: unknown, name: unknown, rest: Cells): Row {
  const [media_type_id, genre_id, composer, milliseconds, bytes, price] = rest;
  return { id, album_id, name, media_type_id, genre_id, composer, milliseconds, bytes, price };
}
