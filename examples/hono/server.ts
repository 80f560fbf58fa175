// `bun examples/hono/server.ts`: routes of a table in a Hono application, one by one and made by `crud`. With DATABASE_URL it
// uses your database, which should be empty; otherwise a temporary embedded server.
import { Hono } from "hono";
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

const app = new Hono();
app.onError(error => problem(error));
app.get("/book", async ({ req }) => {
  const options = v.parse(query, new URL(req.url).searchParams);
  return respond(req.raw, await page(sql, schema, "book", options));
});
app.get("/book/:key", async ({ req }) => {
  const row = await getOrThrow(sql, schema, "book", v.parse(key, req.param("key")));
  return respond(req.raw, row);
});
app.post("/book", async ({ req }) => {
  const row = await insert(sql, schema, "book", await readBody(req.raw, book));
  return respond(req.raw, row, { status: 201 });
});

// All routes of another table.
const routes = crud(sql, schema, { tables: { reader: { write: ["name"], delete: true } } });
for (const [path, handler] of Object.entries(routes)) app.all(path, ({ req }) => handler(req.raw));

const port = Number(process.env["PORT"] ?? 3000);
const server = Bun.serve({ hostname: "127.0.0.1", port, fetch: app.fetch });
console.log(`${server.url}book`);

process.once("SIGINT", async () => {
  await server.stop(true);
  await sql.close();
  await postgres?.stop();
});
