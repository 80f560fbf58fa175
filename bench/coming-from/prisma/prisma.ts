// #region imports
import { PrismaPg } from "@prisma/adapter-pg";
import * as v from "valibot";
// #endregion
import type { NewTrack, Tasks } from "../tasks.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export async function open(url: string): Promise<Tasks> {
  // #region connect
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  // #endregion
  return {
    async byKey() {
      // #region byKey
      const artist = await prisma.artist.findUnique({ where: { artist_id: 7 } });
      // #endregion
      return artist;
    },
    async filtered() {
      // #region filtered
      const tracks = await prisma.track.findMany({
        select: { name: true, milliseconds: true },
        where: { genre_id: 1, milliseconds: { gt: 300_000 } },
        orderBy: { milliseconds: "desc" },
        take: 3,
      });
      // #endregion
      return tracks;
    },
    async secondPage() {
      // #region secondPage
      const options = {
        select: { track_id: true, milliseconds: true },
        orderBy: [{ milliseconds: "desc" }, { track_id: "desc" }],
        take: 3,
      } satisfies Prisma.trackFindManyArgs;
      const first = await prisma.track.findMany(options);
      const cursor = { track_id: first.at(-1)!.track_id };
      const second = await prisma.track.findMany({ ...options, cursor, skip: 1 });
      // #endregion
      return second;
    },
    async nested() {
      // #region nested
      const artist = await prisma.artist.findUnique({
        where: { artist_id: 1 },
        select: {
          name: true,
          album: {
            orderBy: { album_id: "asc" },
            take: 2,
            select: { title: true, track: { select: { name: true }, orderBy: { track_id: "asc" }, take: 2 } },
          },
        },
      });
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
      return await prisma.album.create({ data: result.output });
      // #endregion
    },
    async upsert() {
      // #region upsert
      const genre = await prisma.genre.upsert({
        where: { genre_id: 1 },
        create: { genre_id: 1, name: "Ambient music" },
        update: { name: "Ambient music" },
      });
      // #endregion
      return genre;
    },
    async insertTracks(tracks: readonly NewTrack[]) {
      // #region insertTracks
      await prisma.track.createMany({ data: [...tracks] });
      // #endregion
    },
    async setTier() {
      // #region setTier
      const changeTier = () =>
        prisma.$transaction(
          async tx => {
            const spent = await tx.invoice.aggregate({ where: { customer_id: 7 }, _sum: { total: true } });
            return await tx.customer.update({
              where: { customer_id: 7 },
              data: { tier: Number(spent._sum.total) > 20 ? "pro" : "plus" },
              select: { tier: true },
            });
          },
          { isolationLevel: "Serializable" },
        );
      const repeat = async (retries: number): ReturnType<typeof changeTier> => {
        try {
          return await changeTier();
        } catch (error) {
          const isConflict = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2034";
          if (retries === 0 || !isConflict) throw error;
          return await repeat(retries - 1);
        }
      };
      const customer = await repeat(3);
      // #endregion
      return customer;
    },
    async perGenre() {
      // #region perGenre
      const groups = await prisma.track.groupBy({
        by: "genre_id",
        _count: { _all: true },
        _max: { milliseconds: true },
        having: { track_id: { _count: { gt: 250 } } },
        orderBy: { genre_id: "asc" },
      });
      const genres = groups.map(({ genre_id, _count, _max }) => ({
        genre_id,
        tracks: _count._all,
        longest: _max.milliseconds,
      }));
      // #endregion
      return genres;
    },
    async bestGenres(country) {
      // #region bestGenres
      const genres = await prisma.$queryRaw<{ genre: string; revenue: Prisma.Decimal }[]>`
        select genre.name as genre, sum(line.unit_price * quantity) as revenue
        from invoice_line line join invoice using (invoice_id) join track using (track_id) join genre using (genre_id)
        where billing_country = ${country} group by genre.name order by revenue desc, genre limit 3`;
      // #endregion
      return genres;
    },
    close: () => prisma.$disconnect(),
  };
}
