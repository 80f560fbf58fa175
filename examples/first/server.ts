import { connect, getOrThrow, insert, insertSchema, page } from "rowfn";
import { keySchema, problem, querySchema, readBody, respond } from "rowfn/http";
import * as v from "valibot";

const { sql, schema } = await connect(process.env["DATABASE_URL"]!);
const query = querySchema(schema, "note", { filter: ["stars"], sort: ["stars"] });
const note = insertSchema(schema, "note");
const id = keySchema(schema, "note");

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env["PORT"] ?? 3000),
  routes: {
    "/note": {
      GET: async request =>
        respond(request, await page(sql, schema, "note", v.parse(query, new URL(request.url).searchParams))),
      POST: async request =>
        respond(request, await insert(sql, schema, "note", await readBody(request, note)), { status: 201 }),
    },
    "/note/:id": async request =>
      respond(request, await getOrThrow(sql, schema, "note", v.parse(id, request.params.id))),
  },
  error: error => problem(error), // a status and a reason, RFC 9457
});
console.log(`${server.url}note`);
