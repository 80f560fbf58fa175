import { ENGINE_SQL } from "../engine.ts";
import { SESSION_SETTINGS_SQL } from "../exact-settings.ts";
import { MARK_SQL } from "../pooler.ts";
import { quoteLiteral } from "../quote.ts";
import { DISTRIBUTION_SQL } from "./distributions.ts";

// Settings that change how PostgreSQL prints expressions, bounds and names, as pg_dump sets them. With an empty search path
// every name that is not in pg_catalog has its schema. JIT compilation of the catalog query takes seconds.
const SETTINGS: Readonly<Record<string, string>> = {
  jit: "off",
  search_path: "",
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  extra_float_digits: "1",
  bytea_output: "hex",
  lc_monetary: "C",
  quote_all_identifiers: "off",
  xmloption: "content",
};

const CURRENT = Object.keys(SETTINGS).map(name => `'${name}', pg_catalog.current_setting('${name}')`);

/**
 * Returns the engine, the distributed tables, the mark of the session, the caller's search path, the settings that concern
 * values, and the oids of the relations that are visible on the path, as JSON, and keeps the caller's settings for
 * `RESTORE_SETTINGS`.
 * @param isXml whether the server has the function that reads the distributed tables
 */
export function searchPathSql(isXml: boolean): string {
  return `select pg_catalog.json_build_object(
  'session', ${SESSION_SETTINGS_SQL},
  'engine', ${ENGINE_SQL},
  'distribution', ${isXml ? DISTRIBUTION_SQL : "null"},
  'mark', ${MARK_SQL},
  'searchPath', pg_catalog.to_json(pg_catalog.current_schemas(false)),
  'visible', (
    select coalesce(pg_catalog.json_agg(c.oid::int8), '[]')
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (pg_catalog.current_schemas(false)) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and pg_catalog.pg_table_is_visible(c.oid)))::text,
  pg_catalog.set_config('rowfn.settings', pg_catalog.json_build_object(${CURRENT.join(", ")})::text, true)`;
}

/** Applies the settings until the end of the transaction. */
export const FIX_SETTINGS: string = `select ${Object.entries(SETTINGS)
  .map(([name, value]) => `pg_catalog.set_config('${name}', ${quoteLiteral(value)}, true)`)
  .join(", ")}`;

/** Gives a transaction of the caller its own settings back. */
export const RESTORE_SETTINGS =
  "select pg_catalog.set_config(key, value, true) from pg_catalog.json_each_text(pg_catalog.current_setting('rowfn.settings')::json)";
