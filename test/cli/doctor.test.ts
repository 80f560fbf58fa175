import { afterAll, beforeAll, expect, test } from "bun:test";
import { distributionFindings } from "../../src/cli/doctor/distribution-findings.ts";
import { poolerFinding } from "../../src/cli/doctor/pooler-finding.ts";
import { serverFindings } from "../../src/cli/doctor/server-findings.ts";
import { declare, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type Sample, sample } from "../support/command-sample.ts";
import { PGBOUNCER, startPgBouncer } from "../support/pgbouncer.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

/** The output without values that differ between servers. */
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
ok       settings            every value is exact
ok       time zone           UTC; affects current_date and casts to date, not rows
ok       connections         2 of 100 in use
ok       pooler              no pooler; prepared statements are safe
ok       privileges          postgres can read 13 and write 11 of 13 tables and views
ok       row security        enabled on 0 tables
ok       primary keys        on every table
ok       constraints         all validated
warning  foreign key indexes 6 missing; deleting a referenced row reads the whole referencing table
                             create index on "public"."customer" ("support_rep_id");
                             create index on "public"."employee" ("reports_to");
                             create index on "public"."invoice_line" ("track_id");
                             create index on "public"."playlist_track" ("track_id");
                             create index on "public"."track" ("genre_id");
                             create index on "public"."track" ("media_type_id");
`.trimStart();

test("doctor prints every subject, and a warning does not cause a failure", async () => {
  const { code, output, errors } = await store.inPipe(["doctor"]);
  expect([code, errors]).toEqual([0, ""]);
  expect(stable(output)).toBe(HEALTHY);
});

test("--scope lists the foreign keys and unique keys without the column", async () => {
  const { code, output } = await store.inPipe(["doctor", "--scope", "artist_id"]);
  expect(code).toBe(0);
  expect(output).toContain("scope references    1 without artist_id");
  expect(output).toContain('-- "public"."track": track_album_id_fkey\n');
  expect(output).toContain("ok       scope unique keys   every unique key of a table with artist_id has it");
  const genre = await store.inPipe(["doctor", "--scope", "genre_id"]);
  expect(genre.output).toContain('-- "public"."genre": genre_name_key\n');
  expect((await store.inPipe(["doctor", "--scope", "tenant"])).code).toBe(1);
});

test("--distribute lists the keys that a cluster rejects", async () => {
  const { code, output } = await store.inPipe(["doctor", "--distribute", "artist_id"]);
  expect(code).toBe(1);
  expect(output.slice(output.indexOf("problem"))).toBe(
    `
problem  cluster unique keys 1 that a cluster rejects, because a node checks only its own rows; add the column to the key
                             -- "public"."album": album_pkey lacks artist_id
problem  cluster references  1 foreign keys that a cluster rejects, because the row they refer to may be on another node
                             -- "public"."track": track_album_id_fkey refers to the distributed table album from a table without a distribution column
`.trimStart(),
  );
  const unknown = await store.inPipe(["doctor", "--distribute", "tenant"]);
  expect([unknown.code, unknown.output]).toEqual([
    1,
    expect.stringContaining("problem  distribution        no table has a column tenant\n"),
  ]);
});

test("the distributions of a snapshot determine which foreign keys a cluster rejects", async () => {
  const schema = await loadSchema(store.sql);
  const rejected = (tables: object): string => {
    const known = declare(schema, tables as never) as SchemaSnapshot;
    return distributionFindings(known, undefined)
      .map(({ message }) => message)
      .join("\n");
  };
  expect(distributionFindings(schema, undefined)).toEqual([]);
  const artist = { distribution: { column: "artist_id" } };
  expect(
    rejected({ artist, album: { distribution: { column: "artist_id", colocatedWith: "artist" } } }),
  ).not.toContain("album_artist_id_fkey");
  expect(rejected({ artist, album: { distribution: { column: "artist_id" } } })).toContain(
    "album_artist_id_fkey refers to artist, which is not co-located",
  );
  expect(
    rejected({ artist, album: { distribution: { column: "album_id", colocatedWith: "artist" } } }),
  ).toContain("album_artist_id_fkey lacks the distribution columns album_id and artist_id");
  expect(rejected({ album: { distribution: { column: "album_id" } } })).toContain(
    "album_artist_id_fkey refers to artist, which only one node has; distribute it too",
  );
  expect(
    rejected({ artist: { distribution: "reference" }, album: { distribution: { column: "album_id" } } }),
  ).not.toContain("album_artist_id_fkey");
});

test("on a terminal the states are colored", async () => {
  const { code, output } = await store.onTerminal(["doctor"], { columns: 200 });
  expect(code).toBe(0);
  expect(output).toContain("\x1b[32mok      \x1b[39m encoding            UTF8\n");
  expect(output).toContain("\x1b[33mwarning \x1b[39m foreign key indexes 6 missing");
});

/** The SQL that a finding advises. */
function cureOf(output: string, subject: string): string {
  return new RegExp(`^\\w+ +${subject} .*\\n((?: {29}.*\\n)*)`, "m").exec(output)![1]!;
}

test("doctor reports problems of the tables, and its SQL fixes them", async () => {
  await store.sql.unsafe(`
    create index on customer (support_rep_id);
    create index on employee (reports_to) where reports_to > 5;
    create index on invoice_line (track_id, quantity);
    create index on playlist_track (track_id);
    create index on track (genre_id, media_type_id);
    create table note (id text, body text);
    alter table note enable row level security;
    alter table track add constraint short check (milliseconds < 10) not valid;
  `);
  const { output } = await store.inPipe(["doctor"]);
  const found = output.slice(output.indexOf("row security") - 9);
  expect(found).toBe(
    `
