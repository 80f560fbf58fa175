import { bits, type CatalogParts, letters, sqlName } from "./part.ts";

/** Constraints and indexes, and the tables of other schemas that foreign keys refer to. */
export const KEY_PARTS: Pick<CatalogParts, "constraint" | "target" | "index" | "method" | "operatorClass"> = {
  constraint: {
    oids: ["k.conrelid", "k.oid", "case when k.contype = 'f' then k.confrelid else k.conindid end"],
    ints: [
      bits(
        "k.condeferrable",
        "k.condeferred",
        "not k.convalidated",
        "not k.enforced",
        "k.period",
        "k.connoinherit",
        "k.contype = 'f' and k.conparentid <> 0",
      ),
    ],
    texts: [
      "k.conname",
      `case when k.contype = 'f' then ${letters("k.contype", "k.confupdtype", "k.confdeltype", "k.confmatchtype")}
        else k.contype::text end`,
      "k.conkey",
      `case k.contype when 'f' then k.confkey::text when 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid)
        when 'x' then pg_catalog.pg_get_constraintdef(k.oid) end`,
      "k.setcols",
    ],
    from: `from (values (true, false, null::int2[])) fallback(conenforced, conperiod, confdelsetcols)
      cross join lateral (
        select q.*, conenforced as enforced, conperiod as period, confdelsetcols as setcols
        from pg_catalog.pg_constraint q) k
      join relations r on r.oid = k.conrelid
      where (k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and (not k.convalidated or k.connoinherit))
        and (k.contype <> 'f' or k.conparentid = 0 or not exists (
          select from pg_catalog.pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid))`,
  },
  // The columns that foreign keys refer to in relations that are not read.
  target: {
    oids: ["f.oid", "f.relnamespace"],
    ints: ["a.attnum"],
    texts: ["a.attname", "f.relname"],
    from: `from pg_catalog.pg_constraint k
      join pg_catalog.pg_class f on f.oid = k.confrelid
      join pg_catalog.pg_attribute a on a.attrelid = f.oid and a.attnum = any (k.confkey)
      where k.contype = 'f' and k.conrelid in (select oid from relations) and k.confrelid not in (select oid from relations)`,
  },
  index: {
    oids: ["i.indrelid", "i.indexrelid", "ic.relam"],
    ints: [
      "i.indnkeyatts",
      bits(
        "i.indisprimary",
        "i.indimmediate",
        "i.indisvalid and i.indisready and i.indislive",
        "i.indisexclusion",
        "i.distinctless",
        "i.indisunique",
        "i.indisclustered",
        "i.indisreplident",
      ),
    ],
    texts: [
      "ic.relname",
      "i.indkey",
      `case when i.indexprs is not null or i.indpred is not null or ic.reloptions is not null then json_build_array(
        case when i.indexprs is not null then (
          select json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, u.n::int, true) order by u.n)
          from unnest(i.indkey::int2[]) with ordinality u(attnum, n) where u.attnum = 0 and u.n <= i.indnkeyatts) end,
        pg_catalog.pg_get_expr(i.indpred, i.indrelid), ic.reloptions) end`,
      `case when translate(i.indoption::text, '0 ', '') <> '' or not i.indcollation::oid[] <@ '{0,100}'
          or array(select oid from pg_catalog.pg_opclass where not opcdefault) && i.indclass::oid[]
          or ic.relam <> 403 and exists (
            select from pg_catalog.pg_attribute a where a.attrelid = i.indexrelid and a.attoptions is not null) then (
        select json_agg(json_build_array(u.option, u.class::int8, u.coll::int8, a.attoptions) order by u.n)
        from unnest(i.indoption::int2[], i.indclass::oid[], i.indcollation::oid[]) with ordinality u(option, class, coll, n)
        left join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid and a.attnum = u.n
        where u.class is not null) end`,
    ],
    from: `from (values (false)) fallback(indnullsnotdistinct)
      cross join lateral (select q.*, indnullsnotdistinct as distinctless from pg_catalog.pg_index q) i
      join relations r on r.oid = i.indrelid
      join pg_catalog.pg_class ic on ic.oid = i.indexrelid
      where i.indisunique or not i.indisexclusion or i.indisclustered`,
  },
  method: { oids: ["m.oid"], texts: ["m.amname"], from: "from pg_catalog.pg_am m" },
  operatorClass: {
    oids: ["o.oid"],
    ints: ["o.opcdefault"],
    texts: [sqlName("n.nspname", "o.opcname")],
    from: "from pg_catalog.pg_opclass o join pg_catalog.pg_namespace n on n.oid = o.opcnamespace",
  },
};
