// #region imports
import postgres from "postgres";
import * as v from "valibot";
// #endregion
import type { NewTrack, Tasks } from "./tasks.ts";

// #region tables
// There is no definition of tables; rows have the type that the query names.
interface Artist {
  artist_id: number;
  name: string;
  country: string | null;
}
// #endregion

export async function open(url: string): Promise<Tasks> {
  // #region connect
  const sql = postgres(url);
  // #endregion
  return {
    async byKey() {
      // #region byKey
      const [artist] = await sql<Artist[]>`select * from artist where artist_id = ${7}`;
      // #endregion
      return artist;
    },
    async filtered() {
      // #region filtered
      const tracks = await sql`select name, milliseconds from track
        where genre_id = ${1} and milliseconds > ${300_000} order by milliseconds desc limit 3`;
      // #endregion
      return tracks;
    },
    async secondPage() {
      // #region secondPage
      const pageWhere = (condition: postgres.Fragment) => sql`select track_id, milliseconds from track
        where ${condition} order by milliseconds desc, track_id desc limit 3`;
      const last = (await pageWhere(sql`true`)).at(-1)!;
      const second = await pageWhere(
        sql`(milliseconds, track_id) < (${last["milliseconds"]}, ${last["track_id"]})`,
      );
      // #endregion
      return second;
    },
    async nested() {
      // #region nested
      const [artist] = await sql`
        select name, array(
          select json_build_object('title', title, 'track', array(
            select json_build_object('name', name) from track
            where track.album_id = album.album_id order by track_id limit 2))
          from album where album.artist_id = artist.artist_id order by album_id limit 2) as album
        from artist where artist_id = ${1}`;
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
      const [row] = await sql`insert into album ${sql(result.output)} returning *`;
      return row;
      // #endregion
    },
    async upsert() {
      // #region upsert
      const [genre] = await sql`insert into genre ${sql({ genre_id: 1, name: "Ambient music" })}
        on conflict (genre_id) do update set name = excluded.name returning *`;
      // #endregion
      return genre;
    },
    async insertTracks(tracks: readonly NewTrack[]) {
      // #region insertTracks
      const size = Math.floor(65_533 / 7); // parameters of one statement, columns
      await sql.begin(async tx => {
        for (let at = 0; at < tracks.length; at += size)
          await tx`insert into track ${tx(tracks.slice(at, at + size))}`;
      });
      // #endregion
    },
    async setTier() {
      // #region setTier
      const changeTier = () =>
        sql.begin("isolation level serializable", async tx => {
          const [spent] = await tx`select sum(total) as total from invoice where customer_id = ${7}`;
          const tier = Number(spent?.["total"]) > 20 ? "pro" : "plus";
          const [row] = await tx`update customer set tier = ${tier} where customer_id = ${7} returning tier`;
          return row;
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
      const genres = await sql`select genre_id, count(*) as tracks, max(milliseconds) as longest from track
        group by genre_id having count(*) > 250 order by genre_id`;
      // #endregion
      return genres;
    },
    async bestGenres(country) {
      // #region bestGenres
      const genres = await sql<{ genre: string; revenue: string }[]>`
        select genre.name as genre, sum(line.unit_price * quantity) as revenue
        from invoice_line line join invoice using (invoice_id) join track using (track_id) join genre using (genre_id)
        where billing_country = ${country} group by genre.name order by revenue desc, genre limit 3`;
      // #endregion
      return genres;
    },
    close: () => sql.end(),
  };
}
