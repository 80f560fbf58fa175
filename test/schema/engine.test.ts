// The engine of a handle, which is recognized by objects that only this engine has, and the calls that are rejected or
// changed if the engine lacks a feature. A PostgreSQL database with such objects returns the answers that the other
// engines document.
import { afterAll, expect, test } from "bun:test";
import * as v from "valibot";
import { abilitiesOf, type EngineFacts, engineOf, printEngine } from "../../src/schema/engine.ts";
import {
  ArgumentError,
  channel,
  count,
  exportRows,
  fingerprint,
  importRows,
  insertMany,
  loadSchema,
  migrate,
  parseSchema,
  rowsWhere,
  type Statement,
  schemaDiff,
  snapshotJson,
  type TestDatabase,
  testDatabase,
  upsert,
  upsertMany,
  watch,
  withLock,
  work,
} from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";

const TABLE = "create table t (id int primary key, name text);";

/** The objects by which each engine is recognized. */
const SIGNS = {
  PostgreSQL: "",
  Citus: "create function citus_version() returns text language sql as 'select ''Citus 13.0.0''';",
  CockroachDB: "create schema crdb_internal;",
  YugabyteDB: "create function yb_servers() returns text language sql as 'select ''a''';",
  "Aurora DSQL": "create schema sys; create table sys.iam_pg_role_mappings (arn text);",
} as const;

const opened: TestDatabase[] = [];
afterAll(async () => void (await Promise.all(opened.map(database => database.drop()))));

async function openEngine(name: keyof typeof SIGNS) {
  const database = await testDatabase({ template: TABLE + SIGNS[name] });
  opened.push(database);
  const schema = await loadSchema(database.sql, { schemas: ["public"] });
  return { sql: database.sql, schema };
}

const ALL = { advisoryLocks: true, listen: true, copy: true, temporaryTables: true, systemColumns: true };
const NONE = {
  ...{ advisoryLocks: false, listen: false, copy: false, temporaryTables: false, systemColumns: false },
};
const ABILITIES = {
  PostgreSQL: ALL,
  Citus: ALL,
  CockroachDB: NONE,
  YugabyteDB: { ...ALL, advisoryLocks: false, listen: false, systemColumns: false },
  "Aurora DSQL": NONE,
};

for (const name of Object.keys(SIGNS) as (keyof typeof SIGNS)[])
  test(`the snapshot contains ${name} and its features`, async () => {
    const { schema } = await openEngine(name);
    expect(schema.engine).toMatchObject({ name, isStandby: false, can: ABILITIES[name] });
    expect(schema.engine!.version).toMatch(/^\d+/);
    expect(parseSchema(JSON.parse(JSON.stringify(schema)))).toEqual(schema);
  });

const FACTS: EngineFacts = {
  version: "PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc",
  ...{ isStandby: false, isCockroach: false, isYugabyte: false, isDsql: false, isCitus: false },
  ...{ advisoryLocks: null, listenNotify: null, versionNum: 180_004 },
};

test("the version is the engine's own, and the version of PostgreSQL alone decides nothing", () => {
  const cockroach = { ...FACTS, isCockroach: true, version: "CockroachDB CCL v26.1.0 (x86_64-pc-linux-gnu)" };
  expect(engineOf(cockroach)).toEqual({
    ...{ name: "CockroachDB", version: "v26.1.0", isStandby: false },
    can: { ...NONE, savepoints: true, returningOld: false, nullsNotDistinct: false },
  });
  const yugabyte = {
    ...FACTS,
    isYugabyte: true,
    version: "PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64",
    versionNum: 150_012,
  };
  expect(engineOf(yugabyte)).toMatchObject({
    name: "YugabyteDB",
    version: "2025.1.0.0-b0",
    can: { returningOld: false, nullsNotDistinct: true },
  });
  expect(engineOf({ ...yugabyte, advisoryLocks: "on", listenNotify: "on" }).can).toMatchObject({
    advisoryLocks: true,
    listen: true,
  });
  expect(engineOf({ ...FACTS, isStandby: true })).toEqual({
    ...{ name: "PostgreSQL", version: "18.4", isStandby: true },
    can: { ...ALL, savepoints: true, returningOld: true, nullsNotDistinct: true },
  });
});

test.each([
  [149_999, false, false],
  [150_000, true, false],
  [179_999, true, false],
  [180_000, true, true],
])(
  "PostgreSQL version %i has NULLS NOT DISTINCT: %p, OLD in RETURNING: %p",
  (versionNum, nullsNotDistinct, returningOld) => {
    expect(engineOf({ ...FACTS, versionNum }).can).toMatchObject({ nullsNotDistinct, returningOld });
    expect(engineOf({ ...FACTS, isCockroach: true, versionNum }).can).toMatchObject({
      ...{ nullsNotDistinct: false, returningOld: false },
    });
  },
);

test("the fingerprint does not depend on the engine, and a stored snapshot of PostgreSQL has no engine", async () => {
  const { schema } = await openEngine("PostgreSQL");
  const other = { ...schema, engine: engineOf({ ...FACTS, isCockroach: true }) };
  expect(fingerprint(other)).toBe(fingerprint(schema));
  expect(schemaDiff(schema, other)).toEqual([]);
  expect(snapshotJson(schema)).not.toContain("engine");
  expect(parseSchema(snapshotJson(other)).engine).toEqual(other.engine);
});

