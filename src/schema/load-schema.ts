import type { Limits, SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { ArgumentError } from "../errors.ts";
import { LIMIT_OPTIONS, type OptionNames, requireOptions, shownValue } from "./arguments.ts";
import { chooseJsTypes } from "./js-types.ts";
import type { JsTypes, SchemaSnapshot } from "./snapshot.ts";
import type { WideTables } from "./tables.ts";

/** Options of `loadSchema` and `connect`. */
export interface LoadOptions extends Limits {
  /** Names of PostgreSQL schemas, `pg_temp` for temporary tables; default: all except the system schemas. */
  readonly schemas?: readonly string[];
  /** The JavaScript forms of types and columns: `{ int8: "bigint", timestamptz: "string", columns: { "event.payload": "bigint" } }`. */
  readonly types?: Partial<JsTypes>;
  /**
   * Whether all functions of the schemas are read with their definitions, so that `schemaSql` and `migrationSql` create
   * them; otherwise only the names of those that other objects use.
   */
  readonly functions?: boolean;
  /**
   * `"exact"` rejects a session whose settings change values (default); `"any"` accepts it. `connect` also sends
   * `EXACT_SETTINGS`, unless this is `"any"`.
   */
  readonly settings?: "exact" | "any";
}

/** The names of the options of `loadSchema`. */
export const LOAD_OPTIONS: OptionNames<LoadOptions> = {
  schemas: true,
  types: true,
  functions: true,
  settings: true,
  ...LIMIT_OPTIONS,
};

/**
 * Loads the snapshot of a database: everything the functions need, read consistently by one statement.
 * @param sql a Bun SQL handle: pool, reserved connection or transaction
 * @param options the PostgreSQL schemas, and the JavaScript forms of int8, timestamps and json
 * @returns a deep-frozen snapshot, plain JSON
 * @throws ArgumentError if a schema does not exist or the role may not use it, or if `types` is invalid;
 * SettingsError if the session's settings change values; QueryError
 * @example `const schema = await loadSchema(sql, { schemas: ["public"], types: { int8: "bigint" } })`
 */
export async function loadSchema<Tables = WideTables>(
  sql: SqlHandle,
  options: LoadOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  requireOptions("loadSchema", options, LOAD_OPTIONS);
  const { settings = "exact" } = options;
  if (settings !== "exact" && settings !== "any")
    throw new ArgumentError(`settings must be "exact" or "any", received ${shownValue(settings)}`);
  const jsTypes = chooseJsTypes(options.types);
  // A program that starts from a stored snapshot does not load the catalog queries.
  const { readSnapshot } = await import("./catalog/read-snapshot.ts");
  return await limited(sql, options, handle =>
    readSnapshot<Tables>(handle, { ...options, settings }, jsTypes),
  );
}
