import { type CatalogParts, isOwn } from "./part.ts";

// Oids of catalogs: 1247 pg_type, 1259 pg_class, 1417 pg_foreign_server, 2604 pg_attrdef, 2605 pg_cast, 2606 pg_constraint,
// 2616 pg_opclass, 2617 pg_operator, 2618 pg_rewrite, 3256 pg_policy, 3381 pg_statistic_ext, 3600 pg_ts_dict, 3602 pg_ts_config.

const CAST = `format('CREATE CAST (%s AS %s) %s%s', pg_catalog.format_type(x.castsource, null), pg_catalog.format_type(x.casttarget, null),
    case x.castmethod when 'f' then 'WITH FUNCTION ' || x.castfunc::regprocedure when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION' end,
    case x.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' else '' end)`;

const named = (oid: string): string =>
  `(select format('OPERATOR(%I.%s)', n.nspname, y.oprname)
    from pg_catalog.pg_operator y join schemas n on n.oid = y.oprnamespace where y.oid = ${oid})`;

const OPERATOR = `format('CREATE OPERATOR %I.%s (%s)', (select n.nspname from schemas n where n.oid = x.oprnamespace), x.oprname, concat_ws(', ',
    'FUNCTION = ' || x.oprcode::regproc,
    'LEFTARG = ' || pg_catalog.format_type(nullif(x.oprleft, 0), null),
    'RIGHTARG = ' || pg_catalog.format_type(nullif(x.oprright, 0), null),
    'COMMUTATOR = ' || ${named("x.oprcom")},
    'NEGATOR = ' || ${named("x.oprnegate")},
    'RESTRICT = ' || nullif(x.oprrest, 0)::regproc, 'JOIN = ' || nullif(x.oprjoin, 0)::regproc,
    case when x.oprcanhash then 'HASHES' end, case when x.oprcanmerge then 'MERGES' end))`;

const POLICY = `format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s%s%s', x.polname, r.nspname, r.relname,
    case when not x.polpermissive then ' AS RESTRICTIVE' end,
    case x.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
    case when 0 = any (x.polroles) then 'PUBLIC' else (
      select string_agg(quote_ident(pg_catalog.pg_get_userbyid(u)), ', ' order by pg_catalog.pg_get_userbyid(u))
      from unnest(x.polroles) u) end,
    ' USING (' || pg_catalog.pg_get_expr(x.polqual, x.polrelid) || ')',
    ' WITH CHECK (' || pg_catalog.pg_get_expr(x.polwithcheck, x.polrelid) || ')')`;

// A new rule is enabled.
const RULE_STATE = `case when x.ev_enabled <> 'O' then format('ALTER TABLE %I.%I %s RULE %I', r.nspname, r.relname,
    case x.ev_enabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS' end, x.rulename) end`;

/** What is known of the objects of a catalog, as SQL. */
interface Candidates {
  readonly namespace?: string;
  readonly relation?: string;
  /** ev_type of a rule. */
  readonly event?: string;
  readonly definition?: string;
  readonly alteration?: string;
  readonly from: string;
}

function candidatesSql(catalog: number, candidates: Candidates): string {
  const { namespace = "null", relation = "null", event = "null", from } = candidates;
  const { definition = "null", alteration = "null" } = candidates;
  return `  select ${catalog}, x.oid, ${namespace}::oid, ${relation}::oid, ${event}::int4, ${definition}::text, ${alteration}::text
    from ${from}`;
}

function candidatesOf(functions: boolean): Readonly<Record<number, Candidates>> {
  const ifFunctions = (definition: string): Pick<Candidates, "definition"> =>
    functions ? { definition } : {};
  const created = (catalog: string): Pick<Candidates, "from"> => ({
    from: `pg_catalog.${catalog} x where x.oid >= 16384`,
  });
  return {
    1417: created("pg_foreign_server"),
    2605: { ...created("pg_cast"), ...ifFunctions(CAST) },
    2616: { ...created("pg_opclass"), namespace: "x.opcnamespace" },
    2617: { ...created("pg_operator"), namespace: "x.oprnamespace", ...ifFunctions(OPERATOR) },
    2618: {
      from: "pg_catalog.pg_rewrite x join relations r on r.oid = x.ev_class and x.rulename <> '_RETURN'",
      relation: "x.ev_class",
      event: "x.ev_type::text",
      definition: "rtrim(pg_catalog.pg_get_ruledef(x.oid), ';')",
      alteration: RULE_STATE,
    },
    3256: {
      from: "pg_catalog.pg_policy x join relations r on r.oid = x.polrelid",
      relation: "x.polrelid",
      definition: POLICY,
    },
    3381: {
      ...created("pg_statistic_ext"),
      namespace: "x.stxnamespace",
      definition: "pg_catalog.pg_get_statisticsobjdef(x.oid)",
      // Before PostgreSQL 17, the default target is -1.
      alteration: "nullif(x.stxstattarget, -1)",
    },
    3600: { ...created("pg_ts_dict"), namespace: "x.dictnamespace" },
    3602: { ...created("pg_ts_config"), namespace: "x.cfgnamespace" },
  };
}

/**
 * The objects that other objects depend on, or all objects. Those that come with an extension or a range type are
 * left out. Casts, statistics objects, policies and rules are always included, because nothing depends on them.
 */
export function objectTables(functions: boolean): string {
  const candidates = Object.entries(candidatesOf(functions)).map(([catalog, some]) =>
    candidatesSql(Number(catalog), some),
  );
  return `
candidates(classid, oid, namespace, relation, event, definition, alteration) as materialized (
${candidates.join("\n  union all\n")}
),
objects as materialized (
  select o.classid, o.oid, o.relation, o.definition, o.alteration
  from candidates o
  where o.oid >= 16384 and (o.namespace is null or o.namespace = any (array(select oid from schemas where chosen)))
    and ${isOwn("o.classid", "o.oid")}${functions ? "" : DEPENDED}
)`;
}

const DEPENDED = `
    and (o.classid in (2605, 2618, 3256, 3381) or (
      select true from pg_catalog.pg_depend d
      where d.refclassid = o.classid and d.refobjid = o.oid and d.classid in (1247, 1259, 2604, 2606, 2618, 3602) limit 1))`;

export const OBJECT_PARTS: Pick<CatalogParts, "object" | "policyOrRule"> = {
  // The policies and rules of relations.
  policyOrRule: {
    oids: ["o.relation"],
    ints: ["o.event"],
    from: "from candidates o where o.relation is not null",
  },
  object: {
    oids: ["o.oid", "o.classid", "o.relation"],
    texts: ["i.type", "i.identity", "o.definition", "o.alteration"],
    from: "from objects o cross join lateral pg_catalog.pg_identify_object(o.classid, o.oid, 0) i",
  },
};
