import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the demo prints tables, columns, rows, a key, a count and the SQL, and removes its database", async () => {
  const path = join(import.meta.dir, "../../examples/music-store/demo.ts");
  const demo = Bun.spawn([process.execPath, path], {
    env: { ...process.env, DATABASE_URL: database.url, NO_COLOR: "1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(demo.stdout).text(),
    new Response(demo.stderr).text(),
  ]);
  expect([await demo.exited, errors]).toEqual([0, ""]);
  for (const part of [
    "album, artist, customer",
    "character varying(200)",
    "primary key of playlist_track: playlist_id, track_id",
    'WHERE "milliseconds" > $1::text::int4',
    "customer_id: 7",
    'SELECT count(*) AS "count"',
    'did you mean "milliseconds"',
  ])
    expect(output).toContain(part);
  const name = /rowfn_demo_\w+/.exec(output)?.[0] ?? "";
  const left = await database.sql`select from pg_database where datname = ${name}`.values();
  expect(left).toHaveLength(0);
});
