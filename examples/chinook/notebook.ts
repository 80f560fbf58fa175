// `ROWFN_CHINOOK_SQL=Chinook_PostgreSql.sql bun examples/chinook/notebook.ts`: the steps of the notebook of fastasyncpg, cell by
// cell. With DATABASE_URL it uses your database, which should be empty; otherwise a temporary embedded server.
import { connect } from "rowfn";
import { startPostgres } from "rowfn/testing";
import { loadChinook } from "./chinook.ts";
import { firstCells } from "./first-cells.ts";
import { readCells } from "./reading-cells.ts";
import { writeCells } from "./writing-cells.ts";

const file = process.env["ROWFN_CHINOOK_SQL"];
if (file === undefined) {
  console.error("Set ROWFN_CHINOOK_SQL to the file Chinook_PostgreSql.sql.");
  process.exit(1);
}

const server = process.env["DATABASE_URL"] === undefined ? await startPostgres() : undefined;
const url = process.env["DATABASE_URL"] ?? server!.url;
const { sql } = await connect(url);
await firstCells(sql);
await loadChinook(sql, file);
await readCells(sql);
await writeCells(sql);
await sql.close();
await server?.stop();
