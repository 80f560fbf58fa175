import { isTransaction, type SqlHandle } from "../../driver/handle.ts";
import { queryError } from "../../driver/query-error.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError } from "../../errors.ts";
import { requireColumnForms } from "../js-types.ts";
import type { JsTypes, SchemaSnapshot } from "../snapshot.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { catalogOf, serverOf } from "./catalog.ts";
import { CATALOG_QUERY } from "./query.ts";

/** Reads the catalog rows of some schemas, or of all, and builds the snapshot. */
export async function readSnapshot<Tables>(
  sql: SqlHandle,
  schemas: readonly string[] | undefined,
  jsTypes: JsTypes,
): Promise<SchemaSnapshot<Tables>> {
  const catalog = catalogOf(await catalogRows(sql, schemas === undefined ? null : schemaList(schemas)));
  const server = serverOf(catalog);
  const missing = schemas?.filter(name => !server.schemas.includes(name)) ?? [];
  if (missing.length > 0) {
    const [only] = missing;
    const names = missing.map(name => JSON.stringify(name)).join(", ");
    throw new ArgumentError(
      missing.length === 1
        ? `schema ${JSON.stringify(only)} does not exist, or role ${server.role} may not use it`
        : `schemas ${names} do not exist, or role ${server.role} may not use them`,
    );
  }
  const schema = buildSnapshot<Tables>(catalog, jsTypes);
  requireColumnForms(schema);
  return schema;
}

function schemaList(schemas: readonly string[]): string {
  if (!Array.isArray(schemas) || schemas.length === 0)
    throw new ArgumentError("schemas must be an array of at least one name");
  return `{${schemas.map(name => `"${String(name).replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

// JIT compilation of the catalog query takes seconds, so JIT is off for this transaction. In a transaction of the caller
// the setting is restored.
async function catalogRows(sql: SqlHandle, schemas: string | null): Promise<Rows> {
  if (isTransaction(sql)) {
    const [before] = await sendForValues(sql, "select current_setting('jit')", []);
    // On the transaction's connection the driver runs the queries one at a time, without waiting between them.
    const [, rows] = await Promise.all([
      sendForValues(sql, "set local jit = off", []),
      sendForValues(sql, CATALOG_QUERY, [schemas]),
      sendForValues(sql, "select set_config('jit', $1::text, true)", [String(before?.[0])]),
    ]);
    return rows;
  }
  // Bun sends both queries together and returns their results.
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
