/** The SQL of the adapters without a query builder. */
export const COLUMNS = ["id", "amount", "name", "price", "tags", "doc", "at"] as const;

const UPDATE = COLUMNS.slice(1)
  .map(name => `${name} = excluded.${name}`)
  .join(", ");

export const ON_CONFLICT: string = `on conflict (id) do update set ${UPDATE}`;

export const TEXT = {
  get: "select * from line where id = $1",
  filtered: "select * from line where amount = $1 order by id limit 50",
  count: "select count(*) as count from line where amount = $1",
  update: "update target set name = $1 where id = $2 returning *",
  delete: "delete from target where id = $1 returning *",
  fetch: { line: "select * from line where id <= $1", plain: "select * from plain where id <= $1" },
} as const;

/** Reads three levels in one statement, for libraries without nested reads. */
export const NESTED_JSON = `select artist.id, artist.name, coalesce((
    select json_agg(json_build_object('id', album.id, 'artist_id', album.artist_id, 'title', album.title, 'track', coalesce((
      select json_agg(track order by track.id) from track where track.album_id = album.id), '[]')) order by album.id)
    from album where album.artist_id = artist.id), '[]') as album
  from artist where artist.id <= $1 order by artist.id`;
