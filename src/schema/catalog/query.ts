import { KEY_PARTS } from "./key-parts.ts";
import { type CatalogParts, partSql } from "./part.ts";
import { RELATION_PARTS, RELATION_TABLES } from "./relation-parts.ts";
import { TYPE_PARTS, TYPE_TABLES } from "./type-parts.ts";

// One statement reads the whole catalog, so the snapshot is consistent. It returns plain rows of several catalogs with oids
// that catalog.ts and the builders resolve. They also do the joins for which the planner's estimates could be wrong.
//
// Versions: tested on 15 and 18. An unqualified column name inside `lateral` is the catalog's column if the server
// has it, otherwise the constant of `fallback`, so one text is meant for 12 to 18:
// multiranges exist from 14; NULLS NOT DISTINCT and ON DELETE SET NULL (columns) from 15; NOT NULL rows in
// pg_constraint for domains from 17 and for tables from 18; NOT ENFORCED, temporal keys, virtual columns from 18.

const PARTS: CatalogParts = { ...RELATION_PARTS, ...KEY_PARTS, ...TYPE_PARTS };

/** The parts in the order of their numbers, which are the first cells of rows. */
export const PART_NAMES: readonly (keyof CatalogParts)[] = Object.keys(PARTS) as (keyof CatalogParts)[];

/** The catalog query. Its parameter is an array literal of schemas, or NULL for all except the system schemas. */
export const CATALOG_QUERY: string = `with ${RELATION_TABLES},${TYPE_TABLES}
${Object.values(PARTS).map(partSql).join("\nunion all\n")}`;
