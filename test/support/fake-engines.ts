// The engines according to their documentation: the properties that rowfn checks, and the statements that they reject.
import type { FakeEngine } from "./fake-engine.ts";

type Other = "CockroachDB" | "YugabyteDB" | "Aurora DSQL" | "Citus";

const UNSUPPORTED = "0A000";
const SYNTAX = "42601";

const LOCK_FUNCTION = /(?:pg_catalog\.)?(pg_(?:try_)?advisory\w*)\(/g;

/** Functions that CockroachDB has for compatibility: they succeed without locking. */
const NO_LOCKS = `
  create schema fake;
  create function fake.pg_advisory_xact_lock(bigint) returns void language sql as '';
  create function fake.pg_try_advisory_xact_lock(bigint) returns bool language sql as 'select true';`;

function replaceVersion(version: string, versionNum: number): NonNullable<FakeEngine["replace"]> {
  return [
    [/(?:pg_catalog\.)?\bversion\(\)/g, `'${version}'::text`],
    [/(?:pg_catalog\.)?current_setting\('server_version_num'\)/g, `'${versionNum}'`],
  ];
}

export const FAKE_ENGINES: Readonly<Record<Other, FakeEngine>> = {
  CockroachDB: {
    objects: `create schema crdb_internal; ${NO_LOCKS}`,
    replace: [
      // It reports the version of PostgreSQL whose catalogs it provides.
      ...replaceVersion(
        "CockroachDB CCL v26.1.2 (x86_64-pc-linux-gnu, built 2026/04/01 00:00:00, go1.25)",
        180_000,
      ),
      [LOCK_FUNCTION, "fake.$1("],
    ],
    reject: [
      [/query_to_xml/, "42883", "unknown function: pg_catalog.query_to_xml()"],
      [/^\s*LISTEN\b/i, SYNTAX, 'at or near "listen": syntax error: unimplemented: this syntax'],
      [/^\s*COPY\b.*\bTO STDOUT\b/is, SYNTAX, 'at or near "to": syntax error'],
      [/^\s*CREATE TEMP/i, UNSUPPORTED, "temporary tables are only supported experimentally"],
      [/\b(?:xmin|xmax)\b(?!\()/i, "42703", 'column "xmax" does not exist'],
      [/\bRETURNING\b.*\bold\./is, "42P01", "no data source matches prefix: old in this context"],
      [/NULLS NOT DISTINCT/i, SYNTAX, 'at or near "nulls": syntax error'],
    ],
  },
  YugabyteDB: {
    objects: "create function yb_servers() returns text language sql as 'select ''127.0.0.1''';",
    replace: replaceVersion(
      "PostgreSQL 15.12-YB-2024.2.4.0-b0 on x86_64-pc-linux-gnu, compiled by clang, 64-bit",
      150_012,
    ),
    reject: [
      [/pg_(?:try_)?advisory/i, UNSUPPORTED, "advisory locks are not yet implemented"],
      [/^\s*LISTEN\b/i, UNSUPPORTED, "LISTEN not supported yet"],
      [/\b(?:xmin|xmax)\b(?!\()/i, UNSUPPORTED, 'system column "xmax" is not supported yet'],
      [/\bRETURNING\b.*\bold\./is, "42P01", 'missing FROM-clause entry for table "old"'],
    ],
  },
  "Aurora DSQL": {
    objects: "create schema sys; create table sys.iam_pg_role_mappings (pg_role_name text, arn text);",
    replace: replaceVersion("PostgreSQL 16.12 on aarch64-unknown-linux-gnu", 160_012),
    reject: [
      [/pg_(?:try_)?advisory/i, UNSUPPORTED, "unsupported function: advisory lock"],
      [/^\s*(?:LISTEN|NOTIFY|TRUNCATE|SAVEPOINT)\b/i, UNSUPPORTED, "unsupported statement"],
      [/^\s*COPY\b/i, UNSUPPORTED, "unsupported statement: Copy"],
      [/^\s*CREATE TEMP/i, UNSUPPORTED, "unsupported statement: temporary table"],
      [/\b(?:xmin|xmax)\b(?!\()/i, UNSUPPORTED, "unsupported system column"],
    ],
  },
  Citus: {
    objects: `
      set allow_system_table_mods = on;
      create table pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod "char", partkey text, colocationid int, repmodel "char");
      create function pg_catalog.citus_version() returns text language sql as 'select ''Citus 13.0.3''';
      create function pg_catalog.column_to_column_name(regclass, text) returns text language sql as 'select $2';
      grant select on pg_catalog.pg_dist_partition to public;
      reset allow_system_table_mods;`,
  },
};
