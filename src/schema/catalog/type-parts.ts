import { bits, type CatalogParts, letters } from "./part.ts";

/**
 * The common table expressions of several parts: types and modifiers of all attributes, the types that others consist of,
 * and the types. The composite type and the array type of a table are left out unless a column has them.
 */
export const TYPE_TABLES: string = `
used as materialized (
  select distinct a.atttypid, a.atttypmod from pg_catalog.pg_attribute a where a.attnum > 0 and a.atttypid <> 0
),
needed as materialized (
  select atttypid as oid from used
  union select t.typbasetype from pg_catalog.pg_type t where t.typtype = 'd'
  union select g.rngsubtype from pg_catalog.pg_range g
),
types as materialized (
  select t.oid, t.typnamespace, t.typcollation, t.typtypmod, t.typnotnull, t.typcategory, t.typarray, t.typname, t.typtype,
    t.typdelim, t.typstorage, t.typbasetype, t.typelem, t.typrelid, t.typdefaultbin, c.relkind
  from pg_catalog.pg_type t left join pg_catalog.pg_class c on c.oid = t.typrelid
  where (c.relkind is null or c.relkind = 'c') and not (t.typtype = 'b' and t.typcategory = 'A')
    or t.oid in (select oid from needed) or t.typarray in (select oid from needed)
)`;

/** The parts return more types than the snapshot has; build-types.ts selects the types that are used. */
export const TYPE_PARTS: Pick<
  CatalogParts,
  "type" | "label" | "attribute" | "member" | "installed" | "range" | "format" | "collation"
> = {
  type: {
    oids: ["t.oid", "t.typnamespace", "t.typcollation"],
    ints: [
      "t.typtypmod",
      bits("t.typnotnull", "t.typcategory = 'A' and t.typarray = 0", "coalesce(t.relkind = 'c', false)"),
    ],
    texts: [
      "t.typname",
      "quote_ident(t.typname)",
      letters("t.typtype", "t.typcategory", "t.typdelim", "t.typstorage"),
      "case when t.typtype = 'd' then t.typbasetype when t.typtype = 'c' then t.typrelid when t.typcategory = 'A' then t.typelem else 0 end",
      `case when t.typtype = 'd' then json_build_array(
        pg_catalog.format_type(t.typbasetype, t.typtypmod), pg_catalog.pg_get_expr(t.typdefaultbin, 0)) end`,
    ],
    from: "from types t",
  },
  label: {
    oids: ["e.enumtypid"],
    texts: ["e.enumlabel", "e.enumsortorder"],
    from: "from pg_catalog.pg_enum e",
  },
  attribute: {
    oids: ["a.attrelid", "a.atttypid", "a.attcollation"],
    ints: ["a.attnum", "a.atttypmod"],
    texts: ["a.attname", "pg_catalog.format_type(a.atttypid, a.atttypmod)"],
    from: `from pg_catalog.pg_attribute a
      where a.attrelid = any (array(select typrelid from types where typtype = 'c')) and a.attnum > 0 and not a.attisdropped`,
  },
  // What an extension has created, and the extensions that require it.
  member: {
    oids: ["d.objid", "d.classid", "d.refobjid"],
    from: `from pg_catalog.pg_depend d
      where d.refclassid = 3079 and (d.deptype = 'e' and d.classid in (1247, 1259, 3456) or d.classid = 3079)`,
  },
  installed: {
    oids: ["x.oid", "x.extnamespace"],
    texts: ["x.extname"],
    from: "from pg_catalog.pg_extension x",
  },
  range: {
    oids: ["g.rngtypid", "g.rngsubtype", "g.multirange"],
    texts: [
      "g.rngsubopc",
      "g.rngcollation",
      "nullif(g.rngcanonical, 0)::regproc",
      "nullif(g.rngsubdiff, 0)::regproc",
    ],
    from: `from (values (0::oid)) fallback(rngmultitypid)
      cross join lateral (
        select rngtypid, rngsubtype, rngsubopc, rngcollation, rngcanonical, rngsubdiff, rngmultitypid as multirange
        from pg_catalog.pg_range) g`,
  },
  format: {
    oids: ["u.atttypid"],
    ints: ["u.atttypmod"],
    texts: ["pg_catalog.format_type(u.atttypid, u.atttypmod)"],
    from: "from used u",
  },
  collation: {
    oids: ["co.oid", "co.collnamespace"],
    texts: [
      "quote_ident(co.collname)",
      `case when co.collnamespace = any (array(select oid from schemas where chosen)) then
        json_build_object('name', co.collname,
          'provider', case co.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
          'collate', coalesce(co.locale, co.collcollate), 'ctype', coalesce(co.locale, co.collctype),
          'rules', co.rules, 'deterministic', co.collisdeterministic) end`,
    ],
    from: `from (values (null::text, null::text, null::text)) fallback(colliculocale, colllocale, collicurules)
      cross join lateral (
        select oid, collname, collnamespace, collprovider, collcollate, collctype, collisdeterministic,
          coalesce(colllocale, colliculocale) as locale, collicurules as rules
        from pg_catalog.pg_collation) co`,
  },
};
