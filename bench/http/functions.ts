import { connect, get, page } from "rowfn";
import { keySchema, problem, querySchema, respond } from "rowfn/http";
import * as v from "valibot";

const { sql, schema } = await connect(process.env["DATABASE_URL"]!, { max: 10 });
const query = querySchema(schema, "track", { filter: ["genre_id", "name"], limit: 100 });
const key = keySchema(schema, "track");

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/track/:key": async request =>
      respond(request, await get(sql, schema, "track", v.parse(key, request.params.key))),
    "/track": async request =>
      respond(request, await page(sql, schema, "track", v.parse(query, new URL(request.url).searchParams))),
  },
  error: error => problem(error),
});
console.log(server.url.origin);
