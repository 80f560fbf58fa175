// A server that knows its tables without reading the catalog; docs/deploying.md makes it one file that starts quickly.
import { SQL } from "bun";
import { EXACT_SETTINGS, getOrThrow } from "rowfn";
import { keySchema, problem, respond } from "rowfn/http";
import * as v from "valibot";
import { schema } from "../music-store/database.ts";

const sql = new SQL({ url: process.env["DATABASE_URL"]!, connection: EXACT_SETTINGS });
const key = keySchema(schema, "track");

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env["PORT"] ?? 3000),
  routes: {
    "/track/:id": async request =>
      respond(request, await getOrThrow(sql, schema, "track", v.parse(key, request.params.id))),
  },
  error: error => problem(error),
});

process.once("SIGTERM", async () => {
  await server.stop(); // after the requests that it has begun
  await sql.close();
});
console.log(`${server.url}track/1`);
