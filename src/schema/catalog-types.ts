import { COLLATION_NAME } from "./catalog-collation.ts";

// A fixed number of plain steps instead of recursion, whose row estimates send the planner to slow plans (and to JIT):
// composite attributes and array elements two levels deep cover types of types; domains three.
export const TYPES: string = `
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
