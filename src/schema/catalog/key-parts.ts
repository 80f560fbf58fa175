import { bits, type CatalogParts, inRelations, letters } from "./part.ts";

/** Constraints and indexes, and the tables of other schemas that foreign keys refer to. */
export const KEY_PARTS: Pick<CatalogParts, "constraint" | "target" | "index" | "method" | "operatorClass"> = {
  // A check of a domain has no relation; the third oid is then the domain.
  constraint: {
    oids: [
      "k.conrelid",
      "k.oid",
      "case when k.contype = 'f' then k.confrelid when k.contypid <> 0 then k.contypid else k.conindid end",
    ],
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
        select oid, conname, conrelid, contypid, conindid, contype, condeferrable, condeferred, convalidated, confrelid, confupdtype,
          confdeltype, confmatchtype, conparentid, connoinherit, conkey, confkey, conbin,
          conenforced as enforced, conperiod as period, confdelsetcols as setcols
        from pg_catalog.pg_constraint) k
      where (k.conrelid in (select oid from relations) or k.contypid <> 0 and k.contype = 'c')
        and (k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and (not k.convalidated or k.connoinherit))
        and (k.contype <> 'f' or k.conparentid = 0 or k.conrelid is distinct from (
          select p.conrelid from pg_catalog.pg_constraint p where p.oid = k.conparentid))`,
  },
  // The columns that foreign keys refer to in relations that are not read.
  target: {
    oids: ["f.oid", "f.relnamespace"],
    ints: ["a.attnum"],
    texts: ["a.attname", "f.relname"],
    from: `from pg_catalog.pg_constraint k
      join pg_catalog.pg_class f on f.oid = k.confrelid
      join pg_catalog.pg_attribute a on a.attrelid = f.oid and a.attnum = any (k.confkey)
      where k.contype = 'f' and ${inRelations("k.conrelid")} and k.confrelid not in (select oid from relations)`,
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
          select json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, n, true) order by n)
          from generate_series(1, i.indnkeyatts) n where i.indkey[n - 1] = 0) end,
        pg_catalog.pg_get_expr(i.indpred, i.indrelid), ic.reloptions) end`,
      "i.indclass",
      `case when translate(i.indoption::text, '0 ', '') <> '' or not i.indcollation::oid[] <@ '{0,100}'
          or ic.relam <> 403 then json_build_array(i.indoption::text, i.indcollation::text, (
            select json_object_agg(a.attnum, a.attoptions)
            from pg_catalog.pg_attribute a where a.attrelid = i.indexrelid and a.attoptions is not null)) end`,
    ],
    from: `from (values (false)) fallback(indnullsnotdistinct)
      cross join lateral (
        select indexrelid, indrelid, indnkeyatts, indisunique, indisprimary, indisexclusion, indimmediate, indisclustered, indisvalid,
          indisready, indislive, indisreplident, indkey, indcollation, indclass, indoption, indexprs, indpred,
          indnullsnotdistinct as distinctless
        from pg_catalog.pg_index) i
      join pg_catalog.pg_class ic on ic.oid = i.indexrelid
      where i.indrelid in (select oid from relations) and (i.indisunique or not i.indisexclusion or i.indisclustered)`,
  },
  method: { oids: ["m.oid"], texts: ["m.amname"], from: "from pg_catalog.pg_am m" },
  operatorClass: {
    oids: ["o.oid", "o.opcnamespace"],
    ints: ["o.opcdefault"],
    texts: ["quote_ident(o.opcname)"],
    from: "from pg_catalog.pg_opclass o",
  },
};
