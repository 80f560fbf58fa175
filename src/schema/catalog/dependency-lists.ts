// Lists of what an object uses and what uses it, as JSON. The arguments are SQL for the oids of its catalog and of itself.

// The objects are distinct, because a function may be used by several defaults of a table.
const objectList = (columns: string, from: string): string =>
  `(select coalesce(json_agg(json_build_object('schema', o.schema, 'name', o.name) order by o.schema, o.name), '[]')
    from (select distinct ${columns} ${from}) o where o.name is not null)`;

/** SQL for the relations and types that an object uses. */
export function usesSql(catalog: string, oid: string): string {
  return objectList(
    "n.nspname as schema, coalesce(c.relname, e.typname, t.typname) as name",
    `from pg_catalog.pg_depend d
    left join pg_catalog.pg_class c on d.refclassid = 1259 and c.oid = d.refobjid
    left join pg_catalog.pg_type t on d.refclassid = 1247 and t.oid = d.refobjid
    left join pg_catalog.pg_type e on e.typarray = t.oid
    left join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, t.typnamespace)
    where d.classid = ${catalog} and d.objid = ${oid}`,
  );
}

/** SQL for the signatures of the functions that an object uses. */
export function usesFunctionsSql(catalog: string, oid: string): string {
  return `(select coalesce(json_agg(d.refobjid::regprocedure::text order by d.refobjid::regprocedure::text), '[]')
    from pg_catalog.pg_depend d where d.classid = ${catalog} and d.objid = ${oid} and d.refclassid = 1255)`;
}

/** SQL for the relations and types that use an object. */
export function usedBySql(catalog: string, oid: string): string {
  return objectList(
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
    where d.refclassid = ${catalog} and d.refobjid = ${oid}`,
  );
}
