// The catalog in one statement: one row, one text column of JSON with oids, which build-snapshot.ts resolves to names.
// One statement is one view of the catalog, and JSON text is the same in both driver modes.
//
// Versions: run on 15 and 18. An unqualified column name inside `lateral` means the catalog's column where the server
// has it, and the constant of `fallback` where not, so the same text is meant for 12 to 18:
// multiranges exist from 14; NULLS NOT DISTINCT and ON DELETE SET NULL (columns) from 15; NOT NULL rows in
// pg_constraint for domains from 17 and for tables from 18; NOT ENFORCED, temporal keys, virtual columns from 18.

const COLLATION_NAME =
  "case when cn.nspname = 'pg_catalog' then '' else quote_ident(cn.nspname) || '.' end || quote_ident(co.collname)";

const RELATIONS = `
namespaces as materialized (
  select n.oid, n.nspname
  from pg_catalog.pg_namespace n
  where (case when $1::text is null
    then n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    else n.nspname = any ($1::text::text[]) end)
    and has_schema_privilege(n.oid, 'USAGE')
),
relations as materialized (
  select c.*, n.nspname,
    case when c.relkind in ('r', 'p') then 28 else pg_catalog.pg_relation_is_updatable(c.oid, true) end as updatable,
    has_table_privilege(c.oid, 'SELECT')::int + has_table_privilege(c.oid, 'INSERT')::int * 2
      + has_table_privilege(c.oid, 'UPDATE')::int * 4 + has_table_privilege(c.oid, 'DELETE')::int * 8 as privileges
  from pg_catalog.pg_class c join namespaces n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype = 'e')
),
comments as materialized (
  select d.objoid, d.classoid, d.objsubid, d.description
  from pg_catalog.pg_description d
  where d.classoid in ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_type'::regclass)
    and (d.objoid >= 16384 or d.classoid = 'pg_catalog.pg_class'::regclass)
),
sequences as materialized (
  select c.oid, n.nspname, c.relname, d.deptype, d.refobjid as table_oid, d.refobjsubid as column_number,
    s.seqstart = 1 and s.seqincrement = 1 and s.seqmin = 1 and s.seqcache = 1 and not s.seqcycle
      and s.seqtypid = a.atttypid and s.seqmax = case s.seqtypid
        when 'int8'::regtype then 9223372036854775807 when 'int4'::regtype then 2147483647 else 32767 end as is_plain,
    json_build_array(pg_catalog.format_type(s.seqtypid, null), s.seqstart::text, s.seqincrement::text, s.seqmin::text,
      s.seqmax::text, s.seqcache::text, s.seqcycle) as options
  from pg_catalog.pg_sequence s
  join pg_catalog.pg_class c on c.oid = s.seqrelid
  join namespaces n on n.oid = c.relnamespace
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
  left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.objsubid = 0 and e.deptype = 'e')
),
columns as materialized (
  select a.attrelid, json_agg(json_build_array(
    a.attname, a.attnum, a.atttypid, a.atttypmod, a.attndims, a.attnotnull,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
    case when a.attcollation <> t.typcollation and a.attcollation <> 0 then ${COLLATION_NAME} end,
    m.description,
    case when r.privileges & 7 = 7 then null else r.privileges & 7
      | case when r.privileges & 1 = 0 and has_column_privilege(r.oid, a.attnum, 'SELECT') then 1 else 0 end
      | case when r.privileges & 2 = 0 and has_column_privilege(r.oid, a.attnum, 'INSERT') then 2 else 0 end
      | case when r.privileges & 4 = 0 and has_column_privilege(r.oid, a.attnum, 'UPDATE') then 4 else 0 end end,
    case when r.relkind in ('r', 'p') then null else pg_catalog.pg_column_is_updatable(r.oid, a.attnum, true) end,
    a.attinhcount > 0, s.options
  ) order by a.attnum) as list
  from relations r
  join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type t on t.oid = a.atttypid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_catalog.pg_collation co on co.oid = a.attcollation
  left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
  left join comments m on m.classoid = 'pg_catalog.pg_class'::regclass and m.objoid = a.attrelid and m.objsubid = a.attnum
  left join sequences s on s.table_oid = a.attrelid and s.column_number = a.attnum and s.deptype = 'i' and not s.is_plain
  group by a.attrelid
)`;

