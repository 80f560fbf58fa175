// A table whose list partitions are foreign tables on two other servers; two databases represent the servers.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  ArgumentError,
  declare,
  deleteRow,
  get,
  getMany,
  insert,
  insertMany,
  loadSchema,
  lookup,
  type SchemaSnapshot,
  scope,
  update,
  updateMany,
  updateWhere,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { deleteRowSql, getSql, updateSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

const TABLE = "create table reading (site text not null, id int not null, value int, primary key (site, id))";
const SITES = ["north", "south"] as const;

let database: TestDatabase;
let shards: readonly TestDatabase[];
let schema: SchemaSnapshot;

beforeAll(async () => {
  [database, ...shards] = (await Promise.all([
    testDatabase(),
    ...SITES.map(() => testDatabase({ template: TABLE })),
  ] as const)) as [TestDatabase, TestDatabase, TestDatabase];
  const { sql, url } = database;
  const { hostname, port, username, password } = new URL(url);
  await sql.unsafe(`create extension postgres_fdw;
    create table reading (site text not null, id int not null, value int) partition by list (site);`);
  for (const [at, site] of SITES.entries())
    await sql.unsafe(`
      create server ${site} foreign data wrapper postgres_fdw options (dbname '${shards[at]!.name}', host '${hostname}', port '${port}');
      create user mapping for current_user server ${site} options (user '${username}', password '${password}', password_required 'false');
      create foreign table reading_${site} partition of reading for values in ('${site}') server ${site} options (table_name 'reading');`);
  schema = declare(await loadSchema(sql, { schemas: ["public"] }), {
    reading: { primaryKey: ["id"], distribution: { column: "site" } },
  });
});
afterAll(() => Promise.all([database, ...shards].map(one => one.drop())));

beforeEach(async () => {
  for (const [at, { sql }] of shards.entries()) {
    await sql`truncate reading`;
    await sql`insert into reading values (${SITES[at]!}, ${at + 1}, 10)`;
  }
});

const stored = async (): Promise<unknown[]> =>
  (await Promise.all(shards.map(({ sql }) => sql`select id, value from reading order by id`.values()))).map(
    rows => [...rows],
  );

/** The partitions that the plan of a statement reads or writes. */
async function partitionsOf({
  text,
  params,
}: {
  text: string;
  params: readonly unknown[];
}): Promise<string[]> {
  const literals = params.map(value => `'${String(value)}'`);
  const filled = text.replaceAll(/\$(\d+)/g, (_, number) => literals[Number(number) - 1]!);
  const plan = await database.sql.unsafe(`explain ${filled}`).values();
  return [
    ...new Set(plan.flatMap(([line]: [string]) => line.match(/reading_(?:north|south)/g) ?? [])),
  ] as string[];
}

test("a key with the distribution column reads, updates and deletes on one server", async () => {
  const key = { id: 2, site: "south" };
  const { sql } = database;
  for (const statement of [
    getSql(schema, "reading", key),
    updateSql(schema, "reading", { ...key, value: 11 }, { returning: false }),
    deleteRowSql(schema, "reading", key, { returning: false }),
  ])
    expect(await partitionsOf(statement)).toEqual(["reading_south"]);
  expect(await partitionsOf(getSql(schema, "reading", 2))).toEqual(["reading_north", "reading_south"]);
  expect(await get(sql, schema, "reading", key)).toEqual({ ...key, value: 10 });
  expect(await get(sql, schema, "reading", { id: 2, site: "north" })).toBeUndefined();
  expect(await get(sql, schema, "reading", 2)).toEqual({ ...key, value: 10 });
  expect(await update(sql, schema, "reading", { ...key, value: 11 })).toEqual({ ...key, value: 11 });
  expect(await stored()).toEqual([[[1, 10]], [[2, 11]]]);
  expect(await deleteRow(sql, schema, "reading", key)).toEqual({ ...key, value: 11 });
  expect(await stored()).toEqual([[[1, 10]], []]);
});

test("many rows are written to their servers", async () => {
  const { sql } = database;
  await insert(sql, schema, "reading", { site: "north", id: 3, value: 1 });
  await insertMany(sql, schema, "reading", [
    { site: "north", id: 5, value: 1 },
    { site: "south", id: 6, value: 1 },
  ]);
  const rows = [
    { site: "north", id: 5, value: 50 },
    { site: "south", id: 6, value: 60 },
    { site: "south", id: 5, value: 99 },
  ];
  expect(await updateMany(sql, schema, "reading", rows)).toMatchObject({ updated: 2, missing: [2] });
  expect(await stored()).toEqual([
    [
      [1, 10],
      [3, 1],
      [5, 50],
    ],
    [
      [2, 10],
      [6, 60],
    ],
  ]);
  expect(await getMany(sql, schema, "reading", [{ id: 6, site: "south" }])).toMatchObject([{ value: 60 }]);
});

test("a call that needs a unique index, or would move a row to a different server, is rejected with the reason", async () => {
  const { sql } = database;
  const row = { site: "north", id: 1, value: 5 };
  const keyed = declare(await loadSchema(sql, { schemas: ["public"] }), {
    reading: { primaryKey: ["site", "id"], distribution: { column: "site" } },
  });
  const reason =
    "cannot be a conflict target: a declared key has no unique index; use updateWhere and insert in a transaction";
  for (const call of [
    () => upsert(sql, keyed, "reading", row),
    () => upsertMany(sql, keyed, "reading", [row]),
    () => lookup(sql, keyed, "reading", row, { key: ["site", "id"] }),
  ]) {
    const error = await failure(call());
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(reason);
  }
  expect(
    (await failure(updateWhere(sql, keyed, "reading", { site: "south" }, { where: { id: 1 } }))).message,
  ).toContain("reading.site: the distribution column of a row cannot change");
  expect(await stored()).toEqual([[[1, 10]], [[2, 10]]]);
});

test("a scope on the distribution column stays on one server", async () => {
  const north = scope(schema, { reading: { site: "north" } });
  expect(await partitionsOf(getSql(north, "reading", 1))).toEqual(["reading_north"]);
  expect(await get(database.sql, north, "reading", 2)).toBeUndefined();
  await insert(database.sql, north, "reading", { id: 8, value: 0 });
  expect(await stored()).toEqual([
    [
      [1, 10],
      [8, 0],
    ],
    [[2, 10]],
  ]);
});
