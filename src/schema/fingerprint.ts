import { requireOptions, requireSnapshot } from "./arguments.ts";
import { comparable } from "./normal-form.ts";
import { PARTITION_OPTIONS, type PartitionOptions } from "./partitions.ts";
import type { AnySchema } from "./snapshot.ts";

/**
 * A hash of the tables, indexes, views, sequences and types of a snapshot: equal for equal databases, on any server and with
 * any session settings, search path, database and role name. It is equal exactly when `schemaDiff` is empty. Privileges,
 * JavaScript forms and the scope are left out.
 * @param schema a snapshot
 * @param options `partitions: true` includes partitions; by default a new partition changes nothing
 * @returns 64 hexadecimal digits (SHA-256)
 * @throws SnapshotError for a snapshot that an earlier or later version of rowfn stored
 * @example `fingerprint(schema) === fingerprint(await loadSchema(sql))` → nothing has changed
 */
export function fingerprint(schema: AnySchema, options: PartitionOptions = {}): string {
  requireSnapshot(schema);
  requireOptions("fingerprint", options, PARTITION_OPTIONS);
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(comparable(schema, options))).digest("hex");
}
