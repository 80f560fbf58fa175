import { quoteLiteral } from "../quote.ts";
import { CHANGE_LOG, LOG_TABLE } from "../relation.ts";
import { bits, type CatalogParts, jsonNames, letters } from "./part.ts";

// Oids of catalogs, the same on every server: 1247 pg_type, 1255 pg_proc, 1259 pg_class, 2606 pg_constraint,
// 2615 pg_namespace, 2618 pg_rewrite, 2620 pg_trigger, 3079 pg_extension.

// In every session pg_temp is the schema of its own temporary tables.
const NAMESPACE = "case when n.oid = pg_catalog.pg_my_temp_schema() then 'pg_temp' else n.nspname end";

// PostgreSQL's own mark of a column since the releases of November 2026, which pg_dump leaves out.
const MARK = "pg_attver=";
const HAS_OPTIONS = `(cardinality(a.attoptions) > 1 or not starts_with(a.attoptions[1], '${MARK}'))`;

/** The settings of a column other than its storage. */
const COLUMN_SETTINGS = `case when a.compression <> '' or a.attstattarget >= 0 or ${HAS_OPTIONS} then json_build_array(
        a.compression, case when a.attstattarget >= 0 then a.attstattarget end,
        array(select o from unnest(a.attoptions) o where not starts_with(o, '${MARK}'))) end`;

/** The common table expressions of several parts. */
export const RELATION_TABLES: string = `
namespaces as materialized (
  select n.oid, ${NAMESPACE} as nspname
  from pg_catalog.pg_namespace n
  where (case when $1::text is null
    then n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    else ${NAMESPACE} = any ($1::text::text[]) end)
    and has_schema_privilege(n.oid, 'USAGE')
),
members as materialized (
  select d.classid, d.objid, x.extname
  from pg_catalog.pg_depend d join pg_catalog.pg_extension x on x.oid = d.refobjid
  where d.refclassid = 3079 and d.deptype = 'e'
),
relations as materialized (
  select c.*, m.extname, c.relkind in ('r', 'p') or c.relkind = 'f' and not exists (
      select from pg_catalog.pg_foreign_table t join pg_catalog.pg_foreign_server s on s.oid = t.ftserver
      join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw where t.ftrelid = c.oid and w.fdwhandler <> 0) as settled,
    ${bits(...["SELECT", "INSERT", "UPDATE", "DELETE"].map(name => `has_table_privilege(c.oid, '${name}')`))} as privileges
  from pg_catalog.pg_class c left join members m on m.classid = 1259 and m.objid = c.oid
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = any (array(select oid from namespaces))
    and c.relname <> ${quoteLiteral(LOG_TABLE)} and not starts_with(c.relname, ${quoteLiteral(`${CHANGE_LOG} `)})
)`;

export const RELATION_PARTS: Pick<
  CatalogParts,
  | "server"
  | "schema"
  | "relation"
  | "column"
  | "access"
  | "comment"
  | "parent"
  | "source"
  | "policies"
  | "triggers"
  | "rules"
  | "sequence"
