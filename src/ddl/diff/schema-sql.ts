import { requireSnapshot } from "../../schema/arguments.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import { migrationSql } from "./migration-sql.ts";
import { stepsText } from "./migration-step.ts";

/**
 * The DDL that creates a schema in an empty database: types, tables, keys, indexes, foreign keys, views and comments.
 * A snapshot has no grants, and functions, operators and casts only if `loadSchema` read them; comments at the top name what
 * is missing. Roles that policies name must exist.
 * @param schema a snapshot
 * @returns one SQL text, in which a semicolon ends each statement
 * @example `schemaSql(schema).split(";")[0]` → `CREATE TYPE "public"."customer_tier" AS ENUM ('free', 'plus', 'pro')`
 */
export function schemaSql(schema: AnySchema): string {
  requireSnapshot(schema);
  return stepsText(migrationSql(emptySchema(schema), schema));
}

/** The snapshot of an empty database, in which PostgreSQL has created the schema public. */
export function emptySchema(schema: AnySchema): AnySchema {
  const schemas = schema.schemas.filter(name => name === "public");
  return {
    ...schema,
    schemas,
    schemaComments: undefined,
    relations: [],
    types: {},
    sequences: [],
    extensions: [],
    collations: [],
    functions: [],
    objects: [],
  };
}
