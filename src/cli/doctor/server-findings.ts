import type { SQL } from "bun";
import { expr, qOne, type SchemaSnapshot } from "../../index.ts";
import { EXACT_SETTINGS, inexactSettings } from "../../schema/exact-settings.ts";
import { quoteIdentifier, quoteLiteral } from "../../schema/quote.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** The settings and limits that a session of the server reports. */
export interface ServerFacts {
  /** For example 180004. */
  readonly version: number;
  readonly encoding: string;
  /** The settings of which values depend. */
  readonly settings: Readonly<Record<string, string>>;
  /** For example `database`, or `client` for a parameter of the URL. */
  readonly sources: Readonly<Record<string, string>>;
  readonly time_zone: string;
  /** The number of client connections and their limit. */
  readonly connections: number;
  readonly max_connections: number;
  readonly database: string;
  readonly role: string;
  /** Whether row-level security never applies to the role, because it is a superuser or has BYPASSRLS. */
  readonly bypasses_row_security: boolean;
  readonly is_standby: boolean;
  /** The age in seconds of the last transaction that a standby has replayed; null if it has replayed none. */
  readonly seconds_behind: number | null;
}

export function readServerFacts(sql: SQL, schema: SchemaSnapshot): Promise<ServerFacts> {
  const names = Object.keys(EXACT_SETTINGS);
  return qOne<ServerFacts>(
    sql,
    schema,
    expr`select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding,
      (select jsonb_object_agg(name, current_setting(name)) from pg_catalog.pg_settings where name = any (${names})) as settings,
      (select jsonb_object_agg(name, source) from pg_catalog.pg_settings where name = any (${names})) as sources,
      current_setting('TimeZone') as time_zone,
      (select count(*)::int from pg_catalog.pg_stat_activity where backend_type = 'client backend') as connections,
      current_setting('max_connections')::int as max_connections,
      current_database()::text as database,
      current_user::text as role,
      (select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user) as bypasses_row_security,
      pg_is_in_recovery() as is_standby,
      (case when pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() then 0
        else extract(epoch from now() - pg_last_xact_replay_timestamp()) end)::int as seconds_behind`,
  );
}

export function serverFindings(facts: ServerFacts): readonly Finding[] {
  return [
    ...standby(facts),
    version(facts),
    encoding(facts),
    settings(facts),
    timeZone(facts),
    connections(facts),
  ];
}

function standby({ is_standby, seconds_behind }: ServerFacts): readonly Finding[] {
  if (!is_standby) return [];
  const age = seconds_behind === null ? "not replicating" : `${seconds_behind} s behind`;
  return [
    warning(
      "server",
      `standby, ${age}; every write fails, and reads can be stale; use the primary for writing`,
    ),
  ];
}

function version({ version }: ServerFacts): Finding {
  const name = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version < 120_000)
    return problem("version", `${name} is not supported; the catalog query needs version 12 or later`);
  return version < 140_000
    ? warning("version", `${name} is not tested; rowfn's tests run on versions 14 to 18`)
    : ok("version", name);
}

function encoding({ encoding, database }: ServerFacts): Finding {
  if (encoding === "UTF8") return ok("encoding", encoding);
  const copy = quoteIdentifier(`${database}_utf8`);
  return warning(
    "encoding",
    `${encoding} cannot store every character; such writes fail; copy the data to a UTF8 database`,
    [`create database ${copy} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C';`],
  );
}

function settings({ settings: values, sources, role, database }: ServerFacts): Finding {
  const found = inexactSettings({ values });
  if (found.length === 0) return ok("settings", "every value is exact");
  const list = found.map(({ name, value, reason }) => `${name} = ${value}: ${reason}`).join("; ");
  const inUrl = found.filter(({ name }) => sources[name] === "client").map(({ name }) => name);
  const others = found.filter(({ name }) => sources[name] !== "client");
  // A setting of a role in a database overrides the settings of the role, the database and the server.
  const session = `role ${quoteIdentifier(role)} in database ${quoteIdentifier(database)}`;
  return problem(
    "settings",
    `${list}${inUrl.length === 0 ? "" : `; remove ${inUrl.join(", ")} from the database URL`}`,
    others.map(({ name }) => `alter ${session} set ${name} = ${quoteLiteral(exactValue(name))};`),
  );
}

function exactValue(name: string): string {
  return EXACT_SETTINGS[name as keyof typeof EXACT_SETTINGS];
}

function timeZone({ time_zone }: ServerFacts): Finding {
  return ok("time zone", `${time_zone}; affects current_date and casts to date, not rows`);
}

function connections({ connections, max_connections }: ServerFacts): Finding {
  const text = `${connections} of ${max_connections} in use`;
  return connections > max_connections * 0.8
    ? warning(
        "connections",
        `${text}; new connections may soon be rejected; lower \`max\` of the pools, because Bun opens all connections of a pool at its first query`,
      )
    : ok("connections", text);
}
