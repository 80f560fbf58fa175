import type { SqlHandle } from "../driver/handle.ts";
import { loadSchema } from "../schema/load-schema.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { WideTables } from "../schema/tables.ts";
import { carryOver, type Renamed } from "../statements/carry-over.ts";

/**
 * The current snapshot of the database, with the JavaScript forms and refinements of the snapshot before the change.
 */
export async function schemaAfter<Tables = WideTables>(
  sql: SqlHandle,
  before: AnySchema,
  renamed?: Renamed,
): Promise<SchemaSnapshot<Tables>> {
  const types = { ...before.jsTypes, columns: {} };
  return carryOver(
    before,
    await loadSchema<Tables>(sql, {
      schemas: before.schemas,
      functions: before.hasFunctions,
      types,
      // The settings were accepted when the snapshot before the change was loaded.
      settings: "any",
    }),
    renamed,
  );
}
