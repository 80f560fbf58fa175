import { afterAll, beforeAll, expect, test } from "bun:test";
import { rowOfAssignments } from "../../src/cli/assignments.ts";
import { filtersOf } from "../../src/cli/filters.ts";
import { EXACT_FORMS } from "../../src/cli/open-database.ts";
import { rowsOptions } from "../../src/cli/reading-options.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { countSql, rowsWhereSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;
let exact: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `create type mood as enum ('sad', 'glad');
      create table thing (id int primary key, name varchar(3), "a=b" int, "a" int, "-x" int, size float8, big int8,
        price numeric(10, 2), done bool, at timestamptz, day date, tags text[], numbers int[], prices numeric[], data jsonb, list jsonb[], mood mood,
        bytes bytea, during int4range, place point)`,
  });
  schema = await loadSchema(database.sql);
  exact = await loadSchema(database.sql, EXACT_FORMS);
});
afterAll(() => database.drop());

/** The condition and the parameters of `--where` options. */
function condition(...texts: readonly string[]): string {
  const { text, params } = countSql(schema, "thing", { where: filtersOf(schema, "thing", texts) });
  return `${/ WHERE (.*)$/.exec(text)?.[1]} ${JSON.stringify(params)}`;
}

test("every sign becomes the SQL operator", () => {
  expect(condition("id=1")).toBe('"id" = $1::text::int4 ["1"]');
  expect(condition("id != 1")).toBe('"id" <> $1::text::int4 ["1"]');
  expect(condition("id<>1")).toBe('"id" <> $1::text::int4 ["1"]');
  expect(condition("id<-1")).toBe('"id" < $1::text::int4 ["-1"]');
  expect(condition("id<=1")).toBe('"id" <= $1::text::int4 ["1"]');
  expect(condition("id>1")).toBe('"id" > $1::text::int4 ["1"]');
  expect(condition("id >= 1")).toBe('"id" >= $1::text::int4 ["1"]');
  expect(condition("name~^a.+z$")).toBe('"name" ~ $1::text ["^a.+z$"]');
  expect(condition("name~~A%")).toBe('"name" LIKE $1::text ["A%"]');
  expect(condition("name ~~* a%")).toBe('"name" ILIKE $1::text ["a%"]');
  expect(condition("tags@>{live}")).toBe('"tags" @> $1::text::text[] ["{\\"live\\"}"]');
  expect(condition("name is null")).toBe('"name" IS NULL []');
  expect(condition("name IS NOT NULL")).toBe('"name" IS NOT NULL []');
});

test("a row must satisfy all filters", () => {
  expect(condition("id=1", "name=x")).toBe(
    '("id" = $1::text::int4 AND "name" = $2::text::varchar) ["1","x"]',
  );
});

test("a value may contain an operator or be empty", () => {
  expect(condition("name=a=b")).toBe('"name" = $1::text::varchar ["a=b"]');
  expect(condition("name=")).toBe('"name" = $1::text::varchar [""]');
});

test("a value in single quotes is read as in SQL", () => {
  expect(condition("name = 'Rock'")).toBe('"name" = $1::text::varchar ["Rock"]');
  expect(condition("name <> 'Rock' ")).toBe('"name" <> $1::text::varchar ["Rock"]');
  expect(condition("name='it''s'")).toBe(`"name" = $1::text::varchar ["it's"]`);
  expect(condition("name='''a'''")).toBe(`"name" = $1::text::varchar ["'a'"]`);
  expect(condition("name=''")).toBe('"name" = $1::text::varchar [""]');
  expect(condition("name='null'")).toBe('"name" = $1::text::varchar ["null"]');
  expect(condition("name='=a'")).toBe('"name" = $1::text::varchar ["=a"]');
  expect(condition("id='5'")).toBe('"id" = $1::text::int4 ["5"]');
  expect(condition("name ~~ 'R%'")).toBe('"name" LIKE $1::text ["R%"]');
});

test("a comparison with NULL, a condition with OR and an operator of other languages are rejected", () => {
  const advice = "; if this value is meant, put it in single quotes, as in SQL";
  for (const text of ["name = null", "name <> NULL", "id=Null"])
    expect(() => condition(text)).toThrow(
      `--where "${text}": no value is equal or unequal to NULL; write 'column is null' or 'column is not null'${advice}`,
    );
  for (const [text, first] of [
    ["name == x", "="],
    ["name !== x", "="],
    ["name => x", ">"],
    ["id=<5", "<"],
    ["name = 'a' or 'b'", "'"],
  ])
    expect(() => condition(text!)).toThrow(`--where "${text}": the value begins with ${first}${advice}`);
});

test("a filter begins with the longest matching column name", () => {
  expect(condition("a=b=1")).toBe('"a=b" = $1::text::int4 ["1"]');
  expect(condition("a=1")).toBe('"a" = $1::text::int4 ["1"]');
});

