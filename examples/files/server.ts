// `bun examples/files/server.ts`: a server that imports and exports CSV, and its responses. With DATABASE_URL it creates the
// table `reading` in your database; otherwise it uses a temporary embedded server.
import { connect, type SchemaSnapshot, type SqlHandle } from "rowfn";
import { createTable } from "rowfn/ddl";
import { exportRows, ImportError, importRows } from "rowfn/files";
import { startPostgres } from "rowfn/testing";
import * as v from "valibot";

/** GET exports the table as CSV, POST imports CSV. */
function readingRoutes(sql: SqlHandle, schema: SchemaSnapshot): Bun.Serve.Routes<undefined, string> {
  return {
    "/readings.csv": {
      GET: () =>
        new Response(exportRows(sql, schema, "reading", { format: "csv", orderBy: "taken_at" }), {
          headers: { "content-type": "text/csv" },
        }),
      POST: async request => {
        try {
          const rows = await importRows(sql, schema, "reading", request.body ?? "", { format: "csv" });
          return new Response(`${rows} rows\n`);
        } catch (error) {
          if (!(error instanceof ImportError)) throw error;
          return new Response(`${error.message}\n`, { status: 422 });
        }
      },
    },
  };
}

async function show(url: string, sql: SqlHandle, empty: SchemaSnapshot): Promise<void> {
  const columns = {
    taken_at: v.pipe(v.string(), v.isoTimestamp()),
    degrees: v.pipe(v.number(), v.maxValue(60)),
  };
  const schema = await createTable(sql, empty, "reading", columns, { replace: true });
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, routes: readingRoutes(sql, schema) });
  console.log(`/readings.csv of ${url}`);
  const send = async (body: string): Promise<void> => {
    const response = await fetch(new URL("/readings.csv", server.url), { method: "POST", body });
    console.log(response.status, await response.text());
  };
  await send("taken_at,degrees\n2026-01-01T00:00:00Z,21.5\n2026-01-01T01:00:00Z,22\n");
  await send("taken_at,degrees\n2026-01-01T02:00:00Z,warm\n2026-01-01T03:00:00Z,99\n");
  console.log(await (await fetch(new URL("/readings.csv", server.url))).text());
}

const url = process.env["DATABASE_URL"];
const postgres = url ? undefined : await startPostgres();
const { sql, schema } = await connect(url ?? postgres!.url);
try {
  await show(url ? "your database" : "an embedded server", sql, schema);
} finally {
  await sql.close();
  await postgres?.stop();
}
