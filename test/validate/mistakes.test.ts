// The messages for typical mistakes, for review by a person.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot, ValidationError, validateInsert } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create type mood as enum ('sad', 'ok');
      create domain positive as int check (value > 0);
      create type pair as (a int, b text);
      create table thing (
        id int generated always as identity primary key,
        name varchar(5) not null,
        small int2, big int8, price numeric(6,2), ratio float4, flag bool, feeling mood, born date, at timestamptz, local timestamp,
        clock time, span interval, data bytea, doc jsonb, code uuid, address inet, mask bit(3), tags text[], grid int[],
        during int4range, two pair, amount positive, amounts positive[], spot point,
        stars int check (stars between 1 and 5), size text check (size in ('S', 'M')), nick text check (length(nick) >= 2),
        doubled int generated always as (small * 2) stored
      );`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

/** A mistake → every line of the message. */
const MISTAKES: readonly [row: Record<string, unknown>, ...lines: string[]][] = [
  [{}, "thing.name: Expected a value, received nothing (the column is NOT NULL without a default)"],
  [{ name: null }, "thing.name: Expected a string, received null (the column is NOT NULL)"],
  [
    { name: undefined },
    "thing.name: Expected a string, received undefined (leave out the column, or use null for NULL)",
  ],
  [{ name: 5 }, "thing.name: Expected a string, received 5"],
  [{ name: "abcdef" }, 'thing.name: Expected at most 5 characters, received "abcdef" (it has 6)'],
  [
    { name: "a\0" },
    'thing.name: Expected a string without NUL characters, received "a\\u0000" (PostgreSQL cannot store them)',
  ],
  [
    { name: "a", nmae: 1, smal: 2 },
    'thing.nmae: Expected a column of thing, received "nmae"; did you mean "name"?',
    'thing.smal: Expected a column of thing, received "smal"; did you mean "small" or "span"?',
  ],
  [
    { name: "a", id: 5 },
    "thing.id: Expected no value for this column, received 5 (the column is a GENERATED ALWAYS identity column)",
  ],
  [
    { name: "a", doubled: 5 },
    "thing.doubled: Expected no value for this column, received 5 (the column is generated)",
  ],
  [{ name: "a", small: 32768 }, "thing.small: Expected an integer from -32768 to 32767, received 32768"],
  [{ name: "a", small: 1.5 }, "thing.small: Expected an integer from -32768 to 32767, received 1.5"],
  [{ name: "a", small: "5" }, 'thing.small: Expected an integer from -32768 to 32767, received "5"'],
  [
    { name: "a", big: 2 ** 53 },
    "thing.big: Expected a 64-bit integer as a decimal string, bigint or safe integer, received 9007199254740992 (a number this large may already have been rounded)",
  ],
  [
    { name: "a", price: 0.1 + 0.2 },
    "thing.price: Expected a number with at most 6 digits, 2 of them after the decimal point, received 0.30000000000000004 (it would be rounded to 2 decimal places)",
  ],
  [{ name: "a", ratio: 1e39 }, "thing.ratio: Expected a number in the range of float4, received 1e+39"],
  [{ name: "a", flag: "true" }, 'thing.flag: Expected true or false, received "true"'],
  [{ name: "a", feeling: "happy" }, 'thing.feeling: Expected one of "sad", "ok", received "happy"'],
  [
    { name: "a", born: new Date(0) },
    'thing.born: Expected a date such as "2026-11-24", received the Date 1970-01-01T00:00:00.000Z (a Date is a timestamp, whose date depends on the time zone)',
  ],
  [
    { name: "a", born: "2023-02-29" },
    'thing.born: Expected a valid date such as "2026-11-24", received "2023-02-29"',
  ],
  [
    { name: "a", at: "2024-01-01T10:00:00" },
    'thing.at: Expected a Date, or a string with an offset such as "2026-11-24T12:30:00Z", received "2024-01-01T10:00:00" (without an offset the session\'s time zone would apply)',
  ],
  [
    { name: "a", local: "2024-01-01T10:00:00Z" },
    'thing.local: Expected a Date, or a string without an offset such as "2026-11-24T12:30:00", received "2024-01-01T10:00:00Z" (the offset would be ignored)',
  ],
  [{ name: "a", at: new Date(Number.NaN) }, "thing.at: Expected a valid Date, received an invalid Date"],
  [{ name: "a", data: "abc" }, 'thing.data: Expected a Uint8Array or ArrayBuffer, received "abc"'],
  [
    { name: "a", doc: { list: [1, { when: new Date(0) }] } },
    "thing.doc.list[1].when: Expected a plain object, received the Date 1970-01-01T00:00:00.000Z",
  ],
  [
    { name: "a", doc: { n: 5n } },
    'thing.doc.n: Expected a JSON value, received 5n (JSON has no bigint; load the snapshot with types: { json: "bigint" })',
  ],
  [{ name: "a", code: "nope" }, 'thing.code: Expected a UUID, received "nope"'],
  [
    { name: "a", address: "10.1" },
    'thing.address: Expected an address such as "10.0.0.1" or "::1/64", received "10.1"',
  ],
  [{ name: "a", mask: "10" }, 'thing.mask: Expected a string of 0s and 1s of length 3, received "10"'],
  [{ name: "a", tags: ["a", 5] }, "thing.tags[1]: Expected a string, received 5"],
  [{ name: "a", tags: "a" }, 'thing.tags: Expected an array, received "a"'],
  [
    { name: "a", grid: [[1, 2], [3]] },
    "thing.grid[1]: Expected an array whose inner arrays all have the same length, received an array of length 1",
  ],
  [
    { name: "a", during: { lower: 5, upper: 1, bounds: "[)" } },
    "thing.during: Expected a lower bound less than or equal to the upper bound, received 5",
  ],
  [{ name: "a", two: { a: 1 } }, "thing.two.b: Expected a value or null, received nothing"],
  [
    { name: "a", amount: 0 },
    "thing.amount: Expected a value that satisfies VALUE > 0, received 0 (constraint positive_check)",
  ],
  [
    { name: "a", amounts: [1, -1] },
    "thing.amounts[1]: Expected a value that satisfies VALUE > 0, received -1 (constraint positive_check)",
  ],
  [
    { name: "a", spot: [1, 2] },
    "thing.spot: Expected a point, an object with x, y, received an array of length 2",
  ],
  [
    { name: "a", stars: 6 },
    "thing.stars: Expected a value that satisfies stars >= 1 AND stars <= 5, received 6 (constraint thing_stars_check)",
  ],
  [
    { name: "a", size: "L" },
    "thing.size: Expected a value that satisfies size IN ('S', 'M'), received \"L\" (constraint thing_size_check)",
  ],
  [
    { name: "a", nick: "x" },
    'thing.nick: Expected a value that satisfies length(nick) >= 2, received "x" (constraint thing_nick_check)',
  ],
  [
    { name: "a", span: "1" },
    'thing.span: Expected an interval such as "P1DT2H" or "1 day 02:00:00", received "1"',
  ],
  [{ name: "a", clock: "25:00" }, 'thing.clock: Expected a valid time of day, received "25:00"'],
];

function linesOf(row: unknown): string[] {
  const { issues } = validateInsert(schema, "thing", row);
  return new ValidationError("thing", issues).message
    .split("\n")
    .slice(1)
    .map(line => line.trim());
}

for (const [row, ...lines] of MISTAKES) {
  test(`${Bun.inspect(row, { compact: true, colors: false })} has a readable message`, () => {
    expect(linesOf(row)).toEqual(lines);
  });
}
