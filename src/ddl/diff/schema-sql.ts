import type { AnySchema } from "../../schema/snapshot.ts";
import { migrationSql } from "./migration-sql.ts";
import { stepsText } from "./migration-step.ts";

/**
 * The DDL that makes a schema in an empty database: types, tables, keys, indexes, foreign keys, views and comments.
 * Functions, triggers, policies, rules and grants are not in a snapshot: a comment says where they are missing.
 * @param schema a snapshot
 * @returns one text, a statement ended by a semicolon after the other
 * @example `schemaSql(schema).split(";")[0]` → `CREATE TYPE "public"."customer_tier" AS ENUM ('free', 'plus', 'pro')`
 */
export function schemaSql(schema: AnySchema): string {
  return stepsText(migrationSql(emptySchema(schema), schema));
}

// PostgreSQL makes the schema public itself.
function emptySchema(schema: AnySchema): AnySchema {
  const schemas = schema.schemas.filter(name => name === "public");
  return { ...schema, schemas, relations: [], types: {}, sequences: [] };
}