> = {
  server: {
    oids: ["0"],
    texts: [
      `json_build_object(
        'serverVersionNum', current_setting('server_version_num')::int, 'database', current_database(),
        'role', current_user,
        'schemas', (select coalesce(json_agg(nspname order by nspname), '[]') from namespaces))`,
    ],
    from: "",
  },
  schema: {
    oids: ["n.oid"],
    texts: [NAMESPACE],
    from: "from pg_catalog.pg_namespace n",
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
        pg_catalog.pg_get_expr(r.relpartbound, r.oid),
        r.reloptions || array(select 'toast.' || o from unnest(t.reloptions) o),
        case when r.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(r.oid) end) end`,
      "r.extname",
    ],
    from: "from relations r left join pg_catalog.pg_class t on t.oid = r.reltoastrelid",
  },
  // A default mentions no column. Without the table's oid the server does not open the table to print it.
  column: {
    oids: ["a.attrelid", "a.atttypid", "a.attcollation"],
    ints: [
      "a.attnum",
      "a.atttypmod",
      // At most one of the letters of identity and generated is set.
      `${bits("a.attnotnull", "a.attinhcount > 0")} + (a.attidentity::int4 + a.attgenerated::int4) * 4 + a.attstorage::int4 * 512`,
    ],
    texts: [
      "a.attname",
      "pg_catalog.pg_get_expr(d.adbin, case when a.attgenerated = '' then 0 else d.adrelid end)",
      COLUMN_SETTINGS,
    ],
    from: `from (values (''::"char")) fallback(attcompression)
      cross join lateral (select q.*, attcompression as compression from pg_catalog.pg_attribute q) a
      join relations r on r.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum`,
  },
  // Only columns whose privileges can differ from their table's privileges.
  access: {
    oids: ["r.oid"],
    ints: [
      "a.attnum",
      bits(...["SELECT", "INSERT", "UPDATE"].map(name => `has_column_privilege(r.oid, a.attnum, '${name}')`)),
      "case when r.settled then r.relkind <> 'f' else pg_catalog.pg_column_is_updatable(r.oid, a.attnum, false) end",
    ],
    from: `from relations r
      join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      where r.privileges & 7 <> 7 or r.relkind not in ('r', 'p')`,
  },
  comment: {
    oids: ["d.objoid", "d.classoid"],
    ints: ["d.objsubid"],
    texts: ["d.description"],
    from: `from pg_catalog.pg_description d
      where (d.classoid in (1247, 1259, 2606, 2615, 2620) or $2 and d.classoid = 1255)
        and (d.objoid >= 16384 or d.classoid in (1259, 2615))
        and (d.classoid, d.description) is distinct from (2615, 'standard public schema')`,
  },
  parent: {
    oids: ["h.inhrelid"],
    texts: [jsonNames("n.nspname", "p.relname", "h.inhseqno")],
    from: `from pg_catalog.pg_inherits h
      join relations r on r.oid = h.inhrelid
      join pg_catalog.pg_class p on p.oid = h.inhparent
      join pg_catalog.pg_namespace n on n.oid = p.relnamespace
      group by h.inhrelid`,
  },
  source: {
    oids: ["u.ev_class"],
    texts: [jsonNames("n.nspname", "s.relname", "n.nspname, s.relname")],
    from: `from (
        select distinct w.ev_class, d.refobjid
        from pg_catalog.pg_rewrite w
        join relations r on r.oid = w.ev_class
        join pg_catalog.pg_depend d on d.classid = 2618 and d.objid = w.oid
          and d.refclassid = 1259 and d.refobjid <> w.ev_class
        where w.rulename = '_RETURN') u
      join pg_catalog.pg_class s on s.oid = u.refobjid
      join pg_catalog.pg_namespace n on n.oid = s.relnamespace
      group by u.ev_class`,
  },
  policies: {
    oids: ["p.polrelid"],
    ints: ["count(*)"],
    from: "from pg_catalog.pg_policy p group by p.polrelid",
  },
  triggers: {
    oids: ["t.tgrelid"],
    // 128 for a trigger FOR EACH ROW (1) that is BEFORE (2) or INSTEAD OF (64) INSERT (4).
    ints: ["bit_or(t.tgtype::int | case when t.tgtype & 5 = 5 and t.tgtype & 66 <> 0 then 128 else 0 end)"],
    from: `from pg_catalog.pg_trigger t where not t.tgisinternal and t.tgenabled <> 'D' group by t.tgrelid`,
  },
  rules: {
    oids: ["w.ev_class"],
    ints: ["bool_or(w.ev_type in ('2', '3'))"],
    from: `from pg_catalog.pg_rewrite w where w.rulename <> '_RETURN' group by w.ev_class`,
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
      left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where c.relnamespace = any (array(select oid from namespaces)) and not exists (select from members m where m.classid = 1259 and m.objid = c.oid)
        and (d.deptype is distinct from 'i'
          or (s.seqstart, s.seqincrement, s.seqmin, s.seqcache, s.seqcycle, s.seqtypid, s.seqmax) is distinct from
            (1, 1, 1, 1, false, a.atttypid, case s.seqtypid when 20 then 9223372036854775807 when 23 then 2147483647 else 32767 end))`,
  },
};
