import { COLLATION_NAME } from "./catalog-collation.ts";

/** Parts of the catalog query: constraints, indexes, parents, what views read, policies, triggers, rules. */
export const KEYS: string = `
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
