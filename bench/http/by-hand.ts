// Hand-written routes with the checks of a careful author. A row has an ETag, as with `crud`.
import { SQL } from "bun";

const sql = new SQL(process.env["DATABASE_URL"]!, { max: 10 });

const invalid = (name: string): Response =>
  Response.json({ title: "Bad Request", status: 400, detail: `${name} is invalid` }, { status: 400 });
const integer = (text: string | null): number | undefined =>
  text !== null && /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : undefined;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/track/:key": async request => {
      const id = integer(request.params.key);
      if (id === undefined) return invalid("key");
      const [row] =
        await sql`select track_id, name, album_id, genre_id, composer, milliseconds, bytes, unit_price,
        xmin::text as state from track where track_id = ${id}`;
      if (row === undefined) return Response.json({ title: "Not Found", status: 404 }, { status: 404 });
      const { state, ...rest } = row;
      const headers = { etag: `"${state}"` };
      if (request.headers.get("if-none-match") === headers.etag)
        return new Response(null, { status: 304, headers });
      return Response.json(rest, { headers });
    },
    "/track": async request => {
      const { searchParams } = new URL(request.url);
      for (const name of searchParams.keys())
        if (!["genre_id", "limit", "after"].includes(name)) return invalid(name);
      const genre = integer(searchParams.get("genre_id"));
      const limit = integer(searchParams.get("limit") ?? "50");
      const after = integer(searchParams.get("after") ?? "-1");
      if (genre === undefined) return invalid("genre_id");
      if (limit === undefined || limit < 1 || limit > 100) return invalid("limit");
      if (after === undefined) return invalid("after");
      const rows = searchParams.has("after")
        ? await sql`select track_id, name, album_id, genre_id, composer, milliseconds, bytes, unit_price
          from track where genre_id = ${genre} and track_id > ${after} order by track_id limit ${limit + 1}`
        : await sql`select track_id, name, album_id, genre_id, composer, milliseconds, bytes, unit_price
          from track where genre_id = ${genre} order by track_id limit ${limit + 1}`;
      const page = [...rows].slice(0, limit);
      const more = rows.length > limit;
      const next = `/track?genre_id=${genre}&limit=${limit}&after=${page.at(-1)?.track_id}`;
      return Response.json(page, more ? { headers: { link: `<${next}>; rel="next"` } } : {});
    },
  },
});
console.log(server.url.origin);
