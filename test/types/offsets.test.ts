// Timestamps with any offset equal the server's timestamps, as values, keys and bounds.
import { expect, test } from "bun:test";
import { insert, upsertMany } from "../../src/index.ts";
import { microsecondsOf } from "../../src/types/timestamp.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table moment (at timestamptz primary key, v int); create table span (id int primary key, r tstzrange)",
  "truncate moment, span",
);

const TIMES = [
  "2026-03-04 05:06:07",
  "2026-03-04 05:06:07.000001",
  "1969-12-31 23:59:59.999999",
  "0001-01-01 00:00:00",
];
const OFFSETS = [
  "+00",
  "+01",
  "-01",
  "+05:30",
  "-03:30",
  "+05:45",
  "+14",
  "-12",
  "+00:44:30",
  "-00:44:30",
  "+15:59:59",
];

test("the microseconds of a timestamp with an offset equal the server's", async () => {
  const texts = TIMES.flatMap(time => OFFSETS.map(offset => time + offset));
  const list = texts.map((text, at) => `(${at}, timestamptz '${text}')`).join(", ");
  const rows = await plain(
    `select (floor(extract(epoch from t)))::text || '.' || (extract(microseconds from t)::int % 1000000)
     from (values ${list}) v (n, t) order by n`,
  );
  expect(texts.map(text => `${text} = ${microsecondsOf(text)}`)).toEqual(
    texts.map((text, at) => `${text} = ${rows[at]![0]}`),
  );
});

test("an offset is less than 16 hours, as in PostgreSQL", async () => {
  await insert(sql, schema, "moment", { at: "2026-01-01 15:59:59+15:59:59" });
  expect(await plain("select at = '2026-01-01 00:00:00Z' from moment")).toEqual([[true]]);
  for (const offset of ["+16:00", "-16", "+15:60", "+15:59:60"]) {
    const at = `2026-01-01 00:00:00${offset}`;
    await expect(insert(sql, schema, "moment", { at })).rejects.toThrow("moment.at: Expected");
    await expect(plain(`select timestamptz '${at}'`)).rejects.toThrow();
  }
});

test("keys of the same timestamp with different offsets are the same key", async () => {
  const texts = [
    "2026-03-04 10:36:07.000001+05:30",
    "2026-03-04 05:06:07.000001Z",
    "2026-03-04 05:50:37.000001+00:44:30",
    "2026-03-04 01:36:07.000001-03:30",
  ];
  expect(
    await upsertMany(
      sql,
      schema,
      "moment",
      texts.map((at, v) => ({ at, v })),
    ),
  ).toBe(4);
  expect(await plain("select at = '2026-03-04 05:06:07.000001Z', v from moment")).toEqual([[true, 3]]);
});

test("the bounds of a range are compared with their offsets", async () => {
  const range = (lower: string, upper: string) => ({ lower, upper, bounds: "[)" }) as const;
  await insert(sql, schema, "span", {
    id: 1,
    r: range("2026-01-01 05:30:00+05:30", "2026-01-01 00:00:01Z"),
  });
  await expect(
    insert(sql, schema, "span", { id: 2, r: range("2026-01-01 05:29:00+05:30", "2025-12-31 23:58:59Z") }),
  ).rejects.toThrow("span.r");
  expect(await plain("select id from span")).toEqual([[1]]);
});
