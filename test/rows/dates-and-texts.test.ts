// A Date and the string of the same timestamp with microseconds, as keys in one call.
import { describe, expect, test } from "bun:test";
import { deleteMany, getMany, NotUniqueError, updateMany, upsertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const AT = "2020-01-01 00:00:00.123456+00";
const OTHER = "2020-01-01 00:00:00.123999+00";
const DATE = new Date("2020-01-01T00:00:00.123Z");
const LATER = "2020-01-02 00:00:00+00";
const { sql, schema, plain } = await testTables(
  `create table ev (at timestamptz primary key, v int);
   create table local (at timestamp, n int, v int, primary key (at, n));`,
  `truncate ev, local; insert into ev values ('${AT}', 1), ('${LATER}', 1);
   insert into local values ('2020-01-01 00:00:00.123456', 1, 1)`,
);
const events = () => plain("select at::text, v from ev order by at");

describe.each([
  ["the Date last", [AT, DATE]],
  ["the text last", [DATE, AT]],
  ["both by turns", [DATE, AT, DATE, AT, AT, DATE]],
])("%s", (_name, keys) => {
  const rows = keys.map((at, index) => ({ at, v: index + 10 }));
  const last = keys.length + 9;

  test("updateMany writes the rows in input order and counts each of them", async () => {
    const given = [...rows, { at: LATER, v: 2 }];
    expect(await updateMany(sql, schema, "ev", given)).toEqual({
      updated: given.length,
      missing: [],
      stale: [],
      suppressed: [],
    });
    expect(await events()).toEqual([
      [AT, last],
      [LATER, 2],
    ]);
  });

  test("upsertMany writes them in input order and inserts none of them twice", async () => {
    expect(await upsertMany(sql, schema, "ev", rows, { returning: ["v"] })).toEqual(
      rows.map(({ v }) => ({ v })),
    );
    expect(await events()).toEqual([
      [AT, last],
      [LATER, 1],
    ]);
  });

  test("getMany finds the row for each key, and deleteMany deletes it once", async () => {
    expect(await getMany(sql, schema, "ev", keys, { select: ["v"] })).toEqual(keys.map(() => ({ v: 1 })));
    expect(await deleteMany(sql, schema, "ev", keys)).toBe(1);
    expect(await events()).toEqual([[LATER, 1]]);
  });
});

test("rows whose keys are all Dates or all strings are one statement", async () => {
  for (const keys of [
    [DATE, new Date("2020-01-02")],
    [AT, LATER],
  ]) {
    const { sent, onStatement } = recorder();
    const rows = keys.map(at => ({ at, v: 3 }));
    await updateMany(sql, schema, "ev", rows, { onStatement });
    expect(sent).toHaveLength(1);
  }
});

test("a key of several columns", async () => {
  const rows = [
    { at: DATE, n: 1, v: 2 },
    { at: "2020-01-01 00:00:00.123456", n: 1, v: 3 },
    { at: DATE, n: 2, v: 4 },
  ];
  expect(await updateMany(sql, schema, "local", rows)).toEqual({
    updated: 2,
    missing: [2],
    stale: [],
    suppressed: [],
  });
  expect(await upsertMany(sql, schema, "local", rows)).toBe(3);
  expect(await plain("select at::text, n, v from local order by n")).toEqual([
    ["2020-01-01 00:00:00.123456", 1, 3],
    ["2020-01-01 00:00:00.123", 2, 4],
  ]);
});

test("a Date that matches two rows is rejected, and nothing is written", async () => {
  await sql.unsafe(`insert into ev values ('${OTHER}', 5)`);
  const rows = [
    { at: OTHER, v: 20 },
    { at: DATE, v: 21 },
  ];
  const before = await events();
  expect(await failure(updateMany(sql, schema, "ev", rows))).toBeInstanceOf(NotUniqueError);
  expect(await failure(upsertMany(sql, schema, "ev", rows))).toBeInstanceOf(NotUniqueError);
  expect(await events()).toEqual(before);
});

test("thousands of Dates update the rows with microseconds that they match, and insert none", async () => {
  const count = 2_000;
  const start = Date.UTC(2021, 0, 1);
  await sql.unsafe(`truncate ev; insert into ev
    select to_timestamp(${start / 1000} + n) + interval '456 microseconds', 0 from generate_series(0, ${count - 1}) n`);
  const rows = Array.from({ length: count }, (_, index) => ({ at: new Date(start + index * 1000), v: 7 }));
  expect(await upsertMany(sql, schema, "ev", rows)).toBe(count);
  expect(await plain("select v, count(*)::int from ev group by v")).toEqual([[7, count]]);
});
