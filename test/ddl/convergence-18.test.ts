// Features of PostgreSQL 18 only: each variant becomes each other one, and schemaSql creates it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SQL } from "bun";
import { migrationSql, schemaSql } from "../../src/ddl/index.ts";
import { fingerprint, loadSchema, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { EMPTY_DATABASE_SQL } from "../support/empty-database.ts";
import { runSteps } from "../support/run-steps.ts";
import { schemaEachSql } from "../support/schema-each.ts";
import { isServer } from "../support/server-version.ts";

let before: TestDatabase;
let after: TestDatabase;

beforeAll(async () => {
  [before, after] = await Promise.all([testDatabase(), testDatabase()]);
});
afterAll(() => Promise.all([before.drop(), after.drop()]));

const OPTIONS = { partitions: true };

/** One schema per text, so that one migration changes all of them. */
async function create({ sql }: TestDatabase, texts: readonly string[]): Promise<SchemaSnapshot> {
  await sql.unsafe(`${EMPTY_DATABASE_SQL} create extension btree_gist; ${schemaEachSql(texts)}`);
  return await loadSchema(sql, { functions: true });
}

async function expectSchema(sql: SQL, wanted: SchemaSnapshot): Promise<void> {
  const found = await loadSchema(sql, { functions: true });
  expect(schemaDiff(found, wanted, OPTIONS)).toEqual([]);
  expect(fingerprint(found, OPTIONS)).toBe(fingerprint(wanted, OPTIONS));
  expect(migrationSql(found, wanted, OPTIONS)).toEqual([]);
}

const PERIODS = "create table e(id int, v daterange,";

const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  "named, invalid and plain NOT NULL constraints": [
    "create table t(a int constraint nn not null, b int not null)",
    "create table t(a int not null, b int)",
    "create table t(a int, b int); alter table t add constraint nn not null a not valid",
    "create table t(a int, b int)",
    "create table t(b int)",
  ],
  "invalid and plain NOT NULL constraints of generated columns": [
    "create table t(a int, b int generated always as (a * 2) stored); alter table t add not null b not valid",
    "create table t(a int, b int generated always as (a * 2) stored not null)",
    "create table t(a int, b int generated always as (a * 2) stored)",
  ],
  "NOT NULL that is not inherited": [
    "create table p(a int not null no inherit, b int not null, c int); create table q() inherits (p)",
    "create table p(a int not null, b int not null no inherit, c int not null no inherit); create table q() inherits (p)",
    "create table p(a int, b int, c int not null); create table q() inherits (p)",
    "create table p(a int not null no inherit, b int, c int)",
  ],
  "virtual columns": [
    "create table t(a int, b int generated always as (a * 2) virtual)",
    "create table t(a bigint, b bigint generated always as (a * 2) virtual, c int)",
    "create table t(a int, b int generated always as (a * 3) stored)",
    "create table t(a int, b int generated always as (a * 3), check (b > 0)); create view v as select b from t",
  ],
  "constraints that are not enforced": [
    "create table m(a int primary key); create table t(a int check (a > 0) not enforced, b int references m not enforced)",
    "create table m(a int primary key); create table t(a int check (a > 0), b int references m)",
    "create table m(a int primary key); create table t(a int, b int)",
  ],
  "temporal keys": [
    `${PERIODS} primary key (id, v without overlaps)); create table f(id int, v daterange, foreign key (id, period v) references e(id, period v))`,
    `${PERIODS} unique (id, v without overlaps)); create table f(id int, v daterange, foreign key (id, period v) references e(id, period v))`,
    "create table e(id int primary key, v daterange)",
  ],
  "NOT NULL, identity and virtual columns of partitions": [
    "create table p(a int not null, b int) partition by list (a); create table p1 partition of p for values in (1)",
    "create table p(a int, b int not null) partition by list (a); create table p1 partition of p(a not null) for values in (1)",
    "create table p(a int, b int generated always as (a) virtual) partition by list (a); create table p1 partition of p for values in (1)",
    "create table p(a int generated always as identity, b int) partition by list (b); create table p1 partition of p for values in (1)",
  ],
  "temporal keys and exclusion constraints of partitions": [
    `${PERIODS} n int, primary key (id, v without overlaps)) partition by range (id); create table e1 partition of e default`,
    `${PERIODS} n bigint, unique (id, v without overlaps)) partition by range (id); create table e1 partition of e default partition by list (id); create table e2 partition of e1 default`,
    `${PERIODS} n int, exclude using gist (id with =, v with &&)) partition by range (id); create table e1 partition of e default`,
    `${PERIODS} n bigint, exclude using gist (id with =, v with &&)) partition by list (id); create table e1 partition of e default; alter table e1 add exclude using gist (n with =)`,
  ],
  "NOT VALID foreign keys of partitioned tables": [
    "create table m(a int primary key); create table p(a int, b int) partition by list (a); create table p1 partition of p for values in (1); alter table p add foreign key (a) references m not valid",
    "create table m(a int primary key); create table p(a int references m, b int) partition by list (a); create table p1 partition of p for values in (1)",
  ],
};

test.if(isServer(18)).each(Object.entries(VARIANTS))("%s", async (_name, variants) => {
  const schema = await create(before, variants);
  await after.sql.unsafe(EMPTY_DATABASE_SQL);
  await after.sql.unsafe(schemaSql(schema));
  await expectSchema(after.sql, schema);
  const pairs = variants.flatMap(from => variants.filter(to => to !== from).map(to => [from, to] as const));
  const current = await create(
    before,
    pairs.map(([from]) => from),
  );
  const wanted = await create(
    after,
    pairs.map(([, to]) => to),
  );
  await runSteps(before.sql, migrationSql(current, wanted, { ...OPTIONS, columnOrder: true }));
  await expectSchema(before.sql, wanted);
});
