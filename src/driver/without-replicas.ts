import type { SqlHandle } from "./handle.ts";
import { replicasOf } from "./replica-reads.ts";
import { wrapHandle } from "./wrap-handle.ts";

/** The handle for what a write has to read first: a replica could lack the row. */
export function withoutReplicas(sql: SqlHandle): SqlHandle {
  return replicasOf(sql) === undefined ? sql : wrapHandle(sql, { methods: {} });
}
