// One call per row of the table in docs/round-trips.md. A case runs several times, so that it can be counted after its
// statements have been prepared.
import type { SQL } from "bun";
import { analyzeColumn, exportRows, importRows } from "../../src/files/index.ts";
import * as rowfn from "../../src/index.ts";
import { claim, claimOne } from "../../src/queues/index.ts";

const { asRole, assertFresh, count, expr, get, gte, rowsWhere, transaction, withConnection } = rowfn;

type Schema = rowfn.SchemaSnapshot;
type Case = (sql: SQL, schema: Schema, run: number) => PromiseLike<unknown>;

const DEEP = { album: { include: { track: true } } } as const;
const genre = (run: number, index = 0) => ({
  genre_id: 1_000 + run * 10_000 + index,
  name: `${run} ${index}`,
});
const genres = (run: number, rows: number) => Array.from({ length: rows }, (_, index) => genre(run, index));
const DIFFERENT = [
  { artist_id: 1, name: "AC/DC" },
  { artist_id: 2, name: "Accept", country: "DE" },
];
const one = expr`select 1 as one`;

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows) void row;
}

export const TRIP_CASES: Readonly<Record<string, Case>> = {
  get: (sql, schema) => get(sql, schema, "genre", 1),
  getOrThrow: (sql, schema) => rowfn.getOrThrow(sql, schema, "genre", 1),
  getMany: (sql, schema) => rowfn.getMany(sql, schema, "genre", [1, 2, 3]),
  "rowLoader of several keys": (sql, schema) => {
    const load = rowfn.rowLoader(sql, schema, "genre");
    return Promise.all([load(1), load(2), load(1)]);
  },
  selectOne: (sql, schema) => rowfn.selectOne(sql, schema, "genre", { where: { genre_id: 1 } }),
  rowsWhere: (sql, schema) => rowsWhere(sql, schema, "genre"),
  pksAndRowsWhere: (sql, schema) => rowfn.pksAndRowsWhere(sql, schema, "genre"),
  rowsAndCount: (sql, schema) => rowfn.rowsAndCount(sql, schema, "genre", { limit: 2 }),
  page: (sql, schema) => rowfn.page(sql, schema, "genre", { limit: 2 }),
  "page with total": (sql, schema) => rowfn.page(sql, schema, "genre", { limit: 2, total: true }),
  "get with include": (sql, schema) => get(sql, schema, "artist", 1, { include: DEEP }),
  "getMany with include": (sql, schema) => rowfn.getMany(sql, schema, "artist", [1, 2], { include: DEEP }),
  "rowsWhere with include": (sql, schema) => rowsWhere(sql, schema, "artist", { include: DEEP }),
  "page with include and total": (sql, schema) =>
    rowfn.page(sql, schema, "artist", { limit: 2, total: true, include: DEEP }),
  count: (sql, schema) => count(sql, schema, "genre"),
  exists: (sql, schema) => rowfn.exists(sql, schema, "genre"),
  groupBy: (sql, schema) => rowfn.groupBy(sql, schema, "track", "genre_id"),
  analyzeColumn: (sql, schema) => analyzeColumn(sql, schema, "artist", "country"),
  q: (sql, schema) => rowfn.q(sql, schema, one),
  qOne: (sql, schema) => rowfn.qOne(sql, schema, one),
  item: (sql, schema) => rowfn.item(sql, schema, one),
  run: sql => rowfn.run(sql, { text: "select $1::text", params: ["1"] }),
  exec: (sql, schema) => rowfn.exec(sql, schema, expr`update genre set name = name where genre_id = ${1}`),
  script: sql => rowfn.script(sql, "create temp table a (id int); drop table a;"),
  "streamRows of one batch": (sql, schema) => drain(rowfn.streamRows(sql, schema, "genre")),
  insert: (sql, schema, run) => rowfn.insert(sql, schema, "genre", genre(run, 9_999)),
  "insertMany of 50 rows": (sql, schema, run) => rowfn.insertMany(sql, schema, "genre", genres(run, 50)),
  "insertMany of rows with different columns": (sql, schema, run) =>
    rowfn.insertMany(sql, schema, "artist", [
      { artist_id: 1_000 + run, name: "new" },
      { artist_id: 2_000 + run, name: "new", country: "DE" },
    ]),
  "insertMany of 1,000 rows": (sql, schema, run) =>
    rowfn.insertMany(sql, schema, "genre", genres(run + 20, 1_000)),
  truncate: (sql, schema) => rowfn.truncate(sql, schema, "invoice_line"),
  update: (sql, schema) => rowfn.update(sql, schema, "genre", { genre_id: 1, name: "Ambient" }),
  updateMany: (sql, schema) => rowfn.updateMany(sql, schema, "genre", [{ genre_id: 1, name: "Ambient" }]),
  "updateMany of rows with different columns": (sql, schema) =>
    rowfn.updateMany(sql, schema, "artist", DIFFERENT),
  updateWhere: (sql, schema) =>
    rowfn.updateWhere(sql, schema, "genre", { name: "Ambient" }, { where: { genre_id: 1 } }),
  upsert: (sql, schema) => rowfn.upsert(sql, schema, "genre", { genre_id: 1, name: "Ambient" }),
  "upsertMany of 50 rows": (sql, schema) => rowfn.upsertMany(sql, schema, "genre", genres(40, 50)),
  "upsertMany of rows with different columns": (sql, schema) =>
    rowfn.upsertMany(sql, schema, "artist", DIFFERENT),
  "upsertMany of 5,000 rows": (sql, schema) => rowfn.upsertMany(sql, schema, "genre", genres(50, 5_000)),
  deleteRow: (sql, schema, run) => rowfn.deleteRow(sql, schema, "genre", 1_000 + run * 10_000 + 9_999),
  deleteMany: (sql, schema) => rowfn.deleteMany(sql, schema, "genre", [900_001]),
  deleteWhere: (sql, schema) =>
    rowfn.deleteWhere(sql, schema, "genre", { where: { genre_id: gte(900_000) } }),
  lookup: (sql, schema) => rowfn.lookup(sql, schema, "genre", { genre_id: 1, name: "Ambient" }),
  link: (sql, schema) =>
    rowfn.link(sql, schema, "playlist", 1, "track", [1999], { values: { position: 999 } }),
  "importRows of 1,000 rows": (sql, schema, run) =>
    importRows(sql, schema, "genre", csv(genres(run + 60, 1_000)), { format: "csv" }),
  "exportRows as CSV": (sql, schema) =>
    new Response(exportRows(sql, schema, "genre", { format: "csv" })).text(),
  "exportRows as JSON": (sql, schema) =>
    new Response(exportRows(sql, schema, "media_type", { format: "json" })).text(),
  "transaction of one statement": (sql, schema) => transaction(sql, tx => get(tx, schema, "genre", 1)),
  "asRole of one statement": (sql, schema) =>
    asRole(sql, { settings: { "app.tenant": 1 } }, tx => get(tx, schema, "genre", 1)),
  "withLock of one statement": (sql, schema) => rowfn.withLock(sql, "a", tx => get(tx, schema, "genre", 1)),
  "withConnection of one statement": (sql, schema) =>
    withConnection(sql, connection => get(connection, schema, "genre", 1)),
  "claim with set": (sql, schema) => claim(sql, schema, "job", { set: { status: "pending" } }),
  "claimOne of a job without statements": (sql, schema) => claimOne(sql, schema, "job", () => undefined),
  loadSchema: sql => rowfn.loadSchema(sql),
  assertFresh: (sql, schema) => assertFresh(sql, schema),
};

function csv(rows: readonly { readonly genre_id: number; readonly name: string }[]): string {
  return `genre_id,name\n${rows.map(row => `${row.genre_id},${row.name}\n`).join("")}`;
}