const CONSTRAINTS = `
constraints as materialized (
  select k.conrelid, json_agg(json_strip_nulls(json_build_object(
    'name', k.conname, 'type', k.contype, 'key', k.conkey, 'refKey', k.confkey,
    'ref', nullif(k.confrelid, 0),
    'refSchema', fn.nspname, 'refName', f.relname,
    'refColumns', case when k.contype = 'f' then (
      select json_agg(fa.attname order by u.n)
      from unnest(k.confkey) with ordinality u(attnum, n)
      join pg_catalog.pg_attribute fa on fa.attrelid = k.confrelid and fa.attnum = u.attnum) end,
    'index', nullif(k.conindid, 0),
    'onUpdate', nullif(k.confupdtype, ' '), 'onDelete', nullif(k.confdeltype, ' '), 'match', nullif(k.confmatchtype, ' '),
    'setColumns', k.setcols,
    'deferrable', nullif(k.condeferrable, false), 'deferred', nullif(k.condeferred, false),
    'notValid', nullif(not k.convalidated, false), 'notEnforced', nullif(not k.enforced, false),
    'period', nullif(k.period, false), 'noInherit', nullif(k.connoinherit, false),
    'definition', case when k.contype = 'x' then pg_catalog.pg_get_constraintdef(k.oid) end,
    'expression', case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end,
    'comment', m.description
  )) order by k.conname) as list
  from (values (true, false, null::int2[])) fallback(conenforced, conperiod, confdelsetcols)
  cross join lateral (
    select q.*, conenforced as enforced, conperiod as period, confdelsetcols as setcols
    from pg_catalog.pg_constraint q) k
  join relations r on r.oid = k.conrelid
  left join pg_catalog.pg_class f on f.oid = k.confrelid
  left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
  left join comments m on m.classoid = 'pg_catalog.pg_constraint'::regclass and m.objoid = k.oid
  where (k.contype <> 'f' or k.conparentid = 0 or not exists (
      select from pg_catalog.pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid))
    and (k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and (not k.convalidated or k.connoinherit))
  group by k.conrelid
),
indexes as materialized (
  select i.indrelid, json_agg(json_build_array(
    i.indexrelid, ic.relname, i.indnkeyatts, i.indkey::int2[],
    (select json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, u.n::int, true) order by u.n)
     from unnest(i.indkey::int2[]) with ordinality u(attnum, n) where u.attnum = 0 and u.n <= i.indnkeyatts),
    pg_catalog.pg_get_expr(i.indpred, i.indrelid), i.indisprimary, i.indimmediate,
    i.indisvalid and i.indisready and i.indislive, i.indisexclusion, i.distinctless, m.description,
    i.indisunique, am.amname, ic.reloptions,
    case when translate(i.indoption::text, '0 ', '') <> '' or i.indclass::oid[] && s.classes
        or not i.indcollation::oid[] <@ '{0,100}' then (
      select json_agg(ltrim(
        case when u.coll <> 0 and u.coll <> coalesce(a.attcollation, 100)
          then 'COLLATE ' || ${COLLATION_NAME} else '' end
        || case when not oc.opcdefault or ia.attoptions is not null
          then ' ' || case when ocn.nspname = 'pg_catalog' then '' else quote_ident(ocn.nspname) || '.' end || quote_ident(oc.opcname)
            || coalesce('(' || array_to_string(ia.attoptions, ', ') || ')', '') else '' end
        || case u.option & 3 when 1 then ' DESC NULLS LAST' when 2 then ' NULLS FIRST' when 3 then ' DESC' else '' end
      ) order by u.n)
      from unnest(i.indoption::int2[], i.indclass::oid[], i.indcollation::oid[], i.indkey::int2[]) with ordinality u(option, class, coll, attnum, n)
      join pg_catalog.pg_opclass oc on oc.oid = u.class
      join pg_catalog.pg_namespace ocn on ocn.oid = oc.opcnamespace
      left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum and u.attnum <> 0
      left join pg_catalog.pg_attribute ia on ia.attrelid = i.indexrelid and ia.attnum = u.n
      left join pg_catalog.pg_collation co on co.oid = u.coll
      left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace) end
  ) order by ic.relname) as list
  from (values (false)) fallback(indnullsnotdistinct)
  cross join (select array_agg(oid) as classes from pg_catalog.pg_opclass where not opcdefault) s
  cross join lateral (select q.*, indnullsnotdistinct as distinctless from pg_catalog.pg_index q) i
  join relations r on r.oid = i.indrelid
  join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  join pg_catalog.pg_am am on am.oid = ic.relam
  left join comments m on m.classoid = 'pg_catalog.pg_class'::regclass and m.objoid = i.indexrelid and m.objsubid = 0
  where i.indisunique or not i.indisexclusion
  group by i.indrelid
),
sources as materialized (
  select u.ev_class, json_agg(json_build_array(n.nspname, c.relname) order by n.nspname, c.relname) as list
  from (
    select distinct w.ev_class, d.refobjid
    from relations r
    join pg_catalog.pg_rewrite w on w.ev_class = r.oid and w.rulename = '_RETURN'
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> w.ev_class) u
  join pg_catalog.pg_class c on c.oid = u.refobjid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  group by u.ev_class
),
parents as materialized (
  select h.inhrelid, json_agg(json_build_array(n.nspname, p.relname) order by h.inhseqno) as list
  from pg_catalog.pg_inherits h
  join relations r on r.oid = h.inhrelid
  join pg_catalog.pg_class p on p.oid = h.inhparent
  join pg_catalog.pg_namespace n on n.oid = p.relnamespace
  group by h.inhrelid
),
policies as materialized (
  select p.polrelid, count(*)::int as n from pg_catalog.pg_policy p group by p.polrelid
),
triggers as materialized (
  select t.tgrelid, bit_or(t.tgtype::int) as events
  from pg_catalog.pg_trigger t where not t.tgisinternal and t.tgenabled <> 'D' group by t.tgrelid
),
rules as materialized (
  select w.ev_class, bool_or(w.ev_type in ('2', '3')) as writes
  from pg_catalog.pg_rewrite w where w.rulename <> '_RETURN' group by w.ev_class
)`;

