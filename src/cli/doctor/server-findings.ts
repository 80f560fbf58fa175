import type { SQL } from "bun";
import { expr, qOne, type SchemaSnapshot } from "../../index.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** The settings and limits that a session of the server reports. */
export interface ServerFacts {
  /** For example 180004. */
  readonly version: number;
  readonly encoding: string;
  readonly date_style: string;
  readonly bytea_output: string;
  /** For example `database`, or `client` for a parameter of the URL. */
  readonly bytea_output_source: string;
  readonly time_zone: string;
  /** The number of client connections and their limit. */
  readonly connections: number;
  readonly max_connections: number;
  readonly database: string;
  readonly role: string;
  /** Whether row-level security never applies to the role, because it is a superuser or has BYPASSRLS. */
  readonly bypasses_row_security: boolean;
}

export function readServerFacts(sql: SQL, schema: SchemaSnapshot): Promise<ServerFacts> {
  return qOne<ServerFacts>(
    sql,
    schema,
    expr`select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding,
      current_setting('DateStyle') as date_style,
      current_setting('bytea_output') as bytea_output,
      (select source from pg_catalog.pg_settings where name = 'bytea_output') as bytea_output_source,
      current_setting('TimeZone') as time_zone,
      (select count(*)::int from pg_catalog.pg_stat_activity where backend_type = 'client backend') as connections,
      current_setting('max_connections')::int as max_connections,
      current_database()::text as database,
      current_user::text as role,
      (select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user) as bypasses_row_security`,
  );
}

export function serverFindings(facts: ServerFacts): readonly Finding[] {
  return [
    version(facts),
    encoding(facts),
    dateStyle(facts),
    byteaOutput(facts),
    timeZone(facts),
    connections(facts),
  ];
}

function version({ version }: ServerFacts): Finding {
  const name = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version < 120_000)
    return problem("version", `${name} is not supported; the catalog query needs version 12 or later`);
  return version < 150_000
    ? warning("version", `${name} is not tested; rowfn's tests run on versions 15 and 18`)
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

// Bun sends DateStyle when it connects, so only the URL can change that setting.
function dateStyle({ date_style }: ServerFacts): Finding {
  return date_style.startsWith("ISO")
    ? ok("date style", date_style)
    : problem(
        "date style",
        `${date_style} is not supported; dates cannot be read; remove DateStyle from the database URL`,
      );
}

function byteaOutput({ bytea_output, bytea_output_source, role, database }: ServerFacts): Finding {
  if (bytea_output === "hex") return ok("bytea output", bytea_output);
  const state = `${bytea_output} is not supported; bytea cannot be read`;
  if (bytea_output_source === "client")
    return problem("bytea output", `${state}; remove bytea_output from the database URL`);
  // A setting of a role in a database overrides the settings of the role, the database and the server.
  const session = `role ${quoteIdentifier(role)} in database ${quoteIdentifier(database)}`;
  return problem("bytea output", `${state}; set hex`, [`alter ${session} set bytea_output = 'hex';`]);
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
