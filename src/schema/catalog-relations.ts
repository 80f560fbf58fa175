import { COLLATION_NAME } from "./catalog-collation.ts";

/** Parts of the catalog query: namespaces, relations, comments, sequences, columns. */
export const RELATIONS: string = `
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
