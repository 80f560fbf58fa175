import type { SqlHandle } from "../driver/handle.ts";
import { SnapshotError } from "../errors.ts";
import { fingerprint } from "./fingerprint.ts";
import { loadSchema } from "./load-schema.ts";
import { schemaDiff } from "./schema-diff.ts";
import type { AnySchema } from "./snapshot.ts";

/**
 * Checks that a stored snapshot still describes the database, for the start of a server or CI.
 * @param sql a Bun SQL handle
 * @param schema a snapshot, for example of a generated module
 * @returns nothing
 * @throws SnapshotError with one line per difference
 * @example `await assertFresh(sql, schema)`
 */
export async function assertFresh(sql: SqlHandle, schema: AnySchema): Promise<void> {
  const now = await loadSchema(sql, { schemas: schema.schemas, types: schema.jsTypes });
  if (fingerprint(schema) === fingerprint(now)) return;
  const lines = schemaDiff(schema, now);
  throw new SnapshotError(
    `the database differs from the snapshot:\n${lines.map(line => `  ${line}`).join("\n")}`,
  );
}