// A fixed number of plain steps instead of recursion, whose row estimates send the planner to slow plans (and to JIT):
// composite attributes and array elements two levels deep cover types of types; domains three.
const TYPES = `
used0 as materialized (
  select a.atttypid as oid from relations r join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  union
  select t.oid from pg_catalog.pg_type t join namespaces n on n.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
  where t.typtype in ('e', 'd', 'r', 'm') or t.typtype = 'c' and c.relkind = 'c'
),
${step("used0", "used1")},
${step("used1", "used2")},
${step("used2", "used3")},
${step("used3", "used4")},
types as materialized (
  select json_agg(json_strip_nulls(json_build_object(
    'oid', t.oid, 'schema', n.nspname, 'name', t.typname, 'kind', t.typtype, 'category', t.typcategory,
    'key', case when n.nspname = 'pg_catalog' then t.typname else quote_ident(n.nspname) || '.' || quote_ident(t.typname) end,
    'element', case when t.typcategory = 'A' and t.typarray = 0 then nullif(t.typelem, 0) end,
    'delimiter', case when t.typcategory = 'A' and t.typarray = 0 then t.typdelim end,
    'base', nullif(t.typbasetype, 0), 'baseTypmod', case when t.typtype = 'd' then t.typtypmod end,
    'baseType', case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end,
    'collation', case when t.typtype = 'd' then (
      select ${COLLATION_NAME}
      from pg_catalog.pg_type b, pg_catalog.pg_collation co join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
      where b.oid = t.typbasetype and co.oid = t.typcollation and t.typcollation <> b.typcollation) end,
    'notNull', nullif(t.typnotnull, false), 'default', case when t.typtype = 'd' then t.typdefault end,
    'labels', case when t.typtype = 'e' then (
      select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid) end,
    'attributes', case when t.typtype = 'c' then (
      select json_agg(json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end,
    'checks', case when t.typtype = 'd' then (
      select json_agg(json_build_array(k.conname, pg_catalog.pg_get_expr(k.conbin, 0), k.convalidated, km.description) order by k.conname)
      from pg_catalog.pg_constraint k
      left join comments km on km.classoid = 'pg_catalog.pg_constraint'::regclass and km.objoid = k.oid
      where k.contypid = t.oid and k.contype = 'c') end,
    'subtype', g.rngsubtype, 'multirangeOf', gm.rngtypid,
    'extension', x.extname, 'comment', m.description
  )) order by t.oid) as list
  from used4 u
  join pg_catalog.pg_type t on t.oid = u.oid
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  left join pg_catalog.pg_range g on g.rngtypid = t.oid
  left join lateral (select q.rngtypid from (values (0::oid)) fallback(rngmultitypid)
    cross join lateral (select s.rngtypid, rngmultitypid as multirange from pg_catalog.pg_range s) q
    where t.typtype = 'm' and q.multirange = t.oid) gm on true
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
  left join pg_catalog.pg_extension x on x.oid = d.refobjid
  left join comments m on m.classoid = 'pg_catalog.pg_type'::regclass and m.objoid = t.oid and m.objsubid = 0
)`;

