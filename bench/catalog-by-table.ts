// Reads the catalog as some schema tools do: columns and keys from information_schema, indexes and foreign keys from
// pg_catalog, with one statement each per table, one after the other. The statements are not prepared, as with pg, so
// the server plans every statement again.
import type { SQL } from "bun";

const TABLES = "select table_schema, table_name from information_schema.tables where table_schema = 'public'";

const OF_A_TABLE = [
  `select column_name, data_type, udt_name, character_maximum_length, numeric_precision, numeric_scale, is_nullable,
     column_default, is_identity, is_generated
   from information_schema.columns where table_schema = $1 and table_name = $2 order by ordinal_position`,
  `select t.constraint_name, t.constraint_type, k.column_name
   from information_schema.table_constraints t
     join information_schema.key_column_usage k using (constraint_schema, constraint_name, table_schema, table_name)
   where table_schema = $1 and table_name = $2 and t.constraint_type in ('PRIMARY KEY', 'UNIQUE')
   order by t.constraint_name, k.ordinal_position`,
  `select i.relname, x.indisunique, x.indisprimary, pg_get_indexdef(x.indexrelid) as definition
   from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
     join pg_namespace n on n.oid = t.relnamespace
   where n.nspname = $1 and t.relname = $2`,
  `select o.conname, o.conkey, o.confrelid::regclass::text as referenced, o.confkey, o.confupdtype, o.confdeltype
   from pg_constraint o join pg_class t on t.oid = o.conrelid join pg_namespace n on n.oid = t.relnamespace
   where n.nspname = $1 and t.relname = $2 and o.contype = 'f'`,
];

/** Reads the columns, keys, indexes and foreign keys of each table. */
export async function readByTable(sql: SQL, isPrepared: boolean): Promise<unknown> {
  const tables = (await sql.unsafe(TABLES)) as readonly Record<string, string>[];
  const read: unknown[] = [];
  for (const { table_schema: schema, table_name: name } of tables) {
    for (const text of OF_A_TABLE) {
      const spliced = text.replace("$1", `'${schema}'`).replace("$2", `'${name}'`);
      read.push(await (isPrepared ? sql.unsafe(text, [schema, name]) : sql.unsafe(spliced)));
    }
  }
  return read;
}
