import { KEY_PARTS } from "./key-parts.ts";
import { type CatalogParts, partSql } from "./part.ts";
import { RELATION_PARTS, RELATION_TABLES } from "./relation-parts.ts";
import { TYPE_PARTS, TYPE_TABLES } from "./type-parts.ts";

// The catalog in one statement, which is one view of it: plain rows of several catalogs one after the other, with oids
// that catalog.ts and the builders resolve. Joins are left to them where the server's estimates could go wrong.
//
// Versions: run on 15 and 18. An unqualified column name inside `lateral` means the catalog's column where the server
// has it, and the constant of `fallback` where not, so the same text is meant for 12 to 18:
// multiranges exist from 14; NULLS NOT DISTINCT and ON DELETE SET NULL (columns) from 15; NOT NULL rows in
// pg_constraint for domains from 17 and for tables from 18; NOT ENFORCED, temporal keys, virtual columns from 18.

const PARTS: CatalogParts = { ...RELATION_PARTS, ...KEY_PARTS, ...TYPE_PARTS };

/** The parts in the order of their numbers, which are the first cells of rows. */
export const PART_NAMES: readonly (keyof CatalogParts)[] = Object.keys(PARTS) as (keyof CatalogParts)[];

/** Parameter: the schemas as a PostgreSQL array's text, or NULL for all but the system's. */
export const CATALOG_QUERY: string = `with ${RELATION_TABLES},${TYPE_TABLES}
${Object.values(PARTS).map(partSql).join("\nunion all\n")}`;