warning  row security        not applied to postgres, a superuser or role with BYPASSRLS; policies have no effect on note; connect as an ordinary role
warning  primary keys        missing on note; get and update need a primary key
                             alter table "public"."note" add column "row_id" bigint generated always as identity primary key;
warning  constraints         not validated: track.short; existing rows may violate them; correct such rows, then run
                             alter table "public"."track" validate constraint "short";
warning  foreign key indexes 2 missing; deleting a referenced row reads the whole referencing table
                             create index on "public"."employee" ("reports_to");
                             create index on "public"."track" ("media_type_id");
`.trimStart(),
  );
  await store.sql.unsafe("update track set milliseconds = 9");
  for (const subject of ["primary keys", "constraints", "foreign key indexes"])
    await store.sql.unsafe(cureOf(output, subject));
  const cured = (await store.inPipe(["doctor"])).output;
  expect(cured.slice(cured.indexOf("primary keys") - 9)).toBe(
    `
ok       primary keys        on every table
ok       constraints         all validated
ok       foreign key indexes on every foreign key
`.trimStart(),
  );
});

/** Creates a server role, which is dropped with everything it owns after `run`. */
async function withRole(run: (role: string, url: string) => Promise<void>): Promise<void> {
  const role = `${store.database.name}_role`;
  await store.sql.unsafe(`create role ${role} login`);
  try {
    const url = new URL(store.database.url);
    url.username = role;
    await run(role, String(url));
  } finally {
    await store.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
}

test("doctor lists the tables that a role cannot read, and its SQL grants the privilege", async () => {
  await withRole(async (role, url) => {
    await store.sql.unsafe(`grant select on album, artist to ${role}`);
    const { output } = await store.inPipe(["doctor", "--url", url]);
    expect(output).toContain(`${role} can read 2 and write 0 of 14 tables and views; reading these fails: `);
    await store.sql.unsafe(cureOf(output, "privileges"));
    expect((await store.inPipe(["doctor", "--url", url])).output).toContain(
      `ok       privileges          ${role} can read 14 and write 0 of 14 tables and views\n`,
    );
  });
});

test("doctor counts a table without columns as readable", async () => {
  await store.sql`create table empty_table ()`;
  expect((await store.inPipe(["doctor"])).output).toContain(
    "ok       privileges          postgres can read 15 and write 13 of 15 tables and views\n",
  );
  await store.sql`drop table empty_table`;
});

test("doctor reports policies that do not apply to the owner of a table, and its SQL applies them", async () => {
  await withRole(async (role, url) => {
    await store.sql.unsafe(`
      create schema authorization ${role};
      create table ${role}.secret (id int primary key);
      alter table ${role}.secret owner to ${role}, enable row level security`);
    const { output } = await store.inPipe(["doctor", "--url", url]);
    expect(output).toContain(`not applied to ${role}, the owner; policies have no effect on secret\n`);
    await store.sql.unsafe(cureOf(output, "row security"));
    expect((await store.inPipe(["doctor", "--url", url])).output).toContain("ok       row security        ");
  });
});

test("doctor reports a bytea_output of the database as a problem with exit code 1, and its SQL fixes it", async () => {
  await store.sql.unsafe(`alter database ${store.database.name} set bytea_output = 'escape'`);
  const { code, output } = await store.inOwnProcess(["doctor"]);
  expect(code).toBe(1);
  expect(output).toContain("problem  settings            bytea_output = escape: bytea cannot be read\n");
  await store.sql.unsafe(cureOf(output, "settings"));
  expect((await store.inPipe(["doctor"])).code).toBe(0);
});

test("doctor reports an encoding other than UTF8, and its SQL creates a UTF8 database", async () => {
  const name = `${store.database.name}_latin`;
  await store.sql.unsafe(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`);
  try {
    const url = new URL(store.database.url);
    url.pathname = `/${name}`;
    const { output } = await store.inPipe(["doctor", "--url", String(url)]);
    expect(output).toContain("warning  encoding            LATIN1 cannot store every character; ");
    await store.sql.unsafe(cureOf(output, "encoding"));
    expect([
      ...(await store.sql`select pg_encoding_to_char(encoding) from pg_database
        where datname = ${`${name}_utf8`}`.values()),
    ]).toEqual([["UTF8"]]);
  } finally {
    await store.sql.unsafe(`drop database if exists ${name}_utf8`);
    await store.sql.unsafe(`drop database ${name} with (force)`);
  }
});

