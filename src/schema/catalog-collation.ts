/** A collation `co` of the namespace `cn` as SQL: `"de-x-icu"`, with its schema when that is not pg_catalog. */
export const COLLATION_NAME: string =
  "case when cn.nspname = 'pg_catalog' then '' else quote_ident(cn.nspname) || '.' end || quote_ident(co.collname)";
