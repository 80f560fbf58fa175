// #region imports
import {
  connect,
  desc,
  expr,
  get,
  groupBy,
  gt,
  insert,
  insertMany,
  insertSchema,
  page,
  q,
  rowsWhere,
  transaction,
  update,
  upsert,
} from "rowfn";
import * as v from "valibot";
// #endregion
// #region tables
// `bunx rowfn generate --out database.ts` has written the tables' types.
import { schema } from "../../examples/music-store/database.ts";
// #endregion
import type { NewTrack, Tasks } from "./tasks.ts";

export async function open(url: string): Promise<Tasks> {
  // #region connect
  const { sql } = await connect(url);
  // #endregion
  return {
    async byKey() {
      // #region byKey
      const artist = await get(sql, schema, "artist", 7);
      // #endregion
      return artist;
    },
    async filtered() {
      // #region filtered
      const tracks = await rowsWhere(sql, schema, "track", {
        select: ["name", "milliseconds"],
        where: { genre_id: 1, milliseconds: gt(300_000) },
        orderBy: desc("milliseconds"),
        limit: 3,
      });
      // #endregion
      return tracks;
    },
    async secondPage() {
      // #region secondPage
      const options = {
        select: ["track_id", "milliseconds"],
        orderBy: [desc("milliseconds"), desc("track_id")],
        limit: 3,
      } as const;
      const first = await page(sql, schema, "track", options);
      const second = await page(sql, schema, "track", { ...options, after: first.next });
      // #endregion
      return second.rows;
    },
    async nested() {
      // #region nested
      const artist = await get(sql, schema, "artist", 1, {
        select: ["name"],
        include: {
          album: {
            select: ["title"],
            orderBy: "album_id",
            limit: 2,
            include: { track: { select: ["name"], orderBy: "track_id", limit: 2 } },
          },
        },
      });
      // #endregion
      return artist;
    },
    async addAlbum(input) {
      // #region addAlbum
      const result = v.safeParse(insertSchema(schema, "album"), input);
      if (!result.success) return result.issues.map(issue => v.getDotPath(issue));
      return await insert(sql, schema, "album", result.output);
      // #endregion
    },
    async upsert() {
      // #region upsert
      const genre = await upsert(sql, schema, "genre", { genre_id: 1, name: "Ambient music" });
      // #endregion
      return genre;
    },
    async insertTracks(tracks: readonly NewTrack[]) {
      // #region insertTracks
      await insertMany(sql, schema, "track", tracks);
      // #endregion
    },
    async setTier() {
      // #region setTier
      const changeTier = async (tx: Bun.SQL) => {
        const [spent] = await groupBy(tx, schema, "invoice", [], {
          where: { customer_id: 7 },
          aggregates: { total: { sum: "total" } },
        });
        const tier = Number(spent?.total) > 20 ? "pro" : "plus";
        return await update(tx, schema, "customer", { customer_id: 7, tier }, { returning: ["tier"] });
      };
      const customer = await transaction(sql, changeTier, { isolation: "serializable", retries: 3 });
      // #endregion
      return customer;
    },
    async perGenre() {
      // #region perGenre
      const genres = await groupBy(sql, schema, "track", "genre_id", {
        aggregates: { tracks: "count", longest: { max: "milliseconds" } },
        having: { tracks: gt(250) },
        orderBy: "genre_id",
      });
      // #endregion
      return genres;
    },
    async bestGenres(country) {
      // #region bestGenres
      const genres = await q<{ genre: string; revenue: string }>(
        sql,
        schema,
        expr`select genre.name as genre, sum(line.unit_price * quantity) as revenue
          from invoice_line line join invoice using (invoice_id) join track using (track_id) join genre using (genre_id)
          where billing_country = ${country} group by genre.name order by revenue desc, genre limit 3`,
      );
      // #endregion
      return genres;
    },
    close: () => sql.close(),
  };
}
