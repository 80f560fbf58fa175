import { usedBySql, usesFunctionsSql, usesSql } from "./dependency-lists.ts";
import type { CatalogParts } from "./part.ts";

// Oids of catalogs: 1247 pg_type, 1259 pg_class, 1417 pg_foreign_server, 2604 pg_attrdef, 2605 pg_cast, 2606 pg_constraint,
// 2616 pg_opclass, 2617 pg_operator, 2618 pg_rewrite, 3256 pg_policy, 3381 pg_statistic_ext, 3600 pg_ts_dict, 3602 pg_ts_config.

/**
 * The objects that other objects depend on; with `$2` all objects. Those that come with an extension or a range type are
 * left out. Casts, statistics objects, policies and rules are always included, because nothing depends on them.
 */
export const OBJECT_TABLES: string = `
candidates as materialized (
  select 2617 as classid, o.oid, o.oprnamespace as namespace, null::oid as relation from pg_catalog.pg_operator o
  union all select 2616, o.oid, o.opcnamespace, null from pg_catalog.pg_opclass o
  union all select 3602, c.oid, c.cfgnamespace, null from pg_catalog.pg_ts_config c
  union all select 3600, i.oid, i.dictnamespace, null from pg_catalog.pg_ts_dict i
  union all select 3381, s.oid, s.stxnamespace, null from pg_catalog.pg_statistic_ext s
  union all select 2605, c.oid, null, null from pg_catalog.pg_cast c
  union all select 1417, s.oid, null, null from pg_catalog.pg_foreign_server s
  union all select 3256, p.oid, null, p.polrelid from pg_catalog.pg_policy p join relations r on r.oid = p.polrelid where r.extname is null
  union all select 2618, w.oid, null, w.ev_class from pg_catalog.pg_rewrite w join relations r on r.oid = w.ev_class
    where w.rulename <> '_RETURN' and r.extname is null
),
objects as materialized (
  select c.classid, c.oid, c.relation
  from candidates c
  where c.oid >= 16384
    and (c.namespace is null or c.namespace = any (array(select oid from namespaces)))
    and not exists (select from members m where m.classid = c.classid and m.objid = c.oid)
    and not exists (
      select from pg_catalog.pg_depend d where d.classid = c.classid and d.objid = c.oid and d.deptype = 'i')
    and (c.classid in (2605, 2618, 3256, 3381) or $2 or exists (
      select from pg_catalog.pg_depend d
      where d.refclassid = c.classid and d.refobjid = c.oid
        and d.classid in (1247, 1259, 2604, 2606, 2618, 3602)))
)`;

const CAST = `(
  select format('CREATE CAST (%s AS %s) %s%s', pg_catalog.format_type(x.castsource, null), pg_catalog.format_type(x.casttarget, null),
    case x.castmethod when 'f' then 'WITH FUNCTION ' || x.castfunc::regprocedure when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION' end,
    case x.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' else '' end)
  from pg_catalog.pg_cast x where x.oid = o.oid)`;

const named = (catalog: string, oid: string): string =>
  `(select format('OPERATOR(%I.%s)', n.nspname, y.oprname)
    from ${catalog} y join pg_catalog.pg_namespace n on n.oid = y.oprnamespace where y.oid = ${oid})`;

const OPERATOR = `(
  select format('CREATE OPERATOR %I.%s (%s)', n.nspname, x.oprname, concat_ws(', ',
    'FUNCTION = ' || x.oprcode::regproc,
    'LEFTARG = ' || pg_catalog.format_type(nullif(x.oprleft, 0), null),
    'RIGHTARG = ' || pg_catalog.format_type(nullif(x.oprright, 0), null),
    'COMMUTATOR = ' || ${named("pg_catalog.pg_operator", "x.oprcom")},
    'NEGATOR = ' || ${named("pg_catalog.pg_operator", "x.oprnegate")},
    'RESTRICT = ' || nullif(x.oprrest, 0)::regproc, 'JOIN = ' || nullif(x.oprjoin, 0)::regproc,
    case when x.oprcanhash then 'HASHES' end, case when x.oprcanmerge then 'MERGES' end))
  from pg_catalog.pg_operator x join pg_catalog.pg_namespace n on n.oid = x.oprnamespace where x.oid = o.oid)`;

const POLICY = `(
  select format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s%s%s', x.polname, n.nspname, c.relname,
    case when not x.polpermissive then ' AS RESTRICTIVE' end,
    case x.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
    case when 0 = any (x.polroles) then 'PUBLIC' else (
      select string_agg(quote_ident(u.rolname), ', ' order by u.rolname)
      from pg_catalog.pg_roles u where u.oid = any (x.polroles)) end,
    ' USING (' || pg_catalog.pg_get_expr(x.polqual, x.polrelid) || ')',
    ' WITH CHECK (' || pg_catalog.pg_get_expr(x.polwithcheck, x.polrelid) || ')')
  from pg_catalog.pg_policy x
  join pg_catalog.pg_class c on c.oid = x.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where x.oid = o.oid)`;

// A new rule is enabled.
const RULE_STATE = `(
  select format('ALTER TABLE %I.%I %s RULE %I', n.nspname, c.relname,
    case x.ev_enabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS' end, x.rulename)
  from pg_catalog.pg_rewrite x
  join pg_catalog.pg_class c on c.oid = x.ev_class
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where x.oid = o.oid and x.ev_enabled <> 'O')`;

// Before PostgreSQL 17, the default is -1.
const STATISTICS_TARGET = `(
  select format('ALTER STATISTICS %s SET STATISTICS %s', i.identity, x.stxstattarget)
  from pg_catalog.pg_statistic_ext x where x.oid = o.oid and x.stxstattarget <> -1)`;

const COMMENT = `(
  select d.description from pg_catalog.pg_description d
  where d.classoid = o.classid and d.objoid = o.oid and d.objsubid = 0 and ($2 or o.classid in (2618, 3256, 3381)))`;

export const OBJECT_PARTS: Pick<CatalogParts, "object"> = {
  object: {
    oids: ["o.oid"],
    texts: [
      `json_build_object(
        'kind', i.type, 'identity', i.identity,
        'definition', case when o.classid = 3381 then pg_catalog.pg_get_statisticsobjdef(o.oid)
          when o.classid = 3256 then ${POLICY} when o.classid = 2618 then rtrim(pg_catalog.pg_get_ruledef(o.oid), ';')
          when $2 and o.classid = 2605 then ${CAST} when $2 and o.classid = 2617 then ${OPERATOR} end,
        'alteration', case o.classid when 2618 then ${RULE_STATE} when 3381 then ${STATISTICS_TARGET} end,
        'comment', ${COMMENT},
        'on', (
          select json_build_object('schema', n.nspname, 'name', r.relname)
          from relations r join namespaces n on n.oid = r.relnamespace where r.oid = o.relation),
        'uses', ${usesSql("o.classid", "o.oid")},
        'usesFunctions', ${usesFunctionsSql("o.classid", "o.oid")},
        'usedBy', ${usedBySql("o.classid", "o.oid")})`,
    ],
    from: "from objects o cross join lateral pg_catalog.pg_identify_object(o.classid, o.oid, 0) i",
  },
};
