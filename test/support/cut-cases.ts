// One call of each function that sends something, for a connection that is closed during the call.
import type { SQL } from "bun";
import { object, number as vNumber } from "valibot";
import * as rowfn from "./every-entry.ts";

/** The calls run on the music store with the tables `CUT_TABLES`. */
export type CutCase = (sql: SQL, schema: rowfn.SchemaSnapshot, signal: AbortSignal) => unknown;

export const CUT_TABLES = `
  create table job (id int primary key, status text not null default 'pending', attempts int not null default 0,
    error text, run_at timestamptz);
  insert into job (id) select generate_series(1, 9);
  create view some_genre as select genre_id, name from genre;
  create table spare (id int primary key, a text, b int);
  create index spare_b on spare (b);
  create table reading (day date not null) partition by range (day);
  create table reading_early partition of reading for values from ('2025-01-01') to ('2026-01-01');
  create table reading_late (day date not null);`;

const { expr } = rowfn;
const GENRE = { genre_id: 77, name: "Cut" };
const playlists = (rows: number) =>
  Array.from({ length: rows }, (_, index) => ({ playlist_id: 1_000 + index, name: "p" }));

async function consume(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

// New names, because a call can succeed before the connection is closed.
let count = 0;
const name = (): string => `cut_${count++}`;

/** The calls, by function. */
export const CUT_CASES: Readonly<Record<string, CutCase>> = {
  addColumn: (sql, schema) => rowfn.addColumn(sql, schema, "spare", name(), "int"),
  addEnumValue: (sql, schema) => rowfn.addEnumValue(sql, schema, "customer_tier", name()),
  addSearch: (sql, schema) => rowfn.addSearch(sql, schema, "genre", "name"),
  addForeignKey: (sql, schema) => rowfn.addForeignKey(sql, schema, "spare", "b", "genre"),
  analyzeColumn: (sql, schema) => rowfn.analyzeColumn(sql, schema, "track", "name"),
  asRole: (sql, schema) =>
    rowfn.asRole(sql, { settings: { "app.x": "1" } }, tx => rowfn.count(tx, schema, "genre")),
  assertFresh: (sql, schema) => rowfn.assertFresh(sql, schema),
  attachPartition: (sql, schema) =>
    rowfn.attachPartition(
      sql,
      schema,
      "reading",
      "reading_late",
      expr`FROM (${"2026-01-01"}) TO (${"2027-01-01"})`,
    ),
  channel: (sql, _schema, signal) =>
    consume(rowfn.channel(sql, "cut", object({ id: vNumber() }), { signal })),
  claim: (sql, schema) => rowfn.transaction(sql, tx => rowfn.claim(tx, schema, "job", { orderBy: "id" })),
  claimOne: (sql, schema) => rowfn.claimOne(sql, schema, "job", () => {}),
  connect: sql => rowfn.connect(rowfn.describeHandle(sql), { max: 1 }),
  count: (sql, schema) => rowfn.count(sql, schema, "genre"),
  createEnum: (sql, schema) => rowfn.createEnum(sql, schema, name(), ["a"]),
  createFromRows: (sql, schema) => rowfn.createFromRows(sql, schema, name(), [{ a: 1 }]),
  createIndex: (sql, schema) => rowfn.createIndex(sql, schema, "spare", ["a"], { name: name() }),
  createLinkTable: (sql, schema) => rowfn.createLinkTable(sql, schema, "genre", "artist", { name: name() }),
  createPartitions: (sql, schema) => rowfn.createPartitions(sql, schema, "reading", { by: "year", ahead: 1 }),
  createTable: (sql, schema) => rowfn.createTable(sql, schema, name(), { id: "int" }),
  createView: (sql, schema) => rowfn.createView(sql, schema, name(), expr`select 1 as a`),
  deleteMany: (sql, schema) => rowfn.deleteMany(sql, schema, "playlist", [900, 901]),
  deleteRow: (sql, schema) => rowfn.deleteRow(sql, schema, "spare", 1),
  deleteWhere: (sql, schema) => rowfn.deleteWhere(sql, schema, "spare", { where: { id: 1 } }),
  detachPartition: (sql, schema) => rowfn.detachPartition(sql, schema, "reading", "reading_early"),
  dropColumn: (sql, schema) => rowfn.dropColumn(sql, schema, "spare", "a"),
  dropEnum: (sql, schema) => rowfn.dropEnum(sql, schema, "customer_tier", { cascade: true }),
  dropIndex: (sql, schema) => rowfn.dropIndex(sql, schema, "spare", "spare_b"),
  dropTable: (sql, schema) => rowfn.dropTable(sql, schema, "spare"),
  dropView: (sql, schema) => rowfn.dropView(sql, schema, "some_genre"),
  duplicateTable: (sql, schema) => rowfn.duplicateTable(sql, schema, "spare", name()),
  exec: (sql, schema) => rowfn.exec(sql, schema, expr`update spare set b = 1`),
  exists: (sql, schema) => rowfn.exists(sql, schema, "genre"),
  exportRows: (sql, schema) => consume(rowfn.exportRows(sql, schema, "track", { format: "csv" })),
  extract: (sql, schema) => rowfn.extract(sql, schema, "spare", "a", { into: name() }),
  get: (sql, schema) => rowfn.get(sql, schema, "genre", 1),
  getMany: (sql, schema) => rowfn.getMany(sql, schema, "genre", [1, 2]),
  rowLoader: (sql, schema) => rowfn.rowLoader(sql, schema, "genre")(1),
  getOrThrow: (sql, schema) => rowfn.getOrThrow(sql, schema, "genre", 1),
  groupBy: (sql, schema) => rowfn.groupBy(sql, schema, "track", "genre_id"),
  importRows: (sql, schema) =>
    rowfn.importRows(sql, schema, "spare", "id,a\n1,x\n2,y\n", { format: "csv", upsert: true }),
  insert: (sql, schema) => rowfn.insert(sql, schema, "genre", GENRE),
  insertMany: (sql, schema) => rowfn.insertMany(sql, schema, "playlist", playlists(25_000).values()),
  item: (sql, schema) => rowfn.item(sql, schema, expr`select 1`),
  link: (sql, schema) => rowfn.link(sql, schema, "playlist", 1, "track", [1, 2]),
  loadSchema: sql => rowfn.loadSchema(sql),
  lookup: (sql, schema) => rowfn.lookup(sql, schema, "genre", { genre_id: 78, name: "Looked up" }),
  migrate: sql => rowfn.migrate(sql, [{ name: "001_a", up: `create table ${name()} (id int)` }]),
  migrateDown: sql => rowfn.migrateDown(sql, []),
  migrationStatus: sql => rowfn.migrationStatus(sql, []),
  page: (sql, schema) => rowfn.page(sql, schema, "track", { limit: 2 }),
  pksAndRowsWhere: (sql, schema) => rowfn.pksAndRowsWhere(sql, schema, "genre"),
  q: (sql, schema) => rowfn.q(sql, schema, expr`select ${1}::int as n`),
  qOne: (sql, schema) => rowfn.qOne(sql, schema, expr`select 1 as n`),
  refreshView: (sql, schema) => rowfn.refreshView(sql, schema, "genre_sales"),
  renameColumn: (sql, schema) => rowfn.renameColumn(sql, schema, "spare", "a", name()),
  renameTable: (sql, schema) => rowfn.renameTable(sql, schema, "spare", name()),
  rollback: (sql, schema) => rowfn.rollback(sql, tx => rowfn.count(tx, schema, "genre")),
  rowsAndCount: (sql, schema) => rowfn.rowsAndCount(sql, schema, "genre", { limit: 2 }),
  rowsWhere: (sql, schema) => rowfn.rowsWhere(sql, schema, "artist", { include: { album: true } }),
  run: (sql, schema) => rowfn.run(sql, rowfn.rowsWhereSql(schema, "genre")),
  script: sql => rowfn.script(sql, "select 1; select 2"),
  selectOne: (sql, schema) => rowfn.selectOne(sql, schema, "genre", { where: { genre_id: 1 } }),
  streamRows: (sql, schema) => consume(rowfn.streamRows(sql, schema, "track")),
  transaction: (sql, schema) => rowfn.transaction(sql, tx => rowfn.count(tx, schema, "genre")),
  transformTable: (sql, schema) => rowfn.transformTable(sql, schema, "spare", { add: { [name()]: "int" } }),
  truncate: (sql, schema) => rowfn.truncate(sql, schema, "spare"),
  update: (sql, schema) => rowfn.update(sql, schema, "genre", { genre_id: 1, name: "Rock" }),
  updateMany: (sql, schema) => rowfn.updateMany(sql, schema, "genre", [{ genre_id: 1, name: "Rock" }]),
  updateWhere: (sql, schema) => rowfn.updateWhere(sql, schema, "spare", { b: 1 }, { where: { id: 1 } }),
  upsert: (sql, schema) => rowfn.upsert(sql, schema, "genre", { genre_id: 1, name: "Rock" }),
  upsertMany: (sql, schema) => rowfn.upsertMany(sql, schema, "playlist", playlists(3_000)),
  watch: (sql, schema, signal) => consume(rowfn.watch(sql, schema, "genre", { signal })),
  withConnection: (sql, schema) =>
    rowfn.withConnection(sql, connection => rowfn.count(connection, schema, "genre")),
  withLock: (sql, schema) => rowfn.withLock(sql, "cut", tx => rowfn.count(tx, schema, "genre")),
  work: (sql, schema, signal) => rowfn.work(sql, schema, "job", () => {}, { signal, poll: 10 }),
};
