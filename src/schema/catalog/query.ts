import { quoteLiteral } from "../quote.ts";
import { DEPENDENCY_PARTS, DEPENDENCY_TABLES } from "./dependency-parts.ts";
import { FIX_SETTINGS, RESTORE_SETTINGS, searchPathSql } from "./fixed-settings.ts";
import { functionParts, functionTables } from "./function-parts.ts";
import { KEY_PARTS } from "./key-parts.ts";
import { OBJECT_PARTS, objectTables } from "./object-parts.ts";
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

function partsOf(functions: boolean): CatalogParts {
  return {
    ...RELATION_PARTS,
    ...KEY_PARTS,
    ...TYPE_PARTS,
    ...functionParts(functions),
    ...OBJECT_PARTS,
    ...DEPENDENCY_PARTS,
  };
}

/** The parts in the order of their numbers, which are the first cells of rows. */
export const PART_NAMES: readonly (keyof CatalogParts)[] = Object.keys(
  partsOf(false),
) as (keyof CatalogParts)[];

function catalogQuery(functions: boolean): string {
  const tables = [
    RELATION_TABLES,
    TYPE_TABLES,
    objectTables(functions),
    functionTables(functions),
    DEPENDENCY_TABLES,
  ];
  return `with ${tables.join(",")}
${Object.values(partsOf(functions)).map(partSql).join("\nunion all\n")}`.replaceAll(
    "$3",
    commented(functions),
  );
}

const QUERIES = { true: catalogQuery(true), false: catalogQuery(false) };

// The comments of functions and of objects that are not in the catalog query without them.
function commented(functions: boolean): string {
  const always = "1247, 1259, 2606, 2615, 2618, 2620, 3256, 3381, 3456";
  return functions ? `${always}, 1255, 1417, 2605, 2616, 2617, 3600, 3602` : always;
}

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
  const query = QUERIES[`${functions}`].replaceAll("$1", () => list);
  return [searchPathSql(isXml), FIX_SETTINGS, query, RESTORE_SETTINGS].join(";\n");
}

function quoteElement(name: string): string {
  return `"${String(name).replaceAll(/["\\]/g, "\\$&")}"`;
}
