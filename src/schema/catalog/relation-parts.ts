import { quoteLiteral } from "../quote.ts";
import { CHANGE_LOG, LOG_TABLE } from "../relation.ts";
import { bits, type CatalogParts, letters } from "./part.ts";

// Oids of catalogs, the same on every server: 1259 pg_class, 2615 pg_namespace, 3456 pg_collation.

// In every session pg_temp is the schema of its own temporary tables.
const NAMESPACE = "case when n.oid = pg_catalog.pg_my_temp_schema() then 'pg_temp' else n.nspname end";

// PostgreSQL's own mark of a column since the releases of November 2026, which pg_dump leaves out.
export const MARK = "pg_attver=";
const HAS_OPTIONS = `(cardinality(a.attoptions) > 1 or not starts_with(a.attoptions[1], '${MARK}'))`;

/** The settings of a column other than its storage. */
const COLUMN_SETTINGS = `case when a.compression <> '' or a.attstattarget >= 0 or ${HAS_OPTIONS} then json_build_array(
        a.compression, case when a.attstattarget >= 0 then a.attstattarget end, coalesce(a.attoptions, '{}')) end`;

// At most one of the letters of identity and generated is set. A privilege on the table includes its columns.
const COLUMN_FLAGS = `${bits("a.attnotnull", "a.attinhcount > 0")} + (a.attidentity::int4 + a.attgenerated::int4) * 4 + a.attstorage::int4 * 512
        + case when r.privileges & 7 = 7 then 7 else ${bits(
          ...["SELECT", "INSERT", "UPDATE"].map(name => `has_column_privilege(r.oid, a.attnum, '${name}')`),
        )} end * 65536
        + (not case when r.settled then r.relkind <> 'f' else pg_catalog.pg_column_is_updatable(r.oid, a.attnum, false) end)::int4 * 524288`;

/** The common table expressions of several parts. */
export const RELATION_TABLES: string = `
schemas as materialized (
  select n.oid, n.nspname, ${NAMESPACE} as name, (case when $1::text is null
    then n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    else ${NAMESPACE} = any ($1::text::text[]) end)
    and has_schema_privilege(n.oid, 'USAGE') as chosen
  from pg_catalog.pg_namespace n
),
relations as materialized (
  select c.oid, c.relname, c.relnamespace, n.nspname, c.relam, c.relkind, c.relpersistence, c.relreplident, c.relispartition,
    c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relpartbound, c.reltoastrelid,
    c.relkind in ('r', 'p') or c.relkind = 'f' and coalesce((
      select w.fdwhandler from pg_catalog.pg_foreign_data_wrapper w where w.oid = (
        select s.srvfdw from pg_catalog.pg_foreign_server s where s.oid = (
          select t.ftserver from pg_catalog.pg_foreign_table t where t.ftrelid = c.oid))), 0) = 0 as settled,
    ${bits(...["SELECT", "INSERT", "UPDATE", "DELETE"].map(name => `has_table_privilege(c.oid, '${name}')`))} as privileges
  from pg_catalog.pg_class c join schemas n on n.oid = c.relnamespace and n.chosen
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and c.relname <> ${quoteLiteral(LOG_TABLE)} and not starts_with(c.relname, ${quoteLiteral(`${CHANGE_LOG} `)})
)`;

export const RELATION_PARTS: Pick<
  CatalogParts,
  "server" | "schema" | "relation" | "column" | "comment" | "sequence"
