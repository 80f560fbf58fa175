import { afterAll, beforeAll, expect, test } from "bun:test";
import { poolerFinding } from "../../src/cli/doctor/pooler-finding.ts";
import { serverFindings } from "../../src/cli/doctor/server-findings.ts";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

/** Without what differs from server to server. */
function stable(output: string): string {
  return output
    .replace(/postgres:\/\/\S+/, "postgres://...")
    .replace(/PostgreSQL \d+\.\d+/, "PostgreSQL 18.4")
    .replace(/\d+ of \d+ in use/, "2 of 100 in use")
    .replace(/time zone {11}\S+;/, "time zone           UTC;");
}

const HEALTHY = `
ok       connection          postgres://...
ok       version             PostgreSQL 18.4
ok       encoding            UTF8
ok       date style          ISO, MDY
ok       bytea output        hex
ok       time zone           UTC; rows do not depend on it, current_date and casts to date do
ok       connections         2 of 100 in use
ok       pooler              none, or one that keeps sessions apart: prepared statements are safe
ok       privileges          postgres may read 13 and write 11 of 13 tables and views
ok       row security        on 0 tables
ok       primary keys        on every table
ok       constraints         all validated
warning  foreign key indexes 6 missing: deletes in the table referred to read the whole table
                             create index on "public"."customer" ("support_rep_id");
                             create index on "public"."employee" ("reports_to");
                             create index on "public"."invoice_line" ("track_id");
                             create index on "public"."playlist_track" ("track_id");
                             create index on "public"."track" ("genre_id");
                             create index on "public"."track" ("media_type_id");
`.trimStart();

test("doctor reports every subject, and SQL for foreign keys without an index; a warning is no failure", async () => {
  const { code, output, errors } = await store.inPipe(["doctor"]);
  expect([code, errors]).toEqual([0, ""]);
  expect(stable(output)).toBe(HEALTHY);
});

test("on a terminal the states are coloured", async () => {
  const { code, output } = await store.onTerminal(["doctor"], { columns: 200 });
  expect(code).toBe(0);
  expect(output).toContain("\x1b[32mok      \x1b[39m encoding            UTF8\n");
  expect(output).toContain("\x1b[33mwarning \x1b[39m foreign key indexes 6 missing");
});

test("what it finds in the schema", async () => {
  await store.sql.unsafe(`
    create index on customer (support_rep_id);
    create index on employee (reports_to) where reports_to > 5;
    create index on invoice_line (track_id, quantity);
    create index on playlist_track (track_id);
    create index on track (genre_id, media_type_id);
    create table note (body text);
    alter table note enable row level security;
    alter table track add constraint short check (milliseconds < 10) not valid;
  `);
  const { output } = await store.inPipe(["doctor"]);
  const found = output.slice(output.indexOf("row security") - 9);
  expect(found).toBe(
    `
warning  row security        does not hold for postgres, who owns the table, is a superuser or bypasses it: note
warning  primary keys        none on note: get and update need one
warning  constraints         rows that are there may break track.short: validate the constraint
warning  foreign key indexes 2 missing: deletes in the table referred to read the whole table
                             create index on "public"."employee" ("reports_to");
                             create index on "public"."track" ("media_type_id");
`.trimStart(),
  );
});

test("a role that may not read a table is told which", async () => {
  const role = `${store.database.name}_reader`;
  await store.sql.unsafe(`create role ${role} login; grant select on album, artist to ${role}`);
  try {
    const url = new URL(store.database.url);
    url.username = role;
    const { output } = await store.inPipe(["doctor", "--url", String(url)]);
    expect(output).toContain(`${role} may read 2 and write 0 of 14 tables and views; not `);
  } finally {
    await store.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

test("a setting that makes values unreadable is a problem, with exit code 1", async () => {
  await store.sql.unsafe(`alter database ${store.database.name} set bytea_output = 'escape'`);
  const { code, output } = await store.inPipe(["doctor"]);
  expect(code).toBe(1);
  expect(output).toContain(
    "problem  bytea output        escape; bytea can be read only in hex: reset bytea_output\n",
  );
});

test("a pooler in transaction mode shows by server processes that clients share", () => {
  expect(poolerFinding({ first: 1, other: 2, again: 1 }, 5432).status).toBe("ok");
  expect(poolerFinding({ first: 1, other: 1, again: 2 }, 5432).status).toBe("warning");
  expect(poolerFinding({ first: 1, other: 2, again: 3 }, 5432).status).toBe("warning");
  expect(poolerFinding({ first: 1, other: 1, again: undefined }, 5432).message).toBe(
    "one in transaction mode; with prepared statements it can return the rows of another statement: open handles with prepare: false",
  );
  expect(poolerFinding({ first: 1, other: 2, again: 1 }, 6543).status).toBe("warning");
});

test("old servers, other encodings, other date styles and full servers are reported", () => {
  const facts = {
    version: 110_022,
    encoding: "LATIN1",
    date_style: "German, DMY",
    bytea_output: "hex",
    time_zone: "UTC",
    connections: 90,
    max_connections: 100,
  };
  expect(serverFindings(facts).map(({ status, message }) => `${status}: ${message}`)).toEqual([
    "problem: PostgreSQL 11.22; the catalog is read as it is from 12 on",
    "warning: LATIN1 cannot hold every text that JavaScript can",
    "problem: German, DMY; dates can be read only in ISO: reset DateStyle",
    "ok: hex",
    "ok: UTC; rows do not depend on it, current_date and casts to date do",
    "warning: 90 of 100 in use; Bun opens all `max` connections of a pool at its first query",
  ]);
});
