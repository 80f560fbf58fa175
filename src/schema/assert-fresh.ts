import type { Limits, SqlHandle } from "../driver/handle.ts";
import { SnapshotError } from "../errors.ts";
import { requireSnapshot } from "./arguments.ts";
import { fingerprint } from "./fingerprint.ts";
import { type LoadOptions, loadSchema } from "./load-schema.ts";
import { schemaDiff } from "./schema-diff.ts";
import type { AnySchema } from "./snapshot.ts";

/**
 * Checks that a stored snapshot still describes the database, for the start of a server or CI.
 * @param sql a Bun SQL handle
 * @param schema a snapshot, for example of a generated module
 * @param options `settings` as for `loadSchema`
 * @returns nothing
 * @throws SnapshotError with one line per difference; SettingsError if the session's settings change values
 * @example `await assertFresh(sql, schema)`
 */
export async function assertFresh(
  sql: SqlHandle,
  schema: AnySchema,
  options: Pick<LoadOptions, "settings" | keyof Limits> = {},
): Promise<void> {
  requireSnapshot(schema);
  const now = await loadSchema(sql, {
    ...options,
    schemas: schema.schemas,
    functions: schema.hasFunctions,
  });
  if (fingerprint(schema) === fingerprint(now)) return;
  const lines = schemaDiff(schema, now);
  throw new SnapshotError(
    `the database differs from the snapshot; load or generate the snapshot again:\n${lines.map(line => `  ${line}`).join("\n")}`,
  );
}
