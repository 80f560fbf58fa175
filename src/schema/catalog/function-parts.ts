import { type CatalogParts, inRelations, isOwn } from "./part.ts";

// Oids of catalogs: 1247 pg_type, 1255 pg_proc, 1259 pg_class, 2604 pg_attrdef, 2606 pg_constraint, 2618 pg_rewrite,
// 2620 pg_trigger, 3256 pg_policy.

/**
 * The functions that other objects depend on, or all functions. Those that come with an extension or a range type are
 * left out.
 */
export function functionTables(functions: boolean): string {
  return `
routines as materialized (
  select p.oid, p.pronamespace, p.proname, p.prokind
  from pg_catalog.pg_proc p
  where p.pronamespace = any (array(select oid from schemas where chosen))
    and ${isOwn("1255", "p.oid")}${functions ? "" : DEPENDED}
)`;
}

const DEPENDED = `
    and (
      select true from pg_catalog.pg_depend d
      where d.refclassid = 1255 and d.refobjid = p.oid
        and (d.classid in (1247, 1259, 2604, 2606, 2618, 2620, 3256) or (d.classid, d.objid) in (select classid, oid from objects))
      limit 1)`;

export function functionParts(functions: boolean): Pick<CatalogParts, "routine" | "trigger"> {
  return {
    routine: {
      oids: ["p.oid", "p.pronamespace"],
      texts: [
        "p.oid::regprocedure",
        "p.proname",
        "p.prokind",
        "pg_catalog.pg_get_function_result(p.oid)",
        functions ? "case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end" : "null",
      ],
      from: "from routines p",
    },
    // The triggers that a partition has from its parent have no definition. PostgreSQL 14 calls them internal.
    trigger: {
      oids: ["t.tgrelid", "t.oid"],
      // 128 for a trigger FOR EACH ROW (1) that is BEFORE (2) or INSTEAD OF (64) INSERT (4).
      ints: ["t.tgtype::int | case when t.tgtype & 5 = 5 and t.tgtype & 66 <> 0 then 128 else 0 end"],
      texts: [
        "t.tgname",
        "t.tgfoid::regprocedure",
        "t.tgattr",
        "t.tgenabled",
        "case when t.parent = 0 then pg_catalog.pg_get_triggerdef(t.oid) end",
      ],
      from: `from (values (0::oid)) fallback(tgparentid)
      cross join lateral (
        select oid, tgrelid, tgname, tgfoid, tgtype, tgenabled, tgisinternal, tgconstraint, tgattr, tgparentid as parent from pg_catalog.pg_trigger) t
      where (not t.tgisinternal or (t.parent <> 0 and t.tgconstraint = 0)) and ${inRelations("t.tgrelid")}`,
    },
  };
}