test("without an engine, as in a stored snapshot, the version of PostgreSQL decides", () => {
  const can = { ...ALL, savepoints: true, returningOld: false, nullsNotDistinct: false };
  expect(abilitiesOf({ serverVersionNum: 140_000 })).toEqual(can);
  expect(abilitiesOf({ serverVersionNum: 149_999 })).toEqual(can);
  expect(abilitiesOf({ serverVersionNum: 150_000 })).toEqual({ ...can, nullsNotDistinct: true });
  expect(abilitiesOf({ serverVersionNum: 179_999 })).toEqual({ ...can, nullsNotDistinct: true });
  expect(abilitiesOf({ serverVersionNum: 180_000 })).toEqual({
    ...can,
    ...{ nullsNotDistinct: true, returningOld: true },
  });
  expect(printEngine({ serverVersionNum: 180_004 })).toBe("PostgreSQL 18");
});

test("advisory locks that have no effect are rejected", async () => {
  const { sql, schema } = await openEngine("CockroachDB");
  const of = (user: string): string =>
    `${user} requires advisory locks, which CockroachDB ${schema.engine!.version} lacks; `;
  let runs = 0;
  const locked = await failure(withLock(sql, "report", () => runs++));
  expect(locked).toBeInstanceOf(ArgumentError);
  expect(locked.message).toBe(`${of("withLock")}lock a row of your own table with lock: "update"`);
  const migrated = await failure(migrate(sql, [{ name: "001_a", up: "create table m (id int)" }]));
  expect(migrated.message).toBe(`${of("migrate")}send the statements with script, from one session`);
  expect([runs, await sql`select to_regclass('m') as m`.values()]).toEqual([0, [[null]] as never]);
});

test("without a snapshot the server is queried once per pool", async () => {
  const database = await testDatabase({ template: SIGNS["Aurora DSQL"] });
  opened.push(database);
  for (let again = 0; again < 2; again++)
    expect((await failure(withLock(database.sql, "a", () => 1))).message).toStartWith(
      "withLock requires advisory locks, which Aurora DSQL ",
    );
});

test("without LISTEN, channels and watch are rejected", async () => {
  for (const name of ["CockroachDB", "YugabyteDB", "Aurora DSQL"] as const) {
    const { sql, schema } = await openEngine(name);
    const reason = `requires LISTEN, which ${name} ${schema.engine!.version} lacks; read the table again after a pause`;
    const orders = channel(sql, "orders", v.string());
    expect((await failure(orders[Symbol.asyncIterator]().next())).message).toBe(`channel "orders" ${reason}`);
    expect((await failure(watch(sql, schema, "t").next())).message).toBe(`watch ${reason}`);
  }
});

test("without LISTEN, workers poll", async () => {
  const { sql } = await openEngine("YugabyteDB");
  await sql.unsafe(
    "create table job (id int primary key, status text not null default 'pending'); insert into job values (1);",
  );
  const schema = await loadSchema(sql, { schemas: ["public"] });
  const listened: string[] = [];
  const handle = new Proxy(sql, {
    get: (target, name) => {
      if (name === "listen") return (channel: string) => void listened.push(channel);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const stop = new AbortController();
  const finished = await work(handle, schema, "job", () => stop.abort(), { signal: stop.signal });
  expect([finished, listened]).toEqual([1, []]);
});

test("without COPY and temporary tables many rows are written and exported with other statements", async () => {
  const { sql, schema } = await openEngine("CockroachDB");
  const sent: string[] = [];
  const options = { onStatement: ({ text }: Statement) => void sent.push(text) };
  const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: `name ${id}` }));
  expect(await insertMany(sql, schema, "t", rows.slice(0, 1_000), options)).toBe(1_000);
  expect(await upsertMany(sql, schema, "t", rows, options)).toBe(3_000);
  const csv = await new Response(
    exportRows(sql, schema, "t", { format: "csv", orderBy: "id", ...options }),
  ).text();
  expect(csv.split(/\r?\n/).slice(0, 3)).toEqual(["id,name", "0,name 0", "1,name 1"]);
  const more = csv.replaceAll(/^(\d+),/gm, (_, id) => `${Number(id) + 3_000},`);
  await importRows(sql, schema, "t", more, { format: "csv", onStatement: options.onStatement });
  expect(await count(sql, schema, "t")).toBe(6_000);
  expect(sent.length).toBeGreaterThan(3);
  expect(sent.filter(text => /\bCOPY\b|\bTEMP/i.test(text))).toEqual([]);
});

test("without OLD in RETURNING an upsert determines inserted rows differently", async () => {
  const { sql, schema } = await openEngine("CockroachDB");
  const texts: string[] = [];
  const options = { inserted: true, onStatement: ({ text }: Statement) => void texts.push(text) } as const;
  const first = await upsert(sql, schema, "t", { id: 1, name: "a" }, options as never);
  const second = await upsert(sql, schema, "t", { id: 1, name: "b" }, options as never);
  expect([first, second].map(row => JSON.stringify(row))).toEqual([
    expect.stringContaining("true"),
    expect.stringContaining("false"),
  ] as never);
  expect(texts[0]).not.toMatch(/old\.|xmax/);
  expect(await rowsWhere(sql, schema, "t")).toEqual([{ id: 1, name: "b" }]);
});
