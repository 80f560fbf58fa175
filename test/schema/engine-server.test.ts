// Servers that identify themselves as other engines. If an engine lacks a feature, the call fails with an ArgumentError
// that names it. The error comes before anything is sent that the engine would reject or, worse, accept and ignore.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import * as v from "valibot";
import { expr } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import {
  ArgumentError,
  channel,
  count,
  crud,
  exportRows,
  importRows,
  insertMany,
  loadSchema,
  migrate,
  QueryError,
  q,
  rowsWhere,
  transaction,
  update,
  upsert,
  upsertMany,
  watch,
  withLock,
  work,
} from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { type FakeServer, startFakeEngine } from "../support/fake-engine.ts";
import { FAKE_ENGINES } from "../support/fake-engines.ts";

type Name = keyof typeof FAKE_ENGINES;

const TABLES = `create table t (id int primary key, name text);
  create table job (id int primary key, status text not null default 'pending');
  create table note (tenant_id int, id int, primary key (tenant_id, id));`;

const prepare = process.env["ROWFN_PREPARE"] !== "false";
const databases: TestDatabase[] = [];
const servers: FakeServer[] = [];
const handles: SQL[] = [];
afterAll(async () => {
  await Promise.all(handles.map(sql => sql.close({ timeout: 0 })));
  for (const server of servers) server.stop();
  await Promise.all(databases.map(database => database.drop()));
});

async function open(name: Name) {
  const database = await testDatabase({ template: TABLES });
  databases.push(database);
  const server = await startFakeEngine(database.url, FAKE_ENGINES[name]);
  servers.push(server);
  const sql = new SQL(server.url, { max: 2, prepare });
  handles.push(sql);
  const schema = await loadSchema(sql, { schemas: ["public"] });
  // CockroachDB has no XML functions, so the catalog query is sent again without them.
  expect(server.rejected).toHaveLength(name === "CockroachDB" ? 1 : 0);
  const rejectedTexts = (): readonly string[] =>
    server.rejected.filter(text => !text.includes("query_to_xml"));
  return { sql, schema, server, rejectedTexts, plain: database.sql };
}

const VERSIONS: Readonly<Record<Name, string>> = {
  CockroachDB: "v26.1.2",
  YugabyteDB: "2024.2.4.0-b0",
  "Aurora DSQL": "16.12",
  Citus: "18.4",
};
const OTHERS = ["CockroachDB", "YugabyteDB", "Aurora DSQL"] as const;

test.each(OTHERS)("%s is recognized through the driver, with its own version", async name => {
  const { schema, rejectedTexts } = await open(name);
  expect(schema.engine).toMatchObject({ name, version: VERSIONS[name] });
  expect(rejectedTexts()).toEqual([]);
});

test.each(OTHERS)("features that %s lacks are an ArgumentError, and nothing is sent", async name => {
  const { sql, schema, rejectedTexts } = await open(name);
  const engine = `${name} ${VERSIONS[name]}`;
  let runs = 0;
  const orders = channel(sql, "orders", v.string());
  const calls: readonly (readonly [() => PromiseLike<unknown>, string])[] = [
    [() => withLock(sql, "report", () => runs++), `withLock requires advisory locks, which ${engine} lacks`],
    [
      () => migrate(sql, [{ name: "001_a", up: "create table m (id int)" }]),
      `migrate requires advisory locks`,
    ],
    [() => orders[Symbol.asyncIterator]().next(), `channel "orders" requires LISTEN, which ${engine} lacks`],
    [() => watch(sql, schema, "t").next(), `watch requires LISTEN, which ${engine} lacks`],
  ];
  for (const [call, reason] of calls) {
    const error = await failure(call() as Promise<unknown>);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(reason);
  }
  const tables = { t: { filter: [] } } as never;
  expect(() => crud(sql, schema, { tables })).toThrow(
    `t: the state of a row is its xmin, which ${engine} lacks`,
  );
  // Without a primary key a single row cannot be read or written.
  const relations = schema.relations.map(one => ({
    ...one,
    primaryKey: null,
    uniqueKeys: [one.primaryKey!],
  }));
  expect(crud(sql, { ...schema, relations }, { tables })).toBeDefined();
  expect([runs, rejectedTexts()]).toEqual([0, []]);
});

