// #region imports
import { type Generated, Kysely, PostgresDialect, sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import pg from "pg";
import * as v from "valibot";
// #endregion
import type { NewTrack, Tasks } from "./tasks.ts";

// #region tables
// Usually written by kysely-codegen, which reads the database.
interface Database {
  artist: { artist_id: Generated<number>; name: string; country: string | null };
  album: { album_id: Generated<number>; title: string; artist_id: number; released_on: Date | null };
  genre: { genre_id: number; name: string };
  track: {
    track_id: Generated<number>;
    name: string;
    album_id: number;
    media_type_id: number;
    genre_id: number | null;
    composer: string | null;
    milliseconds: number;
    unit_price: Generated<string>;
    tags: Generated<string[]>;
  };
  customer: { customer_id: Generated<number>; tier: "free" | "plus" | "pro" };
  invoice: { invoice_id: Generated<number>; customer_id: number; total: string };
}
// #endregion

export async function open(url: string): Promise<Tasks> {
  // #region connect
  const pool = new pg.Pool({ connectionString: url });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  // #endregion
  return {
    async byKey() {
      // #region byKey
      const artist = await db.selectFrom("artist").selectAll().where("artist_id", "=", 7).executeTakeFirst();
      // #endregion
      return artist;
    },
    async filtered() {
      // #region filtered
      const tracks = await db
        .selectFrom("track")
        .select(["name", "milliseconds"])
        .where("genre_id", "=", 1)
        .where("milliseconds", ">", 300_000)
        .orderBy("milliseconds", "desc")
        .limit(3)
        .execute();
      // #endregion
      return tracks;
    },
    async secondPage() {
      // #region secondPage
      const base = db
        .selectFrom("track")
        .select(["track_id", "milliseconds"])
        .orderBy("milliseconds", "desc")
        .orderBy("track_id", "desc")
        .limit(3);
      const last = (await base.execute()).at(-1)!;
      const second = await base
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple("milliseconds", "track_id"), "<", tuple(last.milliseconds, last.track_id)),
        )
        .execute();
      // #endregion
      return second;
    },
    async nested() {
      // #region nested
      const artist = await db
        .selectFrom("artist")
        .where("artist_id", "=", 1)
        .select(({ selectFrom }) => [
          "name",
          jsonArrayFrom(
            selectFrom("album")
              .whereRef("album.artist_id", "=", "artist.artist_id")
              .orderBy("album_id")
              .limit(2)
              .select(({ selectFrom }) => [
                "title",
                jsonArrayFrom(
                  selectFrom("track")
                    .whereRef("track.album_id", "=", "album.album_id")
                    .orderBy("track_id")
                    .limit(2)
                    .select("track.name"),
                ).as("track"),
              ]),
          ).as("album"),
        ])
        .executeTakeFirst();
      // #endregion
      return artist;
    },
    async addAlbum(input) {
      // #region addAlbum
      const NewAlbum = v.strictObject({
        title: v.pipe(v.string(), v.maxLength(160)),
        artist_id: v.pipe(v.number(), v.integer()),
      });
      const result = v.safeParse(NewAlbum, input);
      if (!result.success) return result.issues.map(issue => v.getDotPath(issue));
      return await db.insertInto("album").values(result.output).returningAll().executeTakeFirst();
      // #endregion
    },
    async upsert() {
      // #region upsert
      const genre = await db
        .insertInto("genre")
        .values({ genre_id: 1, name: "Ambient music" })
        .onConflict(conflict =>
          conflict.column("genre_id").doUpdateSet({ name: eb => eb.ref("excluded.name") }),
        )
        .returningAll()
        .executeTakeFirst();
      // #endregion
      return genre;
    },
    async insertTracks(tracks: readonly NewTrack[]) {
      // #region insertTracks
      const size = Math.floor(65_535 / 7); // parameters of one statement, columns
      await db.transaction().execute(async tx => {
        for (let at = 0; at < tracks.length; at += size)
          await tx
            .insertInto("track")
            .values(tracks.slice(at, at + size))
            .execute();
      });
      // #endregion
    },
    async setTier() {
      // #region setTier
      const changeTier = () =>
        db
          .transaction()
          .setIsolationLevel("serializable")
          .execute(async tx => {
            const spent = await tx
              .selectFrom("invoice")
              .select(({ fn }) => fn.sum("total").as("total"))
              .where("customer_id", "=", 7)
              .executeTakeFirst();
            return await tx
              .updateTable("customer")
              .set({ tier: Number(spent?.total) > 20 ? "pro" : "plus" })
              .where("customer_id", "=", 7)
              .returning("tier")
              .executeTakeFirst();
          });
      const repeat = async (retries: number): ReturnType<typeof changeTier> => {
        try {
          return await changeTier();
        } catch (error) {
          const state = (error as { code?: string }).code;
          if (retries === 0 || (state !== "40001" && state !== "40P01")) throw error;
          return await repeat(retries - 1);
        }
      };
      const customer = await repeat(3);
      // #endregion
      return customer;
    },
    async perGenre() {
      // #region perGenre
      const genres = await db
        .selectFrom("track")
        .select(({ fn }) => [
          "genre_id",
          fn.countAll<string>().as("tracks"),
          fn.max("milliseconds").as("longest"),
        ])
        .groupBy("genre_id")
        .having(({ fn }) => fn.countAll(), ">", 250)
        .orderBy("genre_id")
        .execute();
      // #endregion
      return genres;
    },
    async bestGenres(country) {
      // #region bestGenres
      const { rows } = await sql<{ genre: string; revenue: string }>`
        select genre.name as genre, sum(line.unit_price * quantity) as revenue
        from invoice_line line join invoice using (invoice_id) join track using (track_id) join genre using (genre_id)
        where billing_country = ${country} group by genre.name order by revenue desc, genre limit 3`.execute(
        db,
      );
      // #endregion
      return rows;
    },
    close: () => db.destroy(),
  };
}
