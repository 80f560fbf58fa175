import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { driverHandle } from "../driver/wrap-handle.ts";
import type { AnySchema } from "../schema/snapshot.ts";

// The snapshot of the last write in each transaction, which explains a constraint that COMMIT violates.
const snapshots = new WeakMap<SqlHandle, AnySchema>();

/** Remembers the snapshot of a write, if it is in a transaction. */
export function noteSnapshot(sql: SqlHandle, schema: AnySchema): void {
  if (isTransaction(sql)) snapshots.set(driverHandle(sql), schema);
}

/** Passes the snapshot of a savepoint's last write to the enclosing transaction. */
export function passSnapshot(savepoint: SqlHandle, outer: SqlHandle): void {
  const schema = snapshots.get(driverHandle(savepoint));
  if (schema !== undefined) noteSnapshot(outer, schema);
}

/** The snapshot of the last write in a transaction. */
export function notedSnapshot(tx: SqlHandle): AnySchema | undefined {
  return snapshots.get(driverHandle(tx));
}