test.each(OTHERS)("%s receives only statements that it accepts", async name => {
  const { sql, schema, rejectedTexts } = await open(name);
  const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: `name ${id}` }));
  expect(await insertMany(sql, schema, "t", rows.slice(0, 1_000))).toBe(1_000);
  expect(await upsertMany(sql, schema, "t", rows)).toBe(3_000);
  const csv = await new Response(exportRows(sql, schema, "t", { format: "csv", orderBy: "id" })).text();
  expect(csv.split(/\r?\n/).slice(0, 2)).toEqual(["id,name", "0,name 0"]);
  await importRows(sql, schema, "t", "id,name\n5000,five\n", { format: "csv" });
  const options = { inserted: true } as never;
  expect(await upsert(sql, schema, "t", { id: 5_000, name: "x" }, options)).toMatchObject({
    inserted: false,
  });
  expect(await upsert(sql, schema, "t", { id: 5_001, name: "y" }, options)).toMatchObject({ inserted: true });
  await transaction(sql, tx => update(tx, schema, "t", { id: 1, name: "changed" }));
  expect(await rowsWhere(sql, schema, "t", { where: { id: 1 } })).toEqual([{ id: 1, name: "changed" }]);
  expect(await count(sql, schema, "t")).toBe(3_002);
  expect(rejectedTexts()).toEqual([]);
});

test("without LISTEN workers poll, and without savepoints they are rejected", async () => {
  for (const name of ["CockroachDB", "YugabyteDB"] as const) {
    const { sql, schema, rejectedTexts, plain } = await open(name);
    await plain`insert into job values (1)`;
    const stop = new AbortController();
    expect(await work(sql, schema, "job", () => stop.abort(), { signal: stop.signal })).toBe(1);
    expect(await plain`select status from job`.values()).toEqual([["done"]] as never);
    expect(rejectedTexts()).toEqual([]);
  }
  const { sql, schema, rejectedTexts } = await open("Aurora DSQL");
  expect((await failure(work(sql, schema, "job", () => 1))).message).toBe(
    "job: jobs require savepoints, which Aurora DSQL 16.12 lacks; change their status with update and a version column",
  );
  const inner = transaction(sql, tx => transaction(tx, inside => count(inside, schema, "t")));
  expect((await failure(inner)).message).toBe(
    "a transaction in a transaction requires savepoints, which Aurora DSQL 16.12 lacks; run the function inside the enclosing transaction",
  );
  expect(rejectedTexts()).toEqual([]);
});

test("advisory locks of CockroachDB succeed without excluding other sessions, and those of the other engines fail", async () => {
  const lock = expr`select pg_try_advisory_xact_lock(7) as locked`;
  const { sql, schema } = await open("CockroachDB");
  const held = await transaction(sql, async tx => {
    await q(tx, schema, lock);
    return await q(sql, schema, lock);
  });
  expect(held).toEqual([{ locked: true }]);
  for (const name of ["YugabyteDB", "Aurora DSQL"] as const) {
    const { sql: other, schema: known } = await open(name);
    const error = await failure(q(other, known, lock));
    expect(error).toBeInstanceOf(QueryError);
    expect((error as QueryError).sqlstate).toBe("0A000");
  }
});

test("a pool remembers that its server has no XML functions", async () => {
  const { sql, schema, server } = await open("CockroachDB");
  expect(await loadSchema(sql, { schemas: ["public"] })).toEqual(schema);
  expect(server.rejected).toHaveLength(1);
});

test("the distributed tables of Citus are read in the same round trip", async () => {
  const database = await testDatabase({ template: TABLES });
  databases.push(database);
  const server = await startFakeEngine(database.url, FAKE_ENGINES.Citus);
  servers.push(server);
  await database.sql.unsafe(`insert into pg_catalog.pg_dist_partition values
    ('note', 'h', 'tenant_id', 3, 's'), ('t', 'n', null, 4, 't'), ('job', 'n', null, 0, 's')`);
  const sql = new SQL(server.url, { max: 1, prepare });
  handles.push(sql);
  const schema = await loadSchema(sql, { schemas: ["public"] });
  expect(schema.engine).toMatchObject({
    name: "Citus",
    can: { advisoryLocks: true, listen: true, copy: true },
  });
  expect(schema.relations.map(({ key, distribution }) => [key, distribution])).toEqual([
    ["job", undefined],
    ["note", { column: "tenant_id", group: "3" }],
    ["t", { column: null, group: "4" }],
  ]);
});
