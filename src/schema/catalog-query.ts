import { KEYS } from "./catalog-keys.ts";
import { RELATIONS } from "./catalog-relations.ts";
import { TYPES } from "./catalog-types.ts";

// The catalog in one statement: one row, one text column of JSON with oids, which build-snapshot.ts resolves to names.
// One statement is one view of the catalog, and JSON text is the same in both driver modes.
//
// Versions: run on 15 and 18. An unqualified column name inside `lateral` means the catalog's column where the server
// has it, and the constant of `fallback` where not, so the same text is meant for 12 to 18:
// multiranges exist from 14; NULLS NOT DISTINCT and ON DELETE SET NULL (columns) from 15; NOT NULL rows in
// pg_constraint for domains from 17 and for tables from 18; NOT ENFORCED, temporal keys, virtual columns from 18.

/** Parameter: the schemas as a PostgreSQL array's text, or NULL for all but the system's. */
export const CATALOG_QUERY: string = `with ${RELATIONS},${KEYS},${TYPES}
select json_build_object(
  'serverVersionNum', current_setting('server_version_num')::int,
  'database', current_database(), 'role', current_user,
  'searchPath', to_json(current_schemas(false)),
  'schemas', (select json_agg(nspname order by nspname) from namespaces),
  'formats', (select json_agg(json_build_array(f.atttypid, f.atttypmod, pg_catalog.format_type(f.atttypid, f.atttypmod)))
    from (select distinct a.atttypid, a.atttypmod from relations r
      join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped) f),
  'types', (select list from types),
  'relations', (select json_agg(json_build_array(
      r.nspname, r.relname, r.relkind, r.relpersistence, pg_catalog.pg_table_is_visible(r.oid), r.relispartition,
      case when r.relkind = 'p' then pg_catalog.pg_get_partkeydef(r.oid) end,
      pg_catalog.pg_get_expr(r.relpartbound, r.oid),
      h.list, m.description, r.privileges, r.updatable,
      case when r.relforcerowsecurity and r.relrowsecurity then 'forced' when r.relrowsecurity then 'on' else 'off' end,
      r.relrowsecurity and row_security_active(r.oid), p.n, t.events, w.writes,
      c.list, k.list, i.list, r.reloptions,
      case when r.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(r.oid) end, s.list
    ) order by r.nspname, r.relname)
    from relations r
    left join parents h on h.inhrelid = r.oid
    left join comments m on m.classoid = 'pg_catalog.pg_class'::regclass and m.objoid = r.oid and m.objsubid = 0
    left join policies p on p.polrelid = r.oid
    left join triggers t on t.tgrelid = r.oid
    left join rules w on w.ev_class = r.oid
    left join columns c on c.attrelid = r.oid
    left join constraints k on k.conrelid = r.oid
    left join indexes i on i.indrelid = r.oid
    left join sources s on s.ev_class = r.oid),
  'sequences', (select json_agg(json_build_array(
      s.nspname, s.relname, s.options,
      case when s.deptype = 'a' and r.oid is not null then json_build_array(r.nspname, r.relname, a.attname) end, m.description
    ) order by s.nspname, s.relname)
    from sequences s
    left join relations r on r.oid = s.table_oid
    left join pg_catalog.pg_attribute a on a.attrelid = s.table_oid and a.attnum = s.column_number
    left join comments m on m.classoid = 'pg_catalog.pg_class'::regclass and m.objoid = s.oid and m.objsubid = 0
    where s.deptype is distinct from 'i')
)::text as catalog`;
