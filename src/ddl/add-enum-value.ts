import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { AddEnumValueSqlOptions } from "./add-enum-value-sql.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";

/** Options of `addEnumValue`. */
export interface AddEnumValueOptions extends AddEnumValueSqlOptions, ChangeOptions {}

/**
 * Adds a value to an enum. Inside a transaction of yours no row can have it before that is committed (manual, ALTER TYPE).
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the enum's name
 * @param label the new value
 * @param options `before` or `after` another label; behind the last one by default
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown type or label; ArgumentError for a label that is there; ScopeError; QueryError
 * @example `schema = await addEnumValue(sql, schema, "customer_tier", "trial", { before: "free" })`
 */
export function addEnumValue<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  label: string,
  options?: AddEnumValueOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ addEnumValueSql }) =>
    addEnumValueSql(schema, name, label, options),
  );
}
