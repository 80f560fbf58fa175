import { type InsertQueryBuilder, Kysely, PostgresDialect } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import pg from "pg";
import { type Adapter, batches, type Line, POOL, pageKeys } from "../adapter.ts";
import { COLUMNS } from "./statements.ts";

type Stored = Record<(typeof COLUMNS)[number], unknown>;

interface Database {
  line: Stored;
  target: Stored;
  plain: { id: number };
  entry: { id: number };
  artist: { id: number; name: string };
  album: { id: number; artist_id: number; title: string };
  track: {
    id: number;
    album_id: number;
    name: string;
    media_type_id: number;
    genre_id: number | null;
    composer: string | null;
    milliseconds: number;
    bytes: number | null;
    price: string;
  };
}

type Insert = InsertQueryBuilder<Database, "target", never>;

const upserted = (insert: Insert): Insert =>
  insert.onConflict(conflict =>
    conflict
      .column("id")
      .doUpdateSet(excluded =>
        Object.fromEntries(COLUMNS.slice(1).map(name => [name, excluded.ref(`excluded.${name}`)])),
      ),
  ) as never;

const artists = (db: Kysely<Database>) =>
  db
    .selectFrom("artist")
    .selectAll()
    .select(artist => [
      jsonArrayFrom(
        artist
          .selectFrom("album")
          .selectAll()
          .select(album => [
            jsonArrayFrom(
              album.selectFrom("track").selectAll().whereRef("track.album_id", "=", "album.id").orderBy("id"),
            ).as("track"),
          ])
          .whereRef("album.artist_id", "=", "artist.id")
          .orderBy("id"),
      ).as("album"),
    ]);

export async function open(url: string): Promise<Adapter> {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const insert = (on: Kysely<Database>, lines: readonly Line[]): Insert =>
    on.insertInto("target").values(lines as never) as never;
  const inParts = (lines: readonly Line[], query: (insert: Insert) => Insert) =>
    db.transaction().execute(async tx => {
      for (const part of batches(lines)) await query(insert(tx, part)).execute();
    });
  return {
    get: id => db.selectFrom("line").selectAll().where("id", "=", id).executeTakeFirst(),
    filtered: amount =>
      db.selectFrom("line").selectAll().where("amount", "=", amount).orderBy("id").limit(50).execute(),
    count: async amount => {
      const query = db.selectFrom("line").select(builder => builder.fn.countAll().as("count"));
      return Number((await query.where("amount", "=", amount).executeTakeFirstOrThrow()).count);
    },
    insertOne: line => insert(db, [line]).returningAll().executeTakeFirst(),
    updateOne: (id, name) =>
      db.updateTable("target").set({ name }).where("id", "=", id).returningAll().executeTakeFirst(),
    upsertOne: line =>
      upserted(insert(db, [line]))
        .returningAll()
        .executeTakeFirst(),
    deleteOne: id => db.deleteFrom("target").where("id", "=", id).returningAll().executeTakeFirst(),
    insertMany: lines => inParts(lines, query => query),
    upsertMany: lines => inParts(lines, upserted),
    fetch: (table, upTo) =>
      db
        .selectFrom(table as "line")
        .selectAll()
        .where("id", "<=", upTo)
        .execute(),
    nested: upTo => artists(db).where("id", "<=", upTo).orderBy("id").execute(),
    serverReads: async pages => ({
      artist: id => artists(db).where("id", "=", id).executeTakeFirst(),
      pages: pageKeys(pages).map(
        after => () =>
          db.selectFrom("entry").selectAll().where("id", ">", after).orderBy("id").limit(50).execute(),
      ),
    }),
    close: () => db.destroy(),
  };
}