> = {
  server: {
    oids: ["0"],
    texts: [
      `json_build_object(
        'serverVersionNum', current_setting('server_version_num')::int, 'database', current_database(),
        'role', current_user)`,
    ],
    from: "",
  },
  schema: {
    oids: ["n.oid"],
    ints: ["n.chosen"],
    texts: [
      "n.name",
      "n.nspname",
      "case when n.nspname = 'pg_catalog' then '' else quote_ident(n.nspname) || '.' end",
    ],
    from: "from schemas n",
  },
  relation: {
    oids: ["r.oid", "r.relnamespace", "r.relam"],
    ints: [
      "r.privileges",
      "case when r.relkind = 'f' and r.settled then 0 when r.settled then 28 else pg_catalog.pg_relation_is_updatable(r.oid, true) end",
      bits(
        "r.relispartition",
        "r.relrowsecurity",
        "r.relforcerowsecurity",
        "r.relrowsecurity and row_security_active(r.oid)",
      ),
    ],
    texts: [
      "r.relname",
      letters("r.relkind", "r.relpersistence", "r.relreplident"),
      `case when r.relkind in ('p', 'v', 'm') or r.relispartition or r.reloptions is not null or t.reloptions is not null then json_build_array(
        case when r.relkind = 'p' then pg_catalog.pg_get_partkeydef(r.oid) end,
        pg_catalog.pg_get_expr(r.relpartbound, r.oid), r.reloptions, t.reloptions,
        case when r.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(r.oid) end) end`,
    ],
    from: "from relations r left join pg_catalog.pg_class t on t.oid = r.reltoastrelid",
  },
  // A default mentions no column. Without the table's oid the server does not open the table to print it.
  column: {
    oids: ["a.attrelid", "a.atttypid", "a.attcollation"],
    ints: ["a.attnum", "a.atttypmod", COLUMN_FLAGS],
    texts: [
      "a.attname",
      "pg_catalog.pg_get_expr(d.adbin, case when a.attgenerated = '' then 0 else d.adrelid end)",
      COLUMN_SETTINGS,
    ],
    from: `from (values (''::"char")) fallback(attcompression)
      cross join lateral (
        select attrelid, attnum, attname, atttypid, atttypmod, attcollation, attnotnull, attinhcount, attidentity, attgenerated,
          attstorage, attstattarget, attoptions, attisdropped, attcompression as compression from pg_catalog.pg_attribute) a
      join relations r on r.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum`,
  },
  comment: {
    oids: ["d.objoid", "d.classoid"],
    ints: ["d.objsubid"],
    texts: ["d.description"],
    from: `from pg_catalog.pg_description d
      where d.classoid in ($3)
        and (d.objoid >= 16384 or d.classoid in (1259, 2615) or d.classoid = 3456 and 'pg_catalog' = any ($1::text::text[]))
        and (d.classoid, d.description) is distinct from (2615, 'standard public schema')`,
  },
  // Sequences of identity columns only if their options are not the defaults.
  sequence: {
    oids: ["d.refobjid", "c.relnamespace", "c.oid"],
    ints: ["d.refobjsubid", "c.relpersistence = 'u'"],
    texts: [
      "c.relname",
      "d.deptype",
      `json_build_object('type', pg_catalog.format_type(s.seqtypid, null), 'start', s.seqstart::text,
        'increment', s.seqincrement::text, 'minimum', s.seqmin::text, 'maximum', s.seqmax::text,
        'cache', s.seqcache::text, 'cycle', s.seqcycle)`,
    ],
    from: `from pg_catalog.pg_sequence s
      join pg_catalog.pg_class c on c.oid = s.seqrelid
      left join pg_catalog.pg_depend d on d.classid = 1259 and d.objid = c.oid and d.objsubid = 0
        and d.refclassid = 1259 and d.deptype in ('a', 'i')
      where c.relnamespace = any (array(select oid from schemas where chosen))
        and (d.deptype is distinct from 'i'
          or (s.seqstart, s.seqincrement, s.seqmin, s.seqcache, s.seqcycle, s.seqmax) is distinct from
            (1, 1, 1, 1, false, case s.seqtypid when 20 then 9223372036854775807 when 23 then 2147483647 else 32767 end)
          or s.seqtypid <> (
            select a.atttypid from pg_catalog.pg_attribute a where a.attrelid = d.refobjid and a.attnum = d.refobjsubid))`,
  },
};
