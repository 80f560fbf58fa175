import { type CatalogParts, inRelations } from "./part.ts";

// Oids of catalogs: 1247 pg_type, 1255 pg_proc, 1259 pg_class, 2604 pg_attrdef, 2606 pg_constraint, 2618 pg_rewrite.

/** The numbers of the kinds of dependencies. */
export const DEPENDENCIES = { uses: 0, usedBy: 1, source: 2, parent: 3 } as const;

/**
 * What a function or object uses; the relation or type that uses it, by a default, constraint, rule or index; the relations of
 * a view; the parents of a relation with their numbers.
 */
export const DEPENDENCY_TABLES: string = `
routines_and_objects as materialized (
  select 1255 as classid, oid from routines union all select classid, oid from objects
),
dependencies as materialized (
  select d.classid, d.objid as oid, ${DEPENDENCIES.uses} as kind, 0 as position,
    case d.refclassid when 1259 then d.refobjid end as relation, case d.refclassid when 1247 then d.refobjid end as type,
    case d.refclassid when 1255 then d.refobjid end as function
  from pg_catalog.pg_depend d join routines_and_objects o on o.classid = d.classid and o.oid = d.objid
  where d.refclassid in (1247, 1255, 1259)
  union all
  select d.refclassid, d.refobjid, ${DEPENDENCIES.usedBy}, 0,
    case d.classid when 1259 then coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = d.objid), d.objid)
      when 2604 then (select f.adrelid from pg_catalog.pg_attrdef f where f.oid = d.objid)
      when 2606 then (select k.conrelid from pg_catalog.pg_constraint k where k.oid = d.objid)
      when 2618 then (select w.ev_class from pg_catalog.pg_rewrite w where w.oid = d.objid) end,
    case d.classid when 1247 then d.objid
      when 2606 then (select k.contypid from pg_catalog.pg_constraint k where k.oid = d.objid) end, null
  from pg_catalog.pg_depend d join routines_and_objects o on o.classid = d.refclassid and o.oid = d.refobjid
  where d.classid in (1247, 1259, 2604, 2606, 2618)
  union all
  select 1259, w.ev_class, ${DEPENDENCIES.source}, 0, d.refobjid, null, null
  from pg_catalog.pg_rewrite w
  join pg_catalog.pg_depend d on d.classid = 2618 and d.objid = w.oid and d.refclassid = 1259 and d.refobjid <> w.ev_class
  where w.rulename = '_RETURN' and ${inRelations("w.ev_class")}
  union all
  select 1259, h.inhrelid, ${DEPENDENCIES.parent}, h.inhseqno, h.inhparent, null, null
  from pg_catalog.pg_inherits h
  where ${inRelations("h.inhrelid")}
)`;

// The names are those of relations and types that are perhaps not read.
export const DEPENDENCY_PARTS: Pick<CatalogParts, "dependency"> = {
  dependency: {
    oids: ["u.oid", "u.classid", "coalesce(c.relnamespace, t.typnamespace)"],
    ints: ["u.kind", "u.position"],
    texts: ["coalesce(c.relname, e.typname, t.typname)", "u.function::regprocedure"],
    from: `from dependencies u
      left join pg_catalog.pg_class c on c.oid = u.relation
      left join pg_catalog.pg_type t on t.oid = u.type
      left join pg_catalog.pg_type e on u.kind = ${DEPENDENCIES.uses} and e.oid = t.typelem and e.typarray = t.oid`,
  },
};
