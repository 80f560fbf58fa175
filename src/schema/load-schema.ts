import type { SqlHandle } from "../driver/handle.ts";
import { chooseJsTypes } from "./js-types.ts";
import type { JsTypes, SchemaSnapshot } from "./snapshot.ts";
import type { WideTables } from "./tables.ts";

/** What is read, and which JavaScript form types have. */
export interface LoadOptions {
  /** Names of schemas; all but PostgreSQL's own by default. */
  readonly schemas?: readonly string[];
  /** For example `{ int8: "bigint", timestamptz: "string", columns: { "event.payload": "bigint" } }`. */
  readonly types?: Partial<JsTypes>;
}

/**
 * Reads everything the functions need to know of a database, as one consistent view in one statement.
 * @param sql a Bun SQL handle: pool, reserved connection or transaction
 * @param options which schemas, and the JavaScript forms of int8, timestamps and json
 * @returns a deep-frozen snapshot, plain JSON
 * @throws ArgumentError for a schema that is not there or that the role may not use; QueryError
 * @example `const schema = await loadSchema(sql, { schemas: ["public"], types: { int8: "bigint" } })`
 */
export async function loadSchema<Tables = WideTables>(
  sql: SqlHandle,
  options: LoadOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  const jsTypes = chooseJsTypes(options.types);
  // Who starts from a stored snapshot does not load the catalog queries.
  const { readSnapshot } = await import("./catalog/read-snapshot.ts");
  return await readSnapshot<Tables>(sql, options.schemas, jsTypes);
}
