import { afterAll, beforeAll, expect, test } from "bun:test";
import { columnType } from "../../src/ddl/define/column-type.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { builtinNames } from "../../src/types/type-name.ts";
import { isServer } from "../support/server-version.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create schema other;
      create type mood as enum ('sad', 'happy'); create type other.mood as enum ('x'); create type "Odd ""name" as enum ('x');
      create domain price as numeric(10, 2); create type pair as (a int, b text); create type other.pair2 as (a int);
      create type span as range (subtype = float8); create table used (moods mood[]);`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

const MODIFIED = [
  ...["varchar(1)", "character varying(120)", "char(3)", "character (7)", "bit(5)", "bit varying(9)"],
  ...[
    "numeric(10,2)",
    ...(isServer(15) ? ["numeric(5, -2)", "numeric(3,6)"] : []),
    "decimal(1000)",
    "time(0)",
    "TIMESTAMP(3)",
    "timestamptz(6)",
  ],
  ...[
    "timestamp (3) with time zone",
    "time(2) without  time zone",
    "interval(2)",
    "varchar(5)[]",
    "numeric(6,2) [] []",
  ],
  ...[
    "int[][]",
    "int[3][]",
    "mood",
    "public.mood",
    "other.mood",
    'public."Odd ""name"',
    'Odd "name',
    "mood[]",
    "other.mood[]",
  ],
  ...[
    "price",
    "price[]",
    "pair",
    "other.pair2[]",
    "span",
    "span_multirange",
    "public.span[]",
    'Odd "name[]',
    "box[]",
  ],
];

test("every type name and modifier is parsed as the type that PostgreSQL creates", async () => {
  const names = [...builtinNames(), ...MODIFIED];
  const asked = names.map(name => columnType(schema, name));
  const columns = names.map((name, index) => `"c${index}" ${sqlName(name)}`);
  await database.sql.unsafe(`create table typed (${columns.join(", ")})`);
  const stored = (await loadSchema(database.sql)).relations.find(({ name }) => name === "typed");
  const made = stored?.columns.map(({ type, typeKey, typmod }) => ({ type, typeKey, typmod }));
  expect(made).toEqual(asked);
});

// The names above are the snapshot's, and one of them needs quotes in SQL.
function sqlName(name: string): string {
  return name.startsWith("Odd") ? `"Odd ""name"${name.endsWith("[]") ? "[]" : ""}` : name;
}

test("the printed type is parsed as the same type", () => {
  for (const name of [...builtinNames(), ...MODIFIED]) {
    const type = columnType(schema, name);
    if (type.type.includes('"Odd')) continue;
    expect(columnType(schema, type.type)).toEqual(type);
  }
});

test("any other string is rejected with the nearest names", () => {
  const rejected: Readonly<Record<string, string>> = {
    txt: 'type "txt" does not exist; did you mean "text"',
    "int; drop table used": "does not exist",
    "text not null": "does not exist",
    "text default now()": "is more than a type; pass keys, defaults and checks as options",
    'mood" int, "x': "does not exist",
    moods: 'did you mean "mood"',
    "integer(4)": "this type has no modifier",
    "varchar(0)": "the modifier must be from 1 to 10485760",
    "numeric(1001)": "the modifier must be from 1 to 1000",
    "numeric(10,2,3)": "does not exist",
    "numeric(3,2000)": "the scale must be from -1000 to 1000",
    "timestamp(7)": "the modifier must be from 0 to 6",
    "varchar(5,5)": "the modifier has more than one number",
    bigserial: "use bigint with the option identity",
    "": "does not exist",
  };
  for (const [name, message] of Object.entries(rejected))
    expect(() => columnType(schema, name)).toThrow(message);
});
