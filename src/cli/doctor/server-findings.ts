import type { SQL } from "bun";
import { expr, qOne, type SchemaSnapshot } from "../../index.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** What a session of the server is like. */
export interface SessionFacts {
  /** For example 180004. */
  readonly version: number;
  readonly encoding: string;
  readonly date_style: string;
  readonly bytea_output: string;
  readonly time_zone: string;
  /** Connections of clients, and how many there may be. */
  readonly connections: number;
  readonly max_connections: number;
}

export function sessionFacts(sql: SQL, schema: SchemaSnapshot): Promise<SessionFacts> {
  return qOne<SessionFacts>(
    sql,
    schema,
    expr`select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding,
      current_setting('DateStyle') as date_style,
      current_setting('bytea_output') as bytea_output,
      current_setting('TimeZone') as time_zone,
      (select count(*)::int from pg_catalog.pg_stat_activity where backend_type = 'client backend') as connections,
      current_setting('max_connections')::int as max_connections`,
  );
}

/** What the session says about the server. */
export function serverFindings(facts: SessionFacts): readonly Finding[] {
  return [
    version(facts),
    encoding(facts),
    dateStyle(facts),
    bytea(facts),
    timeZone(facts),
    connections(facts),
  ];
}

function version({ version }: SessionFacts): Finding {
  const text = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version < 120_000) return problem("version", `${text}; the catalog is read as it is from 12 on`);
  return version < 150_000 ? warning("version", `${text}; tests are run on 15 and 18`) : ok("version", text);
}

function encoding({ encoding }: SessionFacts): Finding {
  return encoding === "UTF8"
    ? ok("encoding", encoding)
    : warning("encoding", `${encoding} cannot hold every text that JavaScript can`);
}

function dateStyle({ date_style }: SessionFacts): Finding {
  return date_style.startsWith("ISO")
    ? ok("date style", date_style)
    : problem("date style", `${date_style}; dates can be read only in ISO: reset DateStyle`);
}

function bytea({ bytea_output }: SessionFacts): Finding {
  return bytea_output === "hex"
    ? ok("bytea output", bytea_output)
    : problem("bytea output", `${bytea_output}; bytea can be read only in hex: reset bytea_output`);
}

function timeZone({ time_zone }: SessionFacts): Finding {
  return ok("time zone", `${time_zone}; rows do not depend on it, current_date and casts to date do`);
}

function connections({ connections, max_connections }: SessionFacts): Finding {
  const text = `${connections} of ${max_connections} in use`;
  return connections > max_connections * 0.8
    ? warning("connections", `${text}; Bun opens all \`max\` connections of a pool at its first query`)
    : ok("connections", text);
}
