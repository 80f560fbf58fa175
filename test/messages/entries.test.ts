import { test } from "bun:test";
import { parse, string } from "valibot";
import * as rowfn from "../support/every-entry.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema } = await testTables(
  `create table genre (genre_id int primary key, name text not null); insert into genre values (1, 'Rock');
  create table js (id int primary key, doc jsonb, n numeric(5,2), r int4range, b bytea);
  create table job (id int primary key, status text not null default 'pending');
  create table reading (day date not null) partition by range (day);`,
);
const { expr } = rowfn;
// For arguments that the compiler rejects.
const wrong = (value: unknown): never => value as never;
const post = (body: string, type = "application/json"): Request =>
  new Request("http://localhost/genre", { method: "POST", body, headers: { "content-type": type } });
const url = (query: string): unknown =>
  parse(
    rowfn.querySchema(schema, "js", { filter: ["doc", "id"], limit: { default: 5, max: 10 } }),
    new URLSearchParams(query),
  );

test("the messages of values and handles", async () => {
  await expectMessages("entries-rows", [
    () => rowfn.insert(sql, schema, "js", { id: 1, doc: new Map() }),
    () => rowfn.insert(sql, schema, "js", { id: 1, doc: { a: undefined } }),
    () => rowfn.insert(sql, schema, "js", { id: 1, r: { lower: 5, upper: 1, bounds: "[)" } }),
    () => rowfn.insert(sql, schema, "js", { id: 1, r: [1, 5] }),
    () => rowfn.insert(sql, schema, "js", { id: 1, b: "abc" }),
    () => rowfn.insert(sql, schema, "js", { id: 1, n: "1e400" }),
    () => rowfn.insert(sql, schema, wrong(undefined), { id: 1 }),
    () => rowfn.insert(sql, schema, "js", { id: 1 }, { returning: wrong("id") }),
    () => rowfn.rowsWhere(sql, schema, "js", { timeout: wrong("5s") }),
    () => rowfn.rowsWhere(sql, schema, "js", { signal: wrong(5) }),
    () => rowfn.rowsWhere(sql, schema, "js", { where: rowfn.and(wrong(undefined)) }),
    () => rowfn.update(sql, schema, "genre", { genre_id: null, name: "x" }),
    () => rowfn.update(sql, schema, "genre", wrong("{}")),
    () => rowfn.get(sql, schema, "genre", {}),
    () => rowfn.deleteMany(sql, schema, "genre", [null]),
    () => rowfn.transaction(sql, wrong("x")),
    () => rowfn.asRole(sql, {}, async () => 1),
    () => rowfn.asRole(sql, { role: wrong(5) }, async () => 1),
    () => rowfn.connect("http://localhost/x"),
    () => rowfn.connect("localhost:5432/x"),
    () => rowfn.connect(database.url, { max: 0 }),
    () => rowfn.loadSchema(sql, { schemas: ["nope"] }),
    () => rowfn.loadSchema(sql, { types: { int8: wrong("number2") } }),
    () => rowfn.parseSchema('{\n  "a": 1,\n}'),
    () => rowfn.parseSchema('{ "formatVersion": 999 }'),
    () => rowfn.refine(schema, { genre: { constraints: { nope: "x" } } }),
    () => rowfn.run(sql, wrong({})),
    () => rowfn.sessionOf(sql, wrong(undefined)),
    () => rowfn.testDatabase(wrong({ tempalte: "x" })),
    () => rowfn.testDatabase({ template: "create tabel x ()" }),
  ]);
});

test("the messages of the other entry points", async () => {
  await expectMessages("entries", [
    () => rowfn.createTable(sql, schema, "", { id: "int" }),
    () => rowfn.createTable(sql, schema, "t", { id: "int" }, { identity: wrong("id") }),
    () => rowfn.createTable(sql, schema, "t", { id: "int" }, { defaults: { id: "x" } }),
    () => rowfn.addColumn(sql, schema, "genre", "x", "int", wrong({ notNull: true })),
    () => rowfn.createIndex(sql, schema, "genre", []),
    () => rowfn.createEnum(sql, schema, "mood", wrong([5])),
    () => rowfn.createFromRows(sql, schema, "n", []),
    () => rowfn.transformTable(sql, schema, "genre", { retype: { name: "int" } }),
    () => rowfn.createPartitions(sql, schema, "reading", { by: wrong("fortnight"), ahead: 1 }),
    () => rowfn.createView(sql, schema, "v", wrong("select 1")),
    () => rowfn.migrate(sql, wrong(undefined)),
    () => rowfn.migrationSql(schema, wrong({})),
    () => rowfn.claim(sql, schema, "job", { orderBy: "id" }),
    () => rowfn.claimOne(sql, schema, "genre", () => {}),
    () => rowfn.work(sql, schema, "job", () => {}, { poll: -1 }),
    () => rowfn.work(sql, schema, "job", () => {}, wrong({ concurency: 2 })),
    () => rowfn.channel(sql, "", string()),
    () => rowfn.watch(sql, schema, wrong("jbo")).next(),
    () => rowfn.importRows(sql, schema, "genre", wrong(5), { format: "csv" }),
    () => rowfn.importRows(sql, schema, "genre", "genre_id,name\n1;x\n", { format: "csv" }),
    () => rowfn.importRows(sql, schema, "genre", "[[1]]", { format: "json" }),
    () => rowfn.importRows(sql, schema, "js", "id,doc\n5,{a}\n", { format: "csv" }),
    () => rowfn.formatRows(wrong("x"), "csv"),
    () => rowfn.diagram(schema, { format: wrong("png") }),
    () => rowfn.generateModule(wrong({})),
    () => rowfn.readBody(post('{"name": }'), rowfn.insertSchema(schema, "genre")),
    () => rowfn.readBody(post("x=1", "text/plain"), rowfn.insertSchema(schema, "genre")),
    () => rowfn.readBody(wrong(undefined), rowfn.insertSchema(schema, "genre")),
    () => url("doc={a"),
    () => url("id[gt]=x"),
    () => url("foo=1"),
    () => url("limit=500"),
    () => rowfn.querySchema(schema, "genre", wrong({ filter: ["nme"] })),
    () => parse(rowfn.keySchema(schema, "genre"), "abc"),
    () => rowfn.respond(new Request("http://localhost"), wrong(5)),
    () => rowfn.crud(sql, schema, wrong({ tables: ["genre"] })),
    () => rowfn.openApi(schema, wrong({ tables: { genre: { nope: 1 } } })),
    () => rowfn.eventStream(wrong(undefined), wrong(undefined)),
    () => rowfn.insertSql(schema, "genre", wrong(undefined)),
    () => rowfn.alias("a", wrong(undefined)),
    () => rowfn.createView(sql, schema, "v", expr`select ${rowfn.col("genre", "nme")} from genre`),
  ]);
});
