import { SQL } from "bun";
import { asc, eq, gt, lte, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sql";
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  integer,
  numeric,
  pgTable,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { type Adapter, batches, POOL, pageKeys } from "../adapter.ts";
import { COLUMNS } from "./statements.ts";

// Drizzle's jsonb column stores objects as JSON strings with this driver.
const jsonb = customType<{ data: unknown }>({
  dataType: () => "jsonb",
  toDriver: value => sql`${JSON.stringify(value)}::text::jsonb`,
});

const columns = () => ({
  id: bigint({ mode: "number" }).primaryKey(),
  amount: integer().notNull(),
  name: text().notNull(),
  price: numeric({ precision: 10, scale: 2 }).notNull(),
  tags: text().array().notNull(),
  doc: jsonb().notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
});
const line = pgTable("line", columns());
const target = pgTable("target", columns());
const plain = pgTable("plain", {
  id: integer().primaryKey(),
  kind: integer().notNull(),
  name: text().notNull(),
  note: text(),
  ratio: doublePrecision().notNull(),
  flag: boolean().notNull(),
});
const entry = pgTable("entry", {
  id: integer().primaryKey(),
  amount: integer().notNull(),
  name: text().notNull(),
  note: text(),
  price: numeric({ precision: 10, scale: 2 }).notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
});
const artist = pgTable("artist", { id: integer().primaryKey(), name: text().notNull() });
const album = pgTable("album", {
  id: integer().primaryKey(),
  artist_id: integer().notNull(),
  title: text().notNull(),
});
const track = pgTable("track", {
  id: integer().primaryKey(),
  album_id: integer().notNull(),
  name: text().notNull(),
  media_type_id: integer().notNull(),
  genre_id: integer(),
  composer: text(),
  milliseconds: integer().notNull(),
  bytes: integer(),
  price: numeric({ precision: 10, scale: 2 }).notNull(),
});
const schema = {
  artist,
  album,
  track,
  artistAlbums: relations(artist, ({ many }) => ({ album: many(album) })),
  albumTracks: relations(album, ({ many, one }) => ({
    artist: one(artist, { fields: [album.artist_id], references: [artist.id] }),
    track: many(track),
  })),
  trackAlbum: relations(track, ({ one }) => ({
    album: one(album, { fields: [track.album_id], references: [album.id] }),
  })),
};

const conflict = {
  target: target.id,
  set: Object.fromEntries(COLUMNS.slice(1).map(name => [name, sql.raw(`excluded.${name}`)])),
};

export async function open(url: string): Promise<Adapter> {
  const client = new SQL(url, { max: POOL });
  const db = drizzle({ client, schema });
  const get = db
    .select()
    .from(line)
    .where(eq(line.id, sql.placeholder("id")))
    .prepare("get");
  return {
    get: async id => (await get.execute({ id }))[0],
    filtered: async amount =>
      await db.select().from(line).where(eq(line.amount, amount)).orderBy(line.id).limit(50),
    count: amount => db.$count(line, eq(line.amount, amount)),
    insertOne: async row =>
      (
        await db
          .insert(target)
          .values(row as never)
          .returning()
      )[0],
    updateOne: async (id, name) =>
      (await db.update(target).set({ name }).where(eq(target.id, id)).returning())[0],
    upsertOne: async row =>
      (
        await db
          .insert(target)
          .values(row as never)
          .onConflictDoUpdate(conflict)
          .returning()
      )[0],
    deleteOne: async id => (await db.delete(target).where(eq(target.id, id)).returning())[0],
    insertMany: rows =>
      db.transaction(async tx => {
        for (const part of batches(rows)) await tx.insert(target).values(part as never);
      }),
    upsertMany: rows =>
      db.transaction(async tx => {
        for (const part of batches(rows))
          await tx
            .insert(target)
            .values(part as never)
            .onConflictDoUpdate(conflict);
      }),
    fetch: async (table, upTo) =>
      table === "line"
        ? await db.select().from(line).where(lte(line.id, upTo))
        : await db.select().from(plain).where(lte(plain.id, upTo)),
    nested: async upTo =>
      await db.query.artist.findMany({
        where: lte(artist.id, upTo),
        orderBy: asc(artist.id),
        with: { album: { orderBy: asc(album.id), with: { track: { orderBy: asc(track.id) } } } },
      }),
    serverReads: async pages => ({
      artist: async id =>
        await db.query.artist.findFirst({
          where: eq(artist.id, id),
          with: { album: { orderBy: asc(album.id), with: { track: { orderBy: asc(track.id) } } } },
        }),
      pages: pageKeys(pages).map(
        after => async () =>
          await db.select().from(entry).where(gt(entry.id, after)).orderBy(entry.id).limit(50),
      ),
    }),
    close: () => client.close({ timeout: 5 }),
  };
}
