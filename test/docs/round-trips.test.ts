// The table in docs/round-trips.md equals the counts of a proxy in front of the server.
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { SQL } from "bun";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import * as files from "../../src/files/index.ts";
import * as core from "../../src/index.ts";
import * as queues from "../../src/queues/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { SEND_NOTHING } from "../support/no-rows.ts";
import { TRIP_CASES } from "../support/trip-cases.ts";
import { startTripCounter } from "../support/trip-counter.ts";

const JOBS = `create table job (id int primary key, status text not null default 'pending');
  insert into job select i from generate_series(1, 9) i;`;

const database = await testDatabase({ template: MUSIC_STORE_SQL + JOBS });
const counter = await startTripCounter(database.url);
const open = (): SQL => new SQL(counter.url, { max: 1, prepare: true, database: database.name });
const sql = open();
const schema = await core.loadSchema(sql);
afterAll(async () => {
  await sql.close({ timeout: 0 });
  counter.close();
  await database.drop();
});

/** Label → round trips in the rows of the table, in which commas separate labels. */
async function documentedTrips(): Promise<Map<string, number>> {
  const text = await Bun.file(join(import.meta.dir, "../../docs/round-trips.md")).text();
  const rows = [...text.matchAll(/^\| ([^|]+?) +\| (\d+) +\|/gm)];
  return new Map(
    rows.flatMap(([, labels, trips]) =>
      labels!.split(/, (?=`)/).map(label => [label.replaceAll("`", ""), Number(trips)] as const),
    ),
  );
}

// They wait for notifications, or open a connection.
const NOT_COUNTED: readonly string[] = ["channel", "watch", "work", "connect"];

test("every exported function that sends something has a row", async () => {
  const exported = Object.entries({ ...core, ...files, ...queues })
    .filter(
      ([name, value]) =>
        typeof value === "function" && !(value.prototype instanceof Error) && !name.endsWith("Sql"),
    )
    .map(([name]) => name);
  const counted = Object.keys(TRIP_CASES).map(label => label.split(" ")[0]!);
  const known = new Set([...counted, ...NOT_COUNTED, ...SEND_NOTHING]);
  expect(exported.filter(name => !known.has(name))).toEqual([]);
  expect([...known].filter(name => !exported.includes(name))).toEqual([]);
  expect([...(await documentedTrips()).keys()].sort()).toEqual(Object.keys(TRIP_CASES).sort());
});

for (const [label, run] of Object.entries(TRIP_CASES))
  test(`${label} takes as many round trips as the table says`, async () => {
    for (let warm = 0; warm < 2; warm++) await run(sql, schema, warm);
    expect(await counter.tripsOf(() => run(sql, schema, 2))).toBe((await documentedTrips()).get(label)!);
  });

test("loadSchema takes one round trip on a new connection", async () => {
  const fresh = open();
  await fresh`select 1`;
  expect(await counter.tripsOf(() => core.loadSchema(fresh))).toBe(1);
  await fresh.close({ timeout: 0 });
});

test("statements without parameters share a round trip", async () => {
  const both = () => Promise.all([core.rowsWhere(sql, schema, "genre"), core.count(sql, schema, "genre")]);
  for (let warm = 0; warm < 2; warm++) await both();
  expect(await counter.tripsOf(both)).toBe(1);
});
