import { createPool, sql } from "slonik";
import { type Adapter, type Line, POOL } from "../adapter.ts";
import { COLUMNS } from "./statements.ts";

const conflict = sql.fragment`on conflict (id) do update set ${sql.join(
  COLUMNS.slice(1).map(
    name => sql.fragment`${sql.identifier([name])} = ${sql.identifier(["excluded", name])}`,
  ),
  sql.fragment`, `,
)}`;

const literal = (tags: readonly string[]): string =>
  `{${tags.map(tag => `"${tag.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;

const one = ({ id, amount, name, price, tags, doc, at }: Line) =>
  sql.fragment`insert into target values (${id}, ${amount}, ${name}, ${price}, ${sql.array([...tags], "text")}, ${sql.jsonb(doc)}, ${at.toISOString()})`;

// Nested lists are sent as text, because `unnest` would flatten them.
const many = (lines: readonly Line[]) =>
  sql.fragment`insert into target select id, amount, name, price, tags::text[], doc, at from ${sql.unnest(
    lines.map(({ id, amount, name, price, tags, doc, at }) => [
      id,
      amount,
      name,
      price,
      literal(tags),
      JSON.stringify(doc),
      at.toISOString(),
    ]),
    ["int8", "int4", "text", "numeric", "text", "jsonb", "timestamptz"],
  )} as rows (${sql.join(
    COLUMNS.map(name => sql.identifier([name])),
    sql.fragment`, `,
  )})`;

export async function open(url: string): Promise<Adapter> {
  const pool = await createPool(url, { maximumPoolSize: POOL });
  return {
    get: id => pool.maybeOne(sql.unsafe`select * from line where id = ${id}`),
    filtered: amount =>
      pool.any(sql.unsafe`select * from line where amount = ${amount} order by id limit 50`),
    count: async amount =>
      Number(await pool.oneFirst(sql.unsafe`select count(*) from line where amount = ${amount}`)),
    insertOne: line => pool.one(sql.unsafe`${one(line)} returning *`),
    updateOne: (id, name) =>
      pool.maybeOne(sql.unsafe`update target set name = ${name} where id = ${id} returning *`),
    upsertOne: line => pool.one(sql.unsafe`${one(line)} ${conflict} returning *`),
    deleteOne: id => pool.maybeOne(sql.unsafe`delete from target where id = ${id} returning *`),
    insertMany: lines => pool.query(sql.unsafe`${many(lines)}`),
    upsertMany: lines => pool.query(sql.unsafe`${many(lines)} ${conflict}`),
    fetch: (table, upTo) =>
      pool.any(sql.unsafe`select * from ${sql.identifier([table])} where id <= ${upTo}`),
    nested: upTo =>
      pool.any(sql.unsafe`select artist.id, artist.name, coalesce((
        select json_agg(json_build_object('id', album.id, 'artist_id', album.artist_id, 'title', album.title, 'track', coalesce((
          select json_agg(track order by track.id) from track where track.album_id = album.id), '[]')) order by album.id)
        from album where album.artist_id = artist.id), '[]') as album
        from artist where artist.id <= ${upTo} order by artist.id`),
    close: () => pool.end(),
  };
}
