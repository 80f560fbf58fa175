// `bun examples/live/server.ts`: a page that shows the rows of a table and follows their changes, whoever makes them. With
// DATABASE_URL it uses your database, which should be empty; otherwise a temporary embedded server.
import { join } from "node:path";
import { connect, insert, insertSchema, rowsWhere } from "rowfn";
import { createTable } from "rowfn/ddl";
import { eventStream, problem, readBody, respond } from "rowfn/http";
import { watch, watchSql } from "rowfn/queues";
import { startPostgres } from "rowfn/testing";

const postgres = process.env["DATABASE_URL"] ? undefined : await startPostgres();
const { sql, schema: empty } = await connect(process.env["DATABASE_URL"] || postgres!.url);
const schema = await createTable(sql, empty, "message", { body: "varchar(200) not null" });
for (const text of watchSql(schema, "message")) await sql.unsafe(text);

const Message = insertSchema(schema, "message");
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env["PORT"] ?? 3000),
  routes: {
    "/": () => new Response(Bun.file(join(import.meta.dir, "page.html"))),
    "/message": {
      GET: async request =>
        respond(request, await rowsWhere(sql, schema, "message", { orderBy: "id", limit: 100 })),
      POST: async request =>
        respond(request, await insert(sql, schema, "message", await readBody(request, Message)), {
          status: 201,
        }),
    },
    "/changes": (request, serving) =>
      eventStream(request, options => watch(sql, schema, "message", options), { server: serving }),
  },
  error: error => problem(error),
});
console.log(server.url.href);

process.once("SIGINT", async () => {
  await server.stop(true);
  await sql.close();
  await postgres?.stop();
});