function step(from: string, to: string): string {
  return `${to} as materialized (
  select oid from ${from}
  union select t.typelem from ${from} u join pg_catalog.pg_type t on t.oid = u.oid where t.typcategory = 'A' and t.typelem <> 0
  union select t.typbasetype from ${from} u join pg_catalog.pg_type t on t.oid = u.oid where t.typbasetype <> 0
  union select g.rngsubtype from ${from} u join pg_catalog.pg_range g on g.rngtypid = u.oid
  union select q.rngtypid from (values (0::oid)) fallback(rngmultitypid)
    cross join lateral (select s.rngtypid, rngmultitypid as multirange from pg_catalog.pg_range s) q join ${from} u on u.oid = q.multirange
  union select a.atttypid from ${from} u join pg_catalog.pg_type t on t.oid = u.oid and t.typtype = 'c'
    join pg_catalog.pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
)`;
}

/** Parameter: the schemas as a PostgreSQL array's text, or NULL for all but the system's. */
export const CATALOG_QUERY: string = `with ${RELATIONS},${CONSTRAINTS},${TYPES}
select json_build_object(
  'serverVersionNum', current_setting('server_version_num')::int,
  'database', current_database(), 'role', current_user,
  'searchPath', to_json(current_schemas(false)),
  'schemas', (select json_agg(nspname order by nspname) from namespaces),
  'formats', (select json_agg(json_build_array(f.atttypid, f.atttypmod, pg_catalog.format_type(f.atttypid, f.atttypmod)))
    from (select distinct a.atttypid, a.atttypmod from relations r
      join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped) f),
  'types', (select list from types),
  'relations', (select json_agg(json_build_array(
      r.nspname, r.relname, r.relkind, r.relpersistence, pg_catalog.pg_table_is_visible(r.oid), r.relispartition,
      case when r.relkind = 'p' then pg_catalog.pg_get_partkeydef(r.oid) end,
      pg_catalog.pg_get_expr(r.relpartbound, r.oid),
      h.list, m.description, r.privileges, r.updatable,
      case when r.relforcerowsecurity and r.relrowsecurity then 'forced' when r.relrowsecurity then 'on' else 'off' end,
      r.relrowsecurity and row_security_active(r.oid), p.n, t.events, w.writes,
      c.list, k.list, i.list, r.reloptions,
      case when r.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(r.oid) end, s.list
    ) order by r.nspname, r.relname)
    from relations r
    left join parents h on h.inhrelid = r.oid
    left join comments m on m.classoid = 'pg_catalog.pg_class'::regclass and m.objoid = r.oid and m.objsubid = 0
    left join policies p on p.polrelid = r.oid
    left join triggers t on t.tgrelid = r.oid
    left join rules w on w.ev_class = r.oid
    left join columns c on c.attrelid = r.oid
    left join constraints k on k.conrelid = r.oid
    left join indexes i on i.indrelid = r.oid
    left join sources s on s.ev_class = r.oid),
  'sequences', (select json_agg(json_build_array(
      s.nspname, s.relname, s.options,
      case when s.deptype = 'a' and r.oid is not null then json_build_array(r.nspname, r.relname, a.attname) end, m.description
    ) order by s.nspname, s.relname)
    from sequences s
    left join relations r on r.oid = s.table_oid
    left join pg_catalog.pg_attribute a on a.attrelid = s.table_oid and a.attnum = s.column_number
    left join comments m on m.classoid = 'pg_catalog.pg_class'::regclass and m.objoid = s.oid and m.objsubid = 0
    where s.deptype is distinct from 'i')
)::text as catalog`;
