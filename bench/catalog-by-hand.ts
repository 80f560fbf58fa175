// Hand-written code that reads the catalog of PostgreSQL 18: flat queries, sent together in one transaction and grouped here.
// It reads exactly the facts of a snapshot:
// - relations: kind, persistence, visibility, partition key and bound, parents, options, view definition and sources,
//   privileges, updatability, row security, policies, triggers, rules
// - columns: type with modifier and as SQL text, dimensions, NOT NULL, default or generation expression, identity with the
//   options of its sequence, collation, privileges and updatability, inheritance
// - keys, foreign keys, checks and exclusions with all their flags; indexes with method, expressions, key options,
//   INCLUDE, predicate, parameters and validity
// - sequences with options and owner; enums, domains with checks, composite types with attributes, ranges, extensions
// - comments on all of these; server version, database, role and search path
// Unlike `loadSchema`, it leaves catalog rows unresolved, unchecked, unsorted and unfrozen.
import type { SQL } from "bun";

const OWN_SCHEMAS =
  "(select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' and has_schema_privilege(oid, 'usage'))";
const OWN = `relkind in ('r', 'p', 'v', 'm', 'f') and relnamespace in ${OWN_SCHEMAS}`;

const QUERIES = {
  server: `select current_setting('server_version_num')::int as version, current_database() as database, current_user as role,
      current_schemas(false) as search_path`,
  schemas: `select oid, nspname from pg_namespace`,
  tables: `select c.oid, relnamespace, relname, relkind, relpersistence, relispartition, reloptions, relrowsecurity, relforcerowsecurity,
      pg_table_is_visible(c.oid) as is_visible, relrowsecurity and row_security_active(c.oid) as is_active,
      case when relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_key, pg_get_expr(relpartbound, c.oid) as partition_bound,
      case when relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
      case when relkind not in ('r', 'p') then pg_relation_is_updatable(c.oid, true) end as updatable,
      has_table_privilege(c.oid, 'select') as can_select, has_table_privilege(c.oid, 'insert') as can_insert,
      has_table_privilege(c.oid, 'update') as can_update, has_table_privilege(c.oid, 'delete') as can_delete
    from pg_class c where ${OWN}`,
  columns: `select attrelid, attnum, attname, atttypid, atttypmod, format_type(atttypid, atttypmod) as type, attndims, attnotnull,
      attidentity, attgenerated, attcollation, attinhcount, pg_get_expr(adbin, adrelid) as expression
    from pg_attribute join pg_class c on c.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped and ${OWN} order by attrelid, attnum`,
  access: `select attrelid, attnum, has_column_privilege(attrelid, attnum, 'select') as can_select,
      has_column_privilege(attrelid, attnum, 'insert') as can_insert, has_column_privilege(attrelid, attnum, 'update') as can_update,
      pg_column_is_updatable(attrelid, attnum, true) as updatable
    from pg_attribute join pg_class c on c.oid = attrelid
    where attnum > 0 and not attisdropped and ${OWN} and (relkind not in ('r', 'p') or not (has_table_privilege(c.oid, 'select')
      and has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update')))`,
  constraints: `select o.oid, conrelid, contypid, conname, contype, conkey, confrelid, confkey, conindid, confupdtype, confdeltype,
      confmatchtype, confdelsetcols, condeferrable, condeferred, convalidated, connoinherit, conenforced, conperiod, conparentid,
      pg_get_expr(conbin, conrelid) as expression, case when contype = 'x' then pg_get_constraintdef(o.oid) end as definition
    from pg_constraint o left join pg_class c on c.oid = conrelid
    where (contypid <> 0 or ${OWN}) and (contype in ('p', 'u', 'f', 'c', 'x') or contype = 'n' and (not convalidated or connoinherit))`,
  indexes: `select indexrelid, indrelid, relname, relam, reloptions, indnkeyatts, indkey::text, indclass::text, indoption::text,
      indcollation::text, indnullsnotdistinct, indisunique, indisprimary, indisexclusion,
      indimmediate, indisvalid and indisready and indislive as is_valid, pg_get_expr(indpred, indrelid) as predicate,
      case when indexprs is not null then pg_get_indexdef(indexrelid) end as definition
    from pg_index join pg_class x on x.oid = indexrelid where indrelid in (select oid from pg_class where ${OWN})`,
  methods: "select oid, amname from pg_am",
  classes: "select oid, opcname, opcnamespace, opcdefault from pg_opclass",
  collations: "select oid, collname, collnamespace from pg_collation",
  parents:
    "select inhrelid, inhseqno, relname, relnamespace from pg_inherits join pg_class c on c.oid = inhparent",
  sources: `select distinct ev_class, c.relname, c.relnamespace
    from pg_rewrite w join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
      and refclassid = 'pg_class'::regclass and refobjid <> ev_class
      join pg_class c on c.oid = refobjid
    where rulename = '_RETURN' and ev_class in (select oid from pg_class where ${OWN})`,
  policies: "select polrelid, count(*) from pg_policy group by polrelid",
  triggers:
    "select tgrelid, bit_or(tgtype::int) from pg_trigger where not tgisinternal and tgenabled <> 'D' group by tgrelid",
  rules: "select ev_class, ev_type from pg_rewrite where rulename <> '_RETURN'",
  sequences: `select seqrelid, relname, relnamespace, format_type(seqtypid, null) as type, seqstart, seqincrement, seqmin, seqmax,
      seqcache, seqcycle, deptype, refobjid, refobjsubid
    from pg_sequence join pg_class c on c.oid = seqrelid
      left join pg_depend on classid = 'pg_class'::regclass and objid = seqrelid and objsubid = 0
        and refclassid = 'pg_class'::regclass and deptype in ('a', 'i')
    where relnamespace in ${OWN_SCHEMAS}`,
  types: `select t.oid, typname, typnamespace, typtype, typcategory, typelem, typdelim, typbasetype, typtypmod, typnotnull, typdefault,
      typcollation, case when typtype = 'd' then format_type(typbasetype, typtypmod) end as base
    from pg_type t left join pg_class c on c.oid = typrelid
    where (typrelid = 0 or relkind = 'c') and not exists (select from pg_type e where e.oid = t.typelem and e.typrelid <> 0)`,
  labels: "select enumtypid, enumlabel from pg_enum order by enumtypid, enumsortorder",
  attributes: `select attrelid, attname, atttypid, atttypmod, format_type(atttypid, atttypmod) as type
    from pg_attribute join pg_class c on c.oid = attrelid
    where relkind = 'c' and attnum > 0 and not attisdropped order by attrelid, attnum`,
  ranges: "select rngtypid, rngsubtype, rngmultitypid from pg_range",
  extensions: `select classid, objid, extname from pg_depend join pg_extension x on x.oid = refobjid
    where refclassid = 'pg_extension'::regclass and deptype = 'e' and classid in ('pg_class'::regclass, 'pg_type'::regclass)`,
  comments: `select classoid, objoid, objsubid, description from pg_description
    where classoid = 'pg_class'::regclass or objoid >= 16384 and classoid in ('pg_constraint'::regclass, 'pg_type'::regclass)`,
} as const;

type Row = Record<string, unknown>;
type Rows = Record<keyof typeof QUERIES, readonly Row[]>;

/** Reads the facts of `loadSchema`, grouped by table. */
export async function readCatalog(sql: SQL): Promise<unknown> {
  const results = (await sql.begin("isolation level repeatable read read only", tx =>
    Object.values(QUERIES).map(text => tx.unsafe(text)),
  )) as readonly (readonly Row[])[];
  const rows = Object.fromEntries(Object.keys(QUERIES).map((name, index) => [name, results[index]])) as Rows;
  const columns = groupRows(rows.columns, "attrelid");
  const constraints = groupRows(rows.constraints, "conrelid");
  const indexes = groupRows(rows.indexes, "indrelid");
  const tables = rows.tables.map(table => ({
    ...table,
    columns: columns.get(table["oid"]),
    constraints: constraints.get(table["oid"]),
    indexes: indexes.get(table["oid"]),
  }));
  return { ...rows, tables };
}

function groupRows(rows: readonly Row[], key: string): ReadonlyMap<unknown, readonly Row[]> {
  return Map.groupBy(rows, row => row[key]);
}
