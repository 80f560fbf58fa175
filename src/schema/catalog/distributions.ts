import type { Distribution } from "../distribution.ts";
import { quoteLiteral } from "../quote.ts";

// Tables with one shard and local tables are on one node, like tables of an ordinary server.
const TABLES = `select pg_catalog.json_agg(pg_catalog.json_build_array(logicalrelid::oid::int8,
  case when partmethod <> 'n' then pg_catalog.column_to_column_name(logicalrelid, partkey) end, colocationid)) as list
from pg_catalog.pg_dist_partition where partmethod <> 'n' or repmodel = 't'`;

/** SQL for the distributed tables and reference tables of Citus as XML; NULL on a server without its catalog. */
export const DISTRIBUTION_SQL: string = `case when pg_catalog.to_regclass('pg_catalog.pg_dist_partition') is not null
  then pg_catalog.query_to_xml(${quoteLiteral(TABLES)}, false, false, '')::text end`;

/** The distributions by the oid of the table, from the answer to `DISTRIBUTION_SQL`. */
export function readDistributions(xml: string | null): ReadonlyMap<number, Distribution> {
  const list = /<list>([\s\S]*)<\/list>/.exec(xml ?? "")?.[1] ?? "[]";
  const tables = JSON.parse(unescapeXml(list)) as [oid: number, column: string | null, group: number][];
  return new Map(tables.map(([oid, column, group]) => [oid, { column, group: String(group) }]));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#x0d": "\r" };

function unescapeXml(text: string): string {
  return text.replaceAll(/&([a-z]+|#x0d);/g, (all, name: string) => ENTITIES[name] ?? all);
}
