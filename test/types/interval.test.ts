// Intervals in a column that cannot store all fields.
import { expect, test } from "bun:test";
import { insert, insertMany, loadSchema, validateInsert } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const TYPES = [
  ...["interval", "interval(0)", "interval year", "interval month", "interval day", "interval hour"],
  ...["interval minute", "interval second", "interval second(2)", "interval year to month"],
  ...[
    "interval day to hour",
    "interval day to minute",
    "interval day to second(3)",
    "interval hour to minute",
  ],
];

const { sql, plain } = await testTables("create table number (id int)");
const [[version]] = (await plain("select current_setting('server_version_num')::int")) as [[number]];

for (const type of TYPES)
  test(`infinity and -infinity in ${type} are accepted if PostgreSQL stores them`, async () => {
    await sql.unsafe(`drop table if exists t; create table t (id int primary key, v ${type})`);
    const schema = await loadSchema(sql);
    for (const [id, v] of ["infinity", "-infinity"].entries()) {
      if (version < 170_000) {
        expect(validateInsert(schema, "t", [{ id, v }]).issues).toHaveLength(1);
        continue;
      }
      await sql.unsafe(`insert into t values (${id + 10}, '${v}')`);
      const [[stored]] = (await plain(`select v::text from t where id = ${id + 10}`)) as [[string]];
      expect(stored).toBe(v);
      expect(await insert(sql, schema, "t", { id, v: stored })).toEqual({ id, v });
      expect(await plain(`select v::text from t where id = ${id}`)).toEqual([[v]]);
    }
  });

const AMOUNTS = [
  ...["00:00:00", "1 year", "2 years", "5 mons", "1 year 2 mons", "-5 mons", "3 days", "1 year 3 days"],
  ...["26:00:00", "02:00:00", "02:30:00", "00:30:00", "00:00:30", "00:00:10.5", "00:00:10.25"],
  ...["00:00:10.125", "00:00:10.0625", "1 day 02:00:00", "1 mon 00:30:00", "-02:30:15"],
];

for (const type of TYPES)
  test(`an amount in ${type} is accepted if PostgreSQL stores all of it`, async () => {
    await sql.unsafe(`drop table if exists t; create table t (id int primary key, v ${type})`);
    const schema = await loadSchema(sql);
    for (const [id, v] of AMOUNTS.entries()) {
      const [[isWhole]] = (await plain(
        `insert into t values (${id}, '${v}') returning v::text = (interval '${v}')::text`,
      )) as [[boolean]];
      const isAccepted = validateInsert(schema, "t", [{ id, v }]).issues.length === 0;
      expect([v, isAccepted]).toEqual([v, isWhole]);
    }
  });

test("a time of two numbers in interval minute to second, which COPY reads as minutes, is rejected", async () => {
  await sql.unsafe(`drop table if exists t; create domain clock as interval minute to second;
    create table t (id int primary key, v interval minute to second(3), c clock, list interval minute to second[])`);
  const schema = await loadSchema(sql);
  for (const v of ["1:30", "-1:30", "1 day 1:30", "1-2 3 +1:30"])
    for (const row of [{ v }, { c: v }, { list: [v] }])
      expect(validateInsert(schema, "t", [{ id: 1, ...row }]).issues.map(({ message }) => message)).toEqual([
        `Expected an interval with seconds, received "${v}" (a column of minutes and seconds reads it as these, a cast as hours and minutes; write 1:30:00 or 00:01:30)`,
      ]);
  const rows = Array.from({ length: 100 }, (_, id) => ({
    id,
    v: "1:30:00",
    c: "00:01:30",
    list: ["01:30:00"],
  }));
  expect(await insertMany(sql, schema, "t", rows)).toBe(100);
  expect(await plain("select distinct v::text, c::text, list::text from t")).toEqual([
    ["01:30:00", "00:01:30", "{01:30:00}"],
  ]);
});

const INT4_EDGES = [
  "2147483647:59:59.999999",
  "2147483648:00:00",
  "-2147483647:59:59.999999",
  "PT2147483647S",
  "PT2147483648S",
  "PT2147483648M",
  "PT2147483647H59M59.999999S",
  "PT2147483646H120M",
  "P2147483647D",
  "@ 2147483648 secs",
  "P300000000WT-2147483647H",
];

test("numbers above int4 in an interval are accepted if PostgreSQL reads and prints them", async () => {
  await sql.unsafe("drop table if exists t; create table t (id int primary key, v interval)");
  const schema = await loadSchema(sql);
  for (const [id, v] of INT4_EDGES.entries()) {
    const isStored = await plain(`insert into t values (${id}, '${v}') returning v::text`).then(
      () => true,
      () => false,
    );
    expect([v, validateInsert(schema, "t", [{ id, v }]).issues.length === 0]).toEqual([v, isStored]);
  }
});
