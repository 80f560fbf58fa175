// `bun examples/tables/tables.ts`: creates, fills and changes the tables of a library. With DATABASE_URL it uses your
// database, which should be empty; otherwise a temporary embedded server.

import { connect, insert, link, rowsWhere, type SchemaSnapshot, type SqlHandle, type Statement } from "rowfn";
import { addColumn, createEnum, createFromRows, createLinkTable, createTable, extract } from "rowfn/ddl";
import { startPostgres } from "rowfn/testing";
import * as v from "valibot";

function onStatement({ text }: Statement): void {
  console.log(`\x1b[2m${text};\x1b[0m`);
}

/** Creates the tables of a library. */
async function createLibrary(sql: SqlHandle, empty: SchemaSnapshot): Promise<SchemaSnapshot> {
  let schema = await createEnum(sql, empty, "binding", ["paper", "cloth"], { onStatement });
  schema = await createTable(
    sql,
    schema,
    "book",
    {
      title: v.pipe(v.string(), v.nonEmpty()),
      isbn: v.optional(v.pipe(v.string(), v.maxLength(13))),
      pages: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
      binding: "binding not null",
    },
    { unique: ["isbn"], defaults: { binding: "paper" }, indexes: ["title"], onStatement },
  );
  const readers = [
    { name: "Ann", city: "Rome" },
    { name: "Bob", city: "Oslo" },
    { name: "Cid", city: "Rome" },
  ];
  schema = await createFromRows(sql, schema, "reader", readers, { onStatement });
  schema = await createLinkTable(sql, schema, "reader", "book", { name: "loan", onStatement });
  schema = await extract(sql, schema, "reader", "city", { into: "town", onStatement });
  return await addColumn(sql, schema, "loan", "due_on", v.optional(v.pipe(v.string(), v.isoDate())), {
    onStatement,
  });
}

async function useLibrary(sql: SqlHandle, schema: SchemaSnapshot): Promise<void> {
  const book = await insert(sql, schema, "book", { title: "The Cat", pages: 90 });
  await link(sql, schema, "reader", 1, "book", [book?.["id"]], { values: { due_on: "2026-12-24" } });
  const readers = await rowsWhere(sql, schema, "reader", {
    select: ["name"],
    orderBy: "name",
    include: { loan: { select: ["due_on"], include: { book: { select: ["title", "binding"] } } } },
  });
  console.log(JSON.stringify(readers, null, 2));
}

const server = process.env["DATABASE_URL"] ? undefined : await startPostgres();
const { sql, schema } = await connect(server?.url ?? process.env["DATABASE_URL"]!, { max: 2 });
try {
  await useLibrary(sql, await createLibrary(sql, schema));
} finally {
  await sql.close({ timeout: 5 });
  await server?.stop();
}
