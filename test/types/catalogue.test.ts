import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { CATALOGUE, hasDirectCast } from "../../src/types/catalogue.ts";
import { parseTypeName, shortTypeName } from "../../src/types/type-name.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ template: "" });
});
afterAll(() => database.drop());

test("every key is a type of pg_catalog, and every oid is the one of PostgreSQL", async () => {
  const rows: readonly { name: string; oids: readonly number[] }[] = await database.sql.unsafe(
    `select typname as name, json_build_array(oid::int, typarray::int) as oids
     from pg_type where typnamespace = 'pg_catalog'::regnamespace`,
  );
  const known = new Map(rows.map(({ name, oids }) => [name, oids]));
  for (const [key, { oids }] of Object.entries(CATALOGUE)) {
    expect([key, known.has(key)]).toEqual([key, true]);
    if (oids !== undefined) expect([key, known.get(key)]).toEqual([key, [...oids]]);
  }
});

test("the result types of sum and avg are those of PostgreSQL, for every type that supports them", async () => {
  const rows: readonly { fn: "sum" | "avg"; type: string; result: string }[] = await database.sql.unsafe(
    `select p.proname as fn, a.typname as type, r.typname as result
     from pg_proc p join pg_type a on a.oid = p.proargtypes[0] join pg_type r on r.oid = p.prorettype
     where p.proname in ('sum', 'avg') and p.prokind = 'a'`,
  );
  const known = rows.map(({ fn, type, result }) => `${fn}(${type}) ${result}`).sort();
  const ours = Object.entries(CATALOGUE).flatMap(([key, { sum, avg }]) => [
    ...(sum === undefined ? [] : [`sum(${key}) ${sum}`]),
    ...(avg === undefined ? [] : [`avg(${key}) ${avg}`]),
  ]);
  expect(ours.sort()).toEqual(known);
});

test("every direct cast and every cast to a wider type exists in PostgreSQL", async () => {
  const keys = Object.keys(CATALOGUE);
  const pairs = keys.flatMap(from => keys.map(to => [from, to] as const)).filter(([from, to]) => from !== to);
  const casts = pairs.filter(
    ([from, to]) => hasDirectCast(from, to) || CATALOGUE[from]?.widerTypes?.includes(to),
  );
  const columns = casts.map(([from, to]) => `null::"${from}"::"${to}"`);
  await database.sql.unsafe(`select ${columns.join(", ")}`);
  expect(casts.length).toBeGreaterThan(100);
});

test("a long type name has a short one, with its modifier and its brackets", () => {
  const short: Readonly<Record<string, string>> = {
    "character varying(120)": "varchar(120)",
    "timestamp(3) with time zone": "timestamptz(3)",
    "timestamp without time zone[]": "timestamp[]",
    "time(0) with time zone": "timetz(0)",
    "time without time zone": "time",
    "double precision": "float8",
    "bit varying(5)": "varbit(5)",
    "numeric(10,2)": "numeric(10,2)",
    "character(3)": "character(3)",
    'public."a b"': 'public."a b"',
    "interval day to second": "interval day to second",
  };
  for (const [long, name] of Object.entries(short)) expect(shortTypeName(long)).toBe(name);
});

test("a type name in any spelling is parsed to the key, the packed modifier and the printed name", () => {
  expect(parseTypeName("TIMESTAMP (3)  with time zone")).toEqual({
    key: "timestamptz",
    typmod: 3,
    printed: "timestamp(3) with time zone",
  });
  expect(parseTypeName("char")).toEqual({ key: "bpchar", typmod: 5, printed: "character(1)" });
  expect(parseTypeName("bpchar")).toEqual({ key: "bpchar", typmod: -1, printed: "bpchar" });
  expect(parseTypeName("mood")).toBeUndefined();
});
