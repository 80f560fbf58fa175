/** SQL that drops everything except an empty schema public: schemas, extensions and foreign data wrappers. */
export const EMPTY_DATABASE_SQL = `do $$ declare one record; begin
  for one in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute format('drop schema %I cascade', one.nspname);
  end loop;
  for one in select extname from pg_extension where extname <> 'plpgsql' loop
    execute format('drop extension if exists %I cascade', one.extname);
  end loop;
  for one in select fdwname from pg_foreign_data_wrapper loop
    execute format('drop foreign data wrapper %I cascade', one.fdwname);
  end loop;
  create schema public;
end $$;`;
