import { requireSnapshot } from "./arguments.ts";
import { comparable } from "./normal-form.ts";
import type { AnySchema } from "./snapshot.ts";

/**
 * A hash of the tables, indexes, views, sequences and types of a snapshot: equal for equal databases, on any server and with
 * any session settings, search path, database and role name. It is equal exactly when `schemaDiff` is empty. Privileges,
 * JavaScript forms and the scope are left out.
 * @param schema a snapshot
 * @returns 64 hexadecimal digits (SHA-256)
 * @example `fingerprint(schema) === fingerprint(await loadSchema(sql))` → nothing has changed
 */
export function fingerprint(schema: AnySchema): string {
  requireSnapshot(schema);
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(comparable(schema))).digest("hex");
}
