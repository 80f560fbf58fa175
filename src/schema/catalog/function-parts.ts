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
        and d.classid in (1247, 1259, 2604, 2606, 2618, 2620, 3256)))
)`;

// The objects are distinct, because a function may be used by several defaults of a table.
const objectList = (columns: string, from: string): string =>
  `(select coalesce(json_agg(json_build_object('schema', o.schema, 'name', o.name) order by o.schema, o.name), '[]')
    from (select distinct ${columns} ${from}) o where o.name is not null)`;

const USES = objectList(
  "n.nspname as schema, coalesce(c.relname, e.typname, t.typname) as name",
  `from pg_catalog.pg_depend d
    left join pg_catalog.pg_class c on d.refclassid = 1259 and c.oid = d.refobjid
    left join pg_catalog.pg_type t on d.refclassid = 1247 and t.oid = d.refobjid
    left join pg_catalog.pg_type e on e.typarray = t.oid
    left join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, t.typnamespace)
    where d.classid = 1255 and d.objid = p.oid`,
);

const USED_BY = objectList(
  "n.nspname as schema, coalesce(c.relname, t.typname) as name",
  `from pg_catalog.pg_depend d
    left join pg_catalog.pg_attrdef ad on d.classid = 2604 and ad.oid = d.objid
    left join pg_catalog.pg_constraint k on d.classid = 2606 and k.oid = d.objid
    left join pg_catalog.pg_rewrite w on d.classid = 2618 and w.oid = d.objid
    left join pg_catalog.pg_index i on d.classid = 1259 and i.indexrelid = d.objid
    left join pg_catalog.pg_class c on c.oid = coalesce(
      ad.adrelid, nullif(k.conrelid, 0), w.ev_class, i.indrelid, case when d.classid = 1259 then d.objid end)
    left join pg_catalog.pg_type t on t.oid = coalesce(nullif(k.contypid, 0), case when d.classid = 1247 then d.objid end)
    left join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, t.typnamespace)
    where d.refclassid = 1255 and d.refobjid = p.oid`,
);

export const FUNCTION_PARTS: Pick<CatalogParts, "routine" | "trigger"> = {
  routine: {
    oids: ["p.oid"],
    texts: [
      `json_build_object(
        'signature', p.oid::regprocedure::text, 'schema', n.nspname, 'name', p.proname,
        'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window' else 'function' end,
        'returns', pg_catalog.pg_get_function_result(p.oid),
        'definition', case when $2 and p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end,
        'uses', ${USES},
        'usesFunctions', (
          select coalesce(json_agg(d.refobjid::regprocedure::text order by d.refobjid::regprocedure::text), '[]')
          from pg_catalog.pg_depend d where d.classid = 1255 and d.objid = p.oid and d.refclassid = 1255),
        'usedBy', ${USED_BY})`,
    ],
    from: "from routines p join pg_catalog.pg_namespace n on n.oid = p.pronamespace",
  },
  trigger: {
    oids: ["t.tgrelid"],
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