test("the text of a value is parsed by the column's type", () => {
  const parameter = (text: string): unknown =>
    countSql(schema, "thing", { where: filtersOf(schema, "thing", [text]) }).params[0];
  expect(parameter("size=1e3")).toBe("1000");
  expect(parameter("size=Infinity")).toBe("Infinity");
  expect(parameter("big=9223372036854775807")).toBe("9223372036854775807");
  expect(parameter("price=0.125")).toBe("0.125");
  expect(parameter("done=yes")).toBe("true");
  expect(parameter("done=F")).toBe("false");
  expect(parameter("at=2026-11-25T12:00:00Z")).toBe("2026-11-25T12:00:00Z");
  expect(parameter("day=2026-11-25")).toBe("2026-11-25");
  expect(parameter('tags={a,"b,c",NULL}')).toBe('{"a","b,c",NULL}');
  expect(parameter("numbers={1,2}")).toBe("{1,2}");
  expect(parameter('data={"b": [1]}')).toBe('{"b":[1]}');
  expect(parameter("mood=glad")).toBe("glad");
  expect(parameter("bytes=\\x00ff")).toBe("\\x00ff");
  expect(parameter("during=[1,5)")).toBe("[1,5)");
});

test("a value that the column cannot store is rejected with the column's name", () => {
  expect(() => condition("id=x")).toThrow("thing.id: expected an integer");
  expect(() => condition("id=")).toThrow("thing.id: expected an integer");
  expect(() => condition("id=0x10")).toThrow("thing.id: expected an integer");
  expect(() => condition("done=maybe")).toThrow("thing.done: expected true or false");
  expect(() => condition("mood=angry")).toThrow("thing.mood: ");
  expect(() => condition("data={")).toThrow('thing.data: expected JSON, received "{"');
  expect(() => condition("numbers={1,x}")).toThrow("thing.numbers: expected an integer");
});

test("an unknown column is reported with the nearest name, an invalid filter with an example", () => {
  expect(() => condition("nmae=x")).toThrow('thing has no column "nmae"; did you mean "name"?');
  expect(() => condition("nmae is null")).toThrow('thing has no column "nmae"');
  expect(() => condition("name")).toThrow("--where must be a column, one of = ");
});

test("order, limit, offset and select are parsed", () => {
  const reading = rowsOptions(schema, "thing", {
    order: "name, -id,-x",
    limit: 0,
    offset: 2,
    select: "id, name",
  });
  expect(rowsWhereSql<Record<string, unknown>>(schema, "thing", reading).text).toBe(
    'SELECT "id", "name" FROM "public"."thing" ORDER BY "thing"."name", "thing"."id" DESC, "thing"."-x" LIMIT $1::text::int8 OFFSET $2::text::int8',
  );
});

test("a direction as in SQL is rejected, with the option to write", () => {
  expect(() => rowsOptions(schema, "thing", { order: "name,id DESC" })).toThrow(
    "--order must be columns, with a leading - for descending; write --order=-id",
  );
  expect(() => rowsOptions(schema, "thing", { order: "id asc" })).toThrow("write --order=id");
});

test("an assignment is parsed by the column's type, or as JSON", () => {
  const row = rowOfAssignments(schema, "thing", [
    "id=1",
    "name=",
    "a=b=2",
    "tags={x,y}",
    "numbers:=[1, null]",
    "price:=null",
    'data={"k": 1}',
    "done=no",
  ]);
  expect(row).toEqual({
    id: 1,
    name: "",
    "a=b": 2,
    tags: ["x", "y"],
    numbers: [1, null],
    price: null,
    data: { k: 1 },
    done: false,
  });
});

test("numbers of JSON keep every digit", () => {
  const digits = "0.12345678901234567890123";
  expect(
    rowOfAssignments(schema, "thing", [
      `price:=${digits}`,
      `prices:=[${digits}, 1e400]`,
      `size:=${digits}`,
      "big:=9007199254740993",
      `name:=${digits}`,
    ]),
  ).toEqual({
    price: digits,
    prices: [digits, "1e400"],
    size: Number(digits),
    big: "9007199254740993",
    name: Number(digits),
  });
});

test("integers of JSON beyond 2^53 that JavaScript does not round keep their digits", () => {
  const row = rowOfAssignments(schema, "thing", [
    "big:=10000000000000000",
    "price:=1e20",
    "prices:=[1e16]",
    "size:=1e16",
  ]);
  expect(row).toEqual({
    big: "10000000000000000",
    price: "100000000000000000000",
    prices: ["10000000000000000"],
    size: 1e16,
  });
});

test("JSON inside an array is JSON itself", () => {
  expect(rowOfAssignments(exact, "thing", ['list:=[{"a":0.12345678901234567890},"x",null]'])).toEqual({
    list: ['{"a":0.12345678901234567890}', '"x"', null],
  });
});

test("invalid assignments are rejected", () => {
  const row = (...texts: readonly string[]) => rowOfAssignments(schema, "thing", texts);
  expect(() => row("id")).toThrow('assignments must be column=value or column:=json, received "id"');
  expect(() => row("id=1", "id=2")).toThrow("thing.id is assigned twice");
  expect(() => row("tags:=[")).toThrow("thing.tags: the text after := is not valid JSON (character 2:");
  expect(() => row('data:={"a":1,"a":2}')).toThrow(
    'thing.data: the text after := has an object with the same key twice: "a" (character 8)',
  );
  expect(() => row("idd=1")).toThrow('thing has no column "idd"; did you mean "id"?');
});
