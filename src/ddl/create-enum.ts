import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { CreateEnumSqlOptions } from "./create-enum-sql.ts";

/** Options of `createEnum`. */
export interface CreateEnumOptions extends CreateEnumSqlOptions, ChangeOptions {}

/**
 * Makes an enum, a type whose values are labels: columns of it are declared by its name.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the new type's name, `mood` or `audit.mood`
 * @param labels its values, in their order
 * @param options `comment`
 * @returns the new snapshot
 * @throws ArgumentError when the name is taken, for labels twice or longer than 63 bytes; ScopeError; QueryError
 * @example `schema = await createEnum(sql, schema, "mood", ["sad", "happy"])`
 */
export function createEnum<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  labels: readonly string[],
  options?: CreateEnumOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ createEnumSql }) =>
    createEnumSql(schema, name, labels, options),
  );
}
