import { SQL } from "bun";
import { and, asc, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sql";
import { bigint, integer, numeric, pgTable, text } from "drizzle-orm/pg-core";
import { Hono } from "hono";
import * as v from "valibot";

const track = pgTable("track", {
  track_id: integer().primaryKey(),
  name: text().notNull(),
  album_id: integer().notNull(),
  genre_id: integer(),
  composer: text(),
  milliseconds: integer().notNull(),
  bytes: bigint({ mode: "number" }),
  unit_price: numeric({ precision: 10, scale: 2 }).notNull(),
});
const db = drizzle({ client: new SQL(process.env["DATABASE_URL"]!, { max: 10 }) });
const Integer = v.pipe(v.string(), v.regex(/^-?\d{1,10}$/), v.transform(Number), v.integer());
const Query = v.strictObject({
  genre_id: Integer,
  limit: v.optional(v.pipe(Integer, v.minValue(1), v.maxValue(100)), "50"),
  after: v.optional(Integer, "0"),
});

const app = new Hono();
app.get("/track/:key", async context => {
  const id = v.safeParse(Integer, context.req.param("key"));
  if (!id.success) return context.json({ title: "Bad Request", status: 400 }, 400);
  const [row] = await db.select().from(track).where(eq(track.track_id, id.output));
  return row === undefined ? context.json({ title: "Not Found", status: 404 }, 404) : context.json(row);
});
app.get("/track", async context => {
  const query = v.safeParse(Query, context.req.query());
  if (!query.success) return context.json({ title: "Bad Request", status: 400 }, 400);
  const { genre_id, limit, after } = query.output;
  const where = and(eq(track.genre_id, genre_id), gt(track.track_id, after));
  const rows = await db
    .select()
    .from(track)
    .where(where)
    .orderBy(asc(track.track_id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  if (rows.length > limit)
    context.header(
      "link",
      `</track?genre_id=${genre_id}&limit=${limit}&after=${page.at(-1)!.track_id}>; rel="next"`,
    );
  return context.json(page);
});
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
console.log(server.url.origin);
