import type { SqlHandle } from "../driver/handle.ts";
import { NotFoundError } from "../errors.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { WideTables } from "../schema/tables.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { get } from "./get.ts";

/** A write gave no row back: a trigger or a rule kept the row as it is; throws NotFoundError when there is none. */
export async function keptRow(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  event: "update" | "delete",
  key: unknown,
): Promise<undefined> {
  const { triggers, hasRules } = relationPlan(schema, table).relation;
  const isThere =
    (triggers[event] || hasRules) &&
    (await get(sql, schema as SchemaSnapshot<WideTables>, table, key as never));
  if (!isThere) throw new NotFoundError(`${table} has no row with this key`);
}
