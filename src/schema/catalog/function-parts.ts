import { usedBySql, usesFunctionsSql, usesSql } from "./dependency-lists.ts";
import type { CatalogParts } from "./part.ts";

// Oids of catalogs: 1247 pg_type, 1255 pg_proc, 1259 pg_class, 2604 pg_attrdef, 2606 pg_constraint, 2618 pg_rewrite,
// 2620 pg_trigger, 3256 pg_policy.

/**
 * The functions that other objects depend on; with `$2` all functions. Those that come with an extension or a range type
 * are left out.
 */
export const FUNCTION_TABLES: string = `
routines as materialized (
  select p.*
  from pg_catalog.pg_proc p
  where p.pronamespace = any (array(select oid from namespaces))
    and not exists (select from members m where m.classid = 1255 and m.objid = p.oid)
    and not exists (
      select from pg_catalog.pg_depend d where d.classid = 1255 and d.objid = p.oid and d.deptype = 'i')
    and ($2 or exists (
      select from pg_catalog.pg_depend d
      where d.refclassid = 1255 and d.refobjid = p.oid
        and (d.classid in (1247, 1259, 2604, 2606, 2618, 2620, 3256)
          or exists (select from objects o where o.classid = d.classid and o.oid = d.objid))))
)`;

export const FUNCTION_PARTS: Pick<CatalogParts, "routine" | "trigger"> = {
  routine: {
    oids: ["p.oid"],
    texts: [
      `json_build_object(
        'signature', p.oid::regprocedure::text, 'schema', n.nspname, 'name', p.proname,
        'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window' else 'function' end,
        'returns', pg_catalog.pg_get_function_result(p.oid),
        'definition', case when $2 and p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end,
        'uses', ${usesSql("1255", "p.oid")},
        'usesFunctions', ${usesFunctionsSql("1255", "p.oid")},
        'usedBy', ${usedBySql("1255", "p.oid")})`,
    ],
    from: "from routines p join pg_catalog.pg_namespace n on n.oid = p.pronamespace",
  },
  trigger: {
    oids: ["t.tgrelid", "t.oid"],
    texts: [
      `json_build_object(
        'name', t.tgname, 'function', t.tgfoid::regprocedure::text,
        'columns', (
          select coalesce(json_agg(a.attname order by a.attnum), '[]')
          from pg_catalog.pg_attribute a where a.attrelid = t.tgrelid and a.attnum = any (t.tgattr)),
        'state', case t.tgenabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' else 'enabled' end,
        'definition', pg_catalog.pg_get_triggerdef(t.oid))`,
    ],
    from: `from (values (0::oid)) fallback(tgparentid)
      cross join lateral (select q.*, tgparentid as parent from pg_catalog.pg_trigger q) t
      where not t.tgisinternal and t.parent = 0 and t.tgrelid in (select oid from relations)`,
  },
};
