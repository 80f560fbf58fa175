import { quoteLiteral } from "../quote.ts";
import { FIX_SETTINGS, RESTORE_SETTINGS, searchPathSql } from "./fixed-settings.ts";

import { FUNCTION_PARTS, FUNCTION_TABLES } from "./function-parts.ts";
import { KEY_PARTS } from "./key-parts.ts";
import { OBJECT_PARTS, OBJECT_TABLES } from "./object-parts.ts";
import { type CatalogParts, partSql } from "./part.ts";
import { RELATION_PARTS, RELATION_TABLES } from "./relation-parts.ts";
import { TYPE_PARTS, TYPE_TABLES } from "./type-parts.ts";

// One statement reads the whole catalog, so the snapshot is consistent. It returns plain rows of several catalogs with oids
// that catalog.ts and the builders resolve. They also do the joins for which the planner's estimates could be wrong.
//
// Versions: tested on 14 to 18. An unqualified column name inside `lateral` is the catalog's column if the server
// has it, otherwise the constant of `fallback`, so one text is meant for 12 to 18:
// multiranges exist from 14; NULLS NOT DISTINCT and ON DELETE SET NULL (columns) from 15; NOT NULL rows in
// pg_constraint for domains from 17 and for tables from 18; NOT ENFORCED, temporal keys, virtual columns from 18.

const PARTS: CatalogParts = {
  ...RELATION_PARTS,
  ...KEY_PARTS,
  ...TYPE_PARTS,
  ...FUNCTION_PARTS,
  ...OBJECT_PARTS,
};

/** The parts in the order of their numbers, which are the first cells of rows. */
export const PART_NAMES: readonly (keyof CatalogParts)[] = Object.keys(PARTS) as (keyof CatalogParts)[];

const CATALOG_QUERY = `with ${RELATION_TABLES},${TYPE_TABLES},${OBJECT_TABLES},${FUNCTION_TABLES}
${Object.values(PARTS).map(partSql).join("\nunion all\n")}`;

/**
 * The catalog query of some schemas, or of all except the system schemas, in one text of several statements: the simple
 * protocol runs them as one transaction in one round trip. The first result is the row of `searchPathSql`, the third
 * the rows of the parts.
 */
export function catalogStatements(
  schemas: readonly string[] | undefined,
  functions: boolean,
  isXml: boolean,
): string {
  const list = schemas === undefined ? "null" : quoteLiteral(`{${schemas.map(quoteElement).join(",")}}`);
  const query = CATALOG_QUERY.replaceAll("$2", String(functions)).replaceAll("$1", () => list);
  return [searchPathSql(isXml), FIX_SETTINGS, query, RESTORE_SETTINGS].join(";\n");
}

function quoteElement(name: string): string {
  return `"${String(name).replaceAll(/["\\]/g, "\\$&")}"`;
}