test("doctor reports settings in the URL that make values unreadable", async () => {
  const url = `${store.database.url}?DateStyle=German&bytea_output=escape`;
  const { code, output } = await store.inPipe(["doctor", "--url", url]);
  expect(code).toBe(1);
  expect(output).toContain(
    "problem  settings            DateStyle = German, DMY: dates and timestamps cannot be read; bytea_output = escape: bytea cannot be read; remove DateStyle, bytea_output from the database URL\n",
  );
});

test("doctor recognizes a pooler in transaction mode by server processes that clients share", () => {
  expect(poolerFinding({ before: 1, other: 2, during: 1, after: 1 }, false).status).toBe("ok");
  expect(poolerFinding({ before: 1, other: 1, during: 2, after: 1 }, false).status).toBe("warning");
  expect(poolerFinding({ before: 1, other: 2, during: 3, after: 1 }, true).status).toBe("warning");
  expect(poolerFinding({ before: 1, other: 2, during: 1, after: 2 }, true).message).toStartWith(
    "in transaction mode",
  );
  expect(poolerFinding({ before: 1, other: 1, during: undefined, after: 1 }, true).message).toBe(
    "in transaction mode; a prepared statement can return the rows of a different statement; connect opens handles with prepare: false, other handles need this option; channel and watch need a direct connection",
  );
  expect(poolerFinding({ before: 1, other: 2, during: 1, after: 1 }, true).message).toBe(
    "apparently in session mode; in transaction mode a prepared statement can return the rows of a different statement; connect opens handles with prepare: false, other handles need this option",
  );
});

if (PGBOUNCER !== undefined) {
  const program = PGBOUNCER;

  test("doctor reports a pooler in statement mode", async () => {
    const options = { connections: 2, mode: "statement", ignored: "" } as const;
    await using pooler = await startPgBouncer(program, store.database.url, options);
    const { code, output } = await store.inPipe(["doctor", "--url", pooler.url]);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(
        "problem  pooler              in statement mode, which rejects transactions, as those of migrations, streamRows and nested rows; use transaction mode\n",
      ),
    ]);
  });
}

test("doctor reports old servers, other encodings and date styles, and servers with no free connections", () => {
  const facts = {
    version: 110_022,
    encoding: "LATIN1",
    settings: { DateStyle: "German, DMY", bytea_output: "hex" },
    sources: { DateStyle: "client", bytea_output: "default" },
    time_zone: "UTC",
    connections: 90,
    max_connections: 100,
    database: "shop",
    role: "app",
    bypasses_row_security: false,
    is_standby: false,
    seconds_behind: null,
  };
  expect(serverFindings(facts).map(({ status, message }) => `${status}: ${message}`)).toEqual([
    "problem: PostgreSQL 11.22 is not supported; the catalog query needs version 12 or later",
    "warning: LATIN1 cannot store every character; such writes fail; copy the data to a UTF8 database\ncreate database \"shop_utf8\" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C';",
    "problem: DateStyle = German, DMY: dates and timestamps cannot be read; remove DateStyle from the database URL",
    "ok: UTC; affects current_date and casts to date, not rows",
    "warning: 90 of 100 in use; new connections may soon be rejected; lower `max` of the pools, because Bun opens all connections of a pool at its first query",
  ]);
});
