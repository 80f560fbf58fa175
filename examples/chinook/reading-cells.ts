import {
  col,
  columnsInfo,
  count,
  describeHandle,
  expr,
  get,
  getOrThrow,
  hasColumn,
  hasTable,
  item,
  like,
  loadSchema,
  pkCols,
  pksAndRowsWhere,
  q,
  quote,
  rowsWhere,
  type SchemaSnapshot,
  type SqlHandle,
  scope,
  selectOne,
  table,
  tableNames,
  viewNames,
} from "rowfn";
import { formatRows, generateModule } from "rowfn/files";
import { querySql } from "rowfn/statements";
import { cell, errorOf } from "./chinook.ts";

/** Looks at the tables and reads rows. */
export async function readCells(sql: SqlHandle): Promise<void> {
  const schema = await loadSchema(sql);
  cell("database", describeHandle(sql));
  lookUpCells(schema);
  await queryCells(sql, schema);
  await rowCells(sql, schema);
  await scopeCells(sql, schema);
  generateCells(schema);
}

function lookUpCells(schema: SchemaSnapshot): void {
  cell("tables", tableNames(schema));
  cell("views", viewNames(schema));
  cell("columns", columnsInfo(schema, "artist")["artist_id"]!.type);
  cell("key", pkCols(schema, "artist"));
  cell(
    "tables with a",
    tableNames(schema).filter(name => name.startsWith("a")),
  );
  cell("has table", [hasTable(schema, "artist"), hasTable(schema, "foo")]);
  const types = Object.values(columnsInfo(schema, "artist")).map(({ name, type, notNull }) => [
    name,
    type,
    notNull,
  ]);
  cell("types", types);
  cell("quoted", quote(schema, "artist", "name"));
  cell("in SQL", querySql(schema, expr`select ${col("artist", "name")} from ${table("artist")}`).text);
  cell("has column", [hasColumn(schema, "artist", "name"), hasColumn(schema, "artist", "foo")]);
}

async function queryCells(sql: SqlHandle, schema: SchemaSnapshot): Promise<void> {
  cell("count", await item(sql, schema, expr`select count(*)::int from ${table("artist")}`));
  const catalog = expr`select column_name, data_type, is_nullable from information_schema.columns where table_name = ${"artist"} order by ordinal_position`;
  cell("catalog", await q(sql, schema, catalog));
  const two = await q(sql, schema, expr`select * from ${table("artist")} order by artist_id limit 2`);
  cell("query", two);
  cell("html", formatRows(two, "html"));
  const name = col("artist", "name");
  cell("like", await q(sql, schema, expr`select * from ${table("artist")} where ${name} like ${"AC/%"}`));
  cell("item", await item(sql, schema, expr`select artist_id from artist where name = ${"AC/DC"}`));
}

async function rowCells(sql: SqlHandle, schema: SchemaSnapshot): Promise<void> {
  cell("by key", await getOrThrow(sql, schema, "artist", 1));
  cell("get", await get(sql, schema, "artist", 1));
  cell("get nothing", await get(sql, schema, "artist", 99_999));
  cell("rows", await rowsWhere(sql, schema, "artist", { limit: 3 }));
  cell("keys and rows", await pksAndRowsWhere(sql, schema, "artist", { limit: 3 }));
  const statements: string[] = [];
  const onStatement = ({ text }: { readonly text: string }): void => void statements.push(text);
  cell("one", await selectOne(sql, schema, "artist", { where: { name: "AC/DC" }, onStatement }));
  cell("debug", statements);
  cell("not unique", await errorOf(selectOne(sql, schema, "artist", { where: { name: like("%a%") } })));
  cell("not found", await errorOf(selectOne(sql, schema, "artist", { where: { name: "i do not exist" } })));
  cell("track", await getOrThrow(sql, schema, "track", 1));
  cell("employee", await rowsWhere(sql, schema, "employee", { limit: 1 }));
}

async function scopeCells(sql: SqlHandle, schema: SchemaSnapshot): Promise<void> {
  cell("artist of album", (await getOrThrow(sql, schema, "album", 1))["artist_id"]);
  const mine = scope(schema, { album: { artist_id: 1 } });
  cell("scoped get", await getOrThrow(sql, mine, "album", 1));
  cell("scoped miss", await errorOf(getOrThrow(sql, mine, "album", 2)));
  cell("scoped rows", await rowsWhere(sql, mine, "album", { limit: 5 }));
  cell("scoped count", await count(sql, mine, "album"));
  cell("whole count", await count(sql, schema, "album"));
}

function generateCells(schema: SchemaSnapshot): void {
  const module = generateModule(schema);
  cell("class", /export interface ArtistRow \{[^}]*\}/.exec(module)![0].replaceAll(/\s+/g, " "));
}
