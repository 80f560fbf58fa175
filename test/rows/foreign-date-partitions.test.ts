// Tables that are partitioned by a date and by an enum, with foreign partitions, as for rows that have been archived.
// Without the subquery PostgreSQL 18 changes rows of another partition, or crashes.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  and,
  between,
  declare,
  deleteRow,
  deleteWhere,
  expr,
  gte,
  loadSchema,
  oneOf,
  type SchemaSnapshot,
  scope,
  update,
  updateWhere,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { updateSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase();
  const { sql, url, name } = database;
  const { hostname, port, username, password } = new URL(url);
  // The remote connection sees only committed tables.
  await sql.unsafe(`
    create schema remote;
    create type level as enum ('low', 'high');
    ${["a2025", "a2026"].map(table => `create table remote.${table} (id int, day date, body text);`).join("")}
    create table remote.a_low (id int, level level, body text);`);
  await sql.unsafe(`
    create extension postgres_fdw;
    create server archive foreign data wrapper postgres_fdw options (dbname '${name}', host '${hostname}', port '${port}');
    create user mapping for current_user server archive options (user '${username}', password '${password}', password_required 'false');
    create table entry (id int not null, day date not null, body text) partition by range (day);
    create foreign table a2025 partition of entry for values from ('2025-01-01') to ('2026-01-01') server archive options (schema_name 'remote');
    create foreign table a2026 partition of entry for values from ('2026-01-01') to ('2027-01-01') server archive options (schema_name 'remote');
    create view entries as select id, day, body from entry;
    create table alarm (id int not null, level level not null, body text) partition by list (level);
    create table a_high partition of alarm for values in ('high');
    create foreign table a_low partition of alarm for values in ('low') server archive options (schema_name 'remote');`);
  const keys = { primaryKey: ["id", "day"] };
  schema = declare(await loadSchema(sql, { schemas: ["public"] }), {
    ...{ entry: keys, entries: keys },
    alarm: { primaryKey: ["id", "level"] },
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(`
    truncate remote.a2025, remote.a2026, remote.a_low, a_high;
    insert into remote.a2025 values (1, '2025-05-05', 'one'), (2, '2025-05-05', 'two');
    insert into remote.a2026 values (1, '2026-05-05', 'one'), (2, '2026-05-05', 'two');
    insert into remote.a_low values (1, 'low', 'one');
    insert into a_high values (1, 'high', 'one')`);
});

/** The rows with a different text than before each test, or those that are missing. */
async function changes(): Promise<unknown[][]> {
  return [
    ...(await database.sql`
      select day::text, id, body from
        (values ('2025-05-05'::date, 1, 'one'), ('2025-05-05', 2, 'two'), ('2026-05-05', 1, 'one'), ('2026-05-05', 2, 'two')) as before (day, id, former)
        left join (select * from remote.a2025 union all select * from remote.a2026) as stored using (day, id)
      where body is distinct from former order by 1, 2`.values()),
  ];
}
const alarms = async (): Promise<unknown[]> => [
  ...(await database.sql`select level, body from remote.a_low union all select level, body from a_high`.values()),
];

const day = "2026-05-05";
const changed = [[day, 2, "new"]];
const missing = [[day, 2, null]];
// The server cannot send it to the archive, so it changes the rows one by one.
const isLocal = expr`random() >= 0`;

test("update changes the row of its foreign partition", async () => {
  expect(await update(database.sql, schema, "entry", { id: 2, day, body: "new" })).toEqual({
    id: 2,
    day,
    body: "new",
  });
  expect(await changes()).toEqual(changed);
});

test("update through a view changes the row of its foreign partition", async () => {
  await update(database.sql, schema, "entries", { id: 2, day, body: "new" });
  expect(await changes()).toEqual(changed);
});

test("updateWhere changes the rows that match one by one", async () => {
  expect(
    await updateWhere(
      database.sql,
      schema,
      "entry",
      { body: "new" },
      { where: and({ id: 2, day }, isLocal) },
    ),
  ).toBe(1);
  expect(await changes()).toEqual(changed);
});

test("updateWhere with operators changes the rows that match", async () => {
  for (const where of [
    { id: 2, day: gte(day) },
    { id: 2, day: between(day, "2027-01-01") },
    { id: 2, day: oneOf([day]) },
  ]) {
    await updateWhere(database.sql, schema, "entry", { body: expr`body || '.'` as never }, { where });
  }
  expect(await changes()).toEqual([[day, 2, "two..."]]);
});

test("deleteRow deletes the row of its foreign partition", async () => {
  await deleteRow(database.sql, schema, "entry", [2, day]);
  expect(await changes()).toEqual(missing);
});

test("deleteWhere deletes the rows that match one by one", async () => {
  expect(await deleteWhere(database.sql, schema, "entry", { where: and({ id: 2, day }, isLocal) })).toBe(1);
  expect(await changes()).toEqual(missing);
});

test("a scope over the partition key restricts the foreign partition that is changed", async () => {
  const own = scope(schema, { entry: { day } });
  expect(await updateWhere(database.sql, own, "entry", { body: "new" }, { where: { id: 2 } })).toBe(1);
  expect(await changes()).toEqual(changed);
});

test("claim marks the row of its foreign partition", async () => {
  await claim(database.sql, schema, "entry", { where: { id: 2, day }, set: { body: "new" } });
  expect(await changes()).toEqual(changed);
});

test("a foreign partition for the label of an enum is updated", async () => {
  await update(database.sql, schema, "alarm", { id: 1, level: "low", body: "new" });
  await updateWhere(
    database.sql,
    schema,
    "alarm",
    { body: expr`body || '.'` as never },
    { where: { level: oneOf(["low"]) } },
  );
  expect(await alarms()).toEqual([
    ["low", "new."],
    ["high", "one"],
  ]);
});

/** A copy, because what is known of a table is cached with its relation. */
const onVersion = (serverVersionNum: number): SchemaSnapshot => ({
  ...structuredClone(schema),
  serverVersionNum,
});

test("a value that PostgreSQL 18 would use when the statement starts is a subquery", () => {
  const { text } = updateSql(onVersion(180_000), "entry", { id: 2, day, body: "new" });
  expect(text).toContain('WHERE "id" = $2::text::int4 AND "day" = (SELECT $3::text::date) RETURNING');
});

test("before PostgreSQL 18 a value chooses the partitions when the statement starts", () => {
  const { text } = updateSql(onVersion(170_000), "entry", { id: 2, day, body: "new" });
  expect(text).toContain('WHERE "id" = $2::text::int4 AND "day" = $3::text::date RETURNING');
});
