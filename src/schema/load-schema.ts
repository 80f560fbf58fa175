import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { catalogOf, serverOf } from "./catalog.ts";
import { CATALOG_QUERY } from "./catalog-query.ts";
import { requireColumnForms } from "./column-forms.ts";
import { chosenJsTypes } from "./js-types.ts";
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
  const jsTypes = chosenJsTypes(options.types);
  const { schemas } = options;
  const catalog = catalogOf(await catalogRows(sql, schemas === undefined ? null : schemaList(schemas)));
  const server = serverOf(catalog);
  const missing = schemas?.filter(name => !server.schemas.includes(name)) ?? [];
  if (missing.length > 0) {
    throw new ArgumentError(
      `no schema ${missing.map(name => JSON.stringify(name)).join(", ")} that role ${server.role} may use`,
    );
  }
  const schema = buildSnapshot<Tables>(catalog, jsTypes);
  requireColumnForms(schema);
  return schema;
}

function schemaList(schemas: readonly string[]): string {
  if (!Array.isArray(schemas) || schemas.length === 0)
    throw new ArgumentError("schemas is a list of at least one name");
  return `{${schemas.map(name => `"${String(name).replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

// Compiling the catalog query takes JIT seconds, so it is off for this one transaction. A transaction of the caller's
// gets its own setting back.
async function catalogRows(sql: SqlHandle, schemas: string | null): Promise<Rows> {
  if (isTransaction(sql)) {
    const [before] = await sendForValues(sql, "select current_setting('jit')", []);
    // One after the other on the transaction's connection, without waiting in between.
    const [, rows] = await Promise.all([
      sendForValues(sql, "set local jit = off", []),
      sendForValues(sql, CATALOG_QUERY, [schemas]),
      sendForValues(sql, "select set_config('jit', $1::text, true)", [String(before?.[0])]),
    ]);
    return rows;
  }
  // Bun sends the two together and returns their results.
  const run = (tx: SqlHandle): unknown => [
    tx.unsafe("set local jit = off"),
    tx.unsafe(CATALOG_QUERY, [schemas]).values(),
  ];
  try {
    const results = (await sql.begin(run)) as readonly Rows[];
    return results[1]!;
  } catch (error) {
    throw queryError(error, "the catalog query of loadSchema");
  }
}

type Rows = readonly (readonly unknown[])[];
