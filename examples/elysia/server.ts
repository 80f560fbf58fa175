// `bun examples/elysia/server.ts`: routes of a table in an Elysia application, one by one and made by `crud`. With DATABASE_URL
// it uses your database, which should be empty; otherwise a temporary embedded server.
import { Elysia } from "elysia";
import { connect, getOrThrow, insert, insertSchema, page } from "rowfn";
import { createTable } from "rowfn/ddl";
import { crud, keySchema, problem, querySchema, readBody, respond } from "rowfn/http";
import { startPostgres } from "rowfn/testing";
import * as v from "valibot";

const postgres = process.env["DATABASE_URL"] ? undefined : await startPostgres();
const { sql, schema: empty } = await connect(process.env["DATABASE_URL"] || postgres!.url);
const withBooks = await createTable(sql, empty, "book", { title: "varchar(80) not null", pages: "integer" });
const schema = await createTable(sql, withBooks, "reader", { name: "text not null" });

const query = querySchema(schema, "book", { filter: ["pages"], sort: ["title", "pages"] });
const key = keySchema(schema, "book");
const book = insertSchema(schema, "book");

// Elysia leaves the bodies to `readBody`, which keeps every digit of a number.
const app = new Elysia()
  .onError(({ error }) => problem(error))
  .get("/book", async ({ request }) => {
    const options = v.parse(query, new URL(request.url).searchParams);
    return respond(request, await page(sql, schema, "book", options));
  })
  .get("/book/:key", async ({ request, params }) => {
    const row = await getOrThrow(sql, schema, "book", v.parse(key, params.key));
    return respond(request, row);
  })
  .post(
    "/book",
    async ({ request }) => {
      const row = await insert(sql, schema, "book", await readBody(request, book));
      return respond(request, row, { status: 201 });
    },
    { parse: "none" },
  );

// All routes of another table.
const routes = crud(sql, schema, { tables: { reader: { write: ["name"], delete: true } } });
for (const [path, handler] of Object.entries(routes))
  app.all(path, ({ request }) => handler(request), { parse: "none" });

const port = Number(process.env["PORT"] ?? 3000);
const server = Bun.serve({ hostname: "127.0.0.1", port, fetch: app.fetch });
console.log(`${server.url}book`);

process.once("SIGINT", async () => {
  await server.stop(true);
  await sql.close();
  await postgres?.stop();
});
