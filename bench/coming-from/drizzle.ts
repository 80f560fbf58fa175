// #region imports
import { SQL } from "bun";
import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  lt,
  max,
  or,
  relations,
  sql,
  sum,
} from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sql";
import { char, date, integer, numeric, pgEnum, pgTable, text, varchar } from "drizzle-orm/pg-core";
import { createInsertSchema } from "drizzle-valibot";
import * as v from "valibot";
// #endregion
import type { NewTrack, Tasks } from "./tasks.ts";

// #region tables
const tier = pgEnum("customer_tier", ["free", "plus", "pro"]);
const artist = pgTable("artist", {
  artist_id: integer().primaryKey().generatedByDefaultAsIdentity(),
  name: text().notNull(),
  country: char({ length: 2 }),
});
const album = pgTable("album", {
  album_id: integer().primaryKey().generatedByDefaultAsIdentity(),
  title: varchar({ length: 160 }).notNull(),
  artist_id: integer().notNull(),
  released_on: date(),
});
const genre = pgTable("genre", { genre_id: integer().primaryKey(), name: text().notNull() });
const track = pgTable("track", {
  track_id: integer().primaryKey().generatedByDefaultAsIdentity(),
  name: varchar({ length: 200 }).notNull(),
  album_id: integer().notNull(),
  media_type_id: integer().notNull(),
  genre_id: integer(),
  composer: varchar({ length: 220 }),
  milliseconds: integer().notNull(),
  unit_price: numeric({ precision: 10, scale: 2 }).notNull().default("0.99"),
  tags: text().array().notNull().default([]),
});
const customer = pgTable("customer", { customer_id: integer().primaryKey(), tier: tier().notNull() });
const invoice = pgTable("invoice", {
  invoice_id: integer().primaryKey(),
  customer_id: integer().notNull(),
  total: numeric({ precision: 10, scale: 2 }).notNull(),
});
const artistRelations = relations(artist, ({ many }) => ({ album: many(album) }));
const albumRelations = relations(album, ({ one, many }) => ({
  artist: one(artist, { fields: [album.artist_id], references: [artist.artist_id] }),
  track: many(track),
}));
const trackRelations = relations(track, ({ one }) => ({
  album: one(album, { fields: [track.album_id], references: [album.album_id] }),
}));
// #endregion

export async function open(url: string): Promise<Tasks> {
  // #region connect
  const client = new SQL(url);
  const tables = { artist, album, track, artistRelations, albumRelations, trackRelations };
  const db = drizzle({ client, schema: tables });
  // #endregion
  return {
    async byKey() {
      // #region byKey
      const [found] = await db.select().from(artist).where(eq(artist.artist_id, 7));
      // #endregion
      return found;
    },
    async filtered() {
      // #region filtered
      const tracks = await db
        .select({ name: track.name, milliseconds: track.milliseconds })
        .from(track)
        .where(and(eq(track.genre_id, 1), gt(track.milliseconds, 300_000)))
        .orderBy(desc(track.milliseconds))
        .limit(3);
      // #endregion
      return tracks;
    },
    async secondPage() {
      // #region secondPage
      const pageAfter = (last?: { track_id: number; milliseconds: number }) =>
        db
          .select({ track_id: track.track_id, milliseconds: track.milliseconds })
          .from(track)
          .where(
            last &&
              or(
                lt(track.milliseconds, last.milliseconds),
                and(eq(track.milliseconds, last.milliseconds), lt(track.track_id, last.track_id)),
              ),
          )
          .orderBy(desc(track.milliseconds), desc(track.track_id))
          .limit(3);
      const first = await pageAfter();
      const second = await pageAfter(first.at(-1));
      // #endregion
      return second;
    },
    async nested() {
      // #region nested
      const found = await db.query.artist.findFirst({
        where: eq(artist.artist_id, 1),
        columns: { name: true },
        with: {
          album: {
            columns: { title: true },
            orderBy: asc(album.album_id),
            limit: 2,
            with: { track: { columns: { name: true }, orderBy: asc(track.track_id), limit: 2 } },
          },
        },
      });
      // #endregion
      return found;
    },
    async addAlbum(input) {
      // #region addAlbum
      const result = v.safeParse(createInsertSchema(album), input);
      if (!result.success) return result.issues.map(issue => v.getDotPath(issue));
      const [row] = await db.insert(album).values(result.output).returning();
      return row;
      // #endregion
    },
    async upsert() {
      // #region upsert
      const [row] = await db
        .insert(genre)
        .values({ genre_id: 1, name: "Ambient music" })
        .onConflictDoUpdate({ target: genre.genre_id, set: { name: sql`excluded.name` } })
        .returning();
      // #endregion
      return row;
    },
    async insertTracks(tracks: readonly NewTrack[]) {
      // #region insertTracks
      const columns = Object.keys(getTableColumns(track)).length;
      const size = Math.floor(65_535 / columns); // the parameters of one statement
      await db.transaction(async tx => {
        for (let at = 0; at < tracks.length; at += size)
          await tx.insert(track).values(tracks.slice(at, at + size));
      });
      // #endregion
    },
    async setTier() {
      // #region setTier
      const changeTier = () =>
        db.transaction(
          async tx => {
            const [spent] = await tx
              .select({ total: sum(invoice.total) })
              .from(invoice)
              .where(eq(invoice.customer_id, 7));
            const [row] = await tx
              .update(customer)
              .set({ tier: Number(spent?.total) > 20 ? "pro" : "plus" })
              .where(eq(customer.customer_id, 7))
              .returning({ tier: customer.tier });
            return row;
          },
          { isolationLevel: "serializable" },
        );
      const repeat = async (retries: number): ReturnType<typeof changeTier> => {
        try {
          return await changeTier();
        } catch (error) {
          const state = (error as { cause?: { errno?: string } }).cause?.errno;
          if (retries === 0 || (state !== "40001" && state !== "40P01")) throw error;
          return await repeat(retries - 1);
        }
      };
      const changed = await repeat(3);
      // #endregion
      return changed;
    },
    async perGenre() {
      // #region perGenre
      const genres = await db
        .select({ genre_id: track.genre_id, tracks: count(), longest: max(track.milliseconds) })
        .from(track)
        .groupBy(track.genre_id)
        .having(gt(count(), 250))
        .orderBy(track.genre_id);
      // #endregion
      return genres;
    },
    async bestGenres(country) {
      // #region bestGenres
      const genres = await db.execute<{ genre: string; revenue: string }>(
        sql`select genre.name as genre, sum(line.unit_price * quantity) as revenue
          from invoice_line line join invoice using (invoice_id) join track using (track_id) join genre using (genre_id)
          where billing_country = ${country} group by genre.name order by revenue desc, genre limit 3`,
      );
      // #endregion
      return genres;
    },
    close: () => client.close(),
  };
}
