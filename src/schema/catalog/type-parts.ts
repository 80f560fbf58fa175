import { bits, type CatalogParts, letters, sqlName } from "./part.ts";

/**
 * The common table expressions of several parts: types and modifiers of all attributes, the types that others consist of,
 * and composite types. The composite type and the array type of a table are left out unless a column has them.
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
composites as materialized (
  select t.oid, c.relkind = 'c' as is_own
  from pg_catalog.pg_type t join pg_catalog.pg_class c on c.oid = t.typrelid
  where c.relkind = 'c' or t.oid in (select oid from needed) or t.typarray in (select oid from needed)
)`;

const functionName = (oid: string): string =>
  `(select ${sqlName("n.nspname", "p.proname")}
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.oid = ${oid})`;

/** The parts return more types than the snapshot has; build-types.ts selects the types that are used. */
export const TYPE_PARTS: Pick<
  CatalogParts,
  "type" | "extension" | "installed" | "range" | "format" | "collation"
> = {
  type: {
    oids: ["t.oid", "t.typnamespace", "t.typcollation"],
    ints: [
      "t.typtypmod",
      bits(
        "t.typnotnull",
        "t.typcategory = 'A' and t.typarray = 0",
        "t.oid in (select oid from composites where is_own)",
      ),
    ],
    texts: [
      "t.typname",
      "case when n.nspname = 'pg_catalog' then t.typname else quote_ident(n.nspname) || '.' || quote_ident(t.typname) end",
      letters("t.typtype", "t.typcategory", "t.typdelim", "t.typstorage"),
      "case when t.typtype = 'd' then t.typbasetype when t.typcategory = 'A' then t.typelem else 0 end",
      `case t.typtype
        when 'd' then json_build_array(pg_catalog.format_type(t.typbasetype, t.typtypmod), pg_catalog.pg_get_expr(t.typdefaultbin, 0), (
          select json_agg(json_build_array(k.conname, pg_catalog.pg_get_expr(k.conbin, 0), k.convalidated, k.oid::int8) order by k.conname)
          from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c'))
        when 'e' then (
          select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)
        when 'c' then (
          select json_agg(
            json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.atttypid::int8, a.atttypmod, a.attcollation::int8)
            order by a.attnum)
          from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end`,
    ],
    from: `from pg_catalog.pg_type t
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      where case
        when t.typtype = 'c' then t.oid in (select oid from composites)
        when t.typtype = 'b' and t.typcategory = 'A' then t.oid in (select oid from needed)
          or t.typarray in (select oid from needed)
        else true end`,
  },
  extension: {
    oids: ["m.oid"],
    texts: ["m.extname"],
    from: `from (
        select objid as oid, extname from members where classid = 1247
        union all select c.reltype, m.extname from members m join pg_catalog.pg_class c on c.oid = m.objid
        where m.classid = 1259) m`,
  },
  installed: {
    oids: ["x.oid"],
    texts: [
      "x.extname",
      "n.nspname",
      `(select coalesce(json_agg(r.extname order by r.extname), '[]')
        from pg_catalog.pg_depend d join pg_catalog.pg_extension r on r.oid = d.refobjid
        where d.classid = 3079 and d.objid = x.oid and d.refclassid = 3079)`,
    ],
    from: `from pg_catalog.pg_extension x join pg_catalog.pg_namespace n on n.oid = x.extnamespace
      where x.extname <> 'plpgsql'`,
  },
  range: {
    oids: ["g.rngtypid", "g.rngsubtype", "g.multirange"],
    texts: [
      `json_build_object(
        'operatorClass', (
          select ${sqlName("n.nspname", "o.opcname")}
          from pg_catalog.pg_opclass o join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
          where o.oid = g.rngsubopc and not o.opcdefault),
        'collation', (
          select ${sqlName("n.nspname", "co.collname")}
          from pg_catalog.pg_collation co join pg_catalog.pg_namespace n on n.oid = co.collnamespace
          join pg_catalog.pg_type t on t.oid = g.rngsubtype
          where co.oid = g.rngcollation and co.oid <> t.typcollation),
        'canonical', ${functionName("g.rngcanonical")}, 'subtypeDiff', ${functionName("g.rngsubdiff")})`,
    ],
    from: `from (values (0::oid)) fallback(rngmultitypid)
      cross join lateral (select s.*, rngmultitypid as multirange from pg_catalog.pg_range s) g`,
  },
  format: {
    oids: ["u.atttypid"],
    ints: ["u.atttypmod"],
    texts: ["pg_catalog.format_type(u.atttypid, u.atttypmod)"],
    from: "from used u",
  },
  collation: {
    oids: ["co.oid"],
    texts: [
      sqlName("n.nspname", "co.collname"),
      `case when n.oid in (select oid from namespaces)
          and not exists (select from members m where m.classid = 3456 and m.objid = co.oid) then
        json_build_object('schema', n.nspname, 'name', co.collname,
          'provider', case co.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
          'collate', coalesce(co.locale, co.collcollate), 'ctype', coalesce(co.locale, co.collctype),
          'rules', co.rules, 'deterministic', co.collisdeterministic,
          'comment', (select d.description from pg_catalog.pg_description d where d.classoid = 3456 and d.objoid = co.oid))
        end`,
    ],
    from: `from (values (null::text, null::text, null::text)) fallback(colliculocale, colllocale, collicurules)
      cross join lateral (
        select q.*, coalesce(colllocale, colliculocale) as locale, collicurules as rules from pg_catalog.pg_collation q) co
      join pg_catalog.pg_namespace n on n.oid = co.collnamespace`,
  },
};
