import type { SqlHandle } from "../../driver/handle.ts";
import { upsert } from "../../rows/upsert.ts";
import { excluded, expr, type Fragment } from "../../statements/fragment.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { tableRules } from "../../validate/rules.ts";
import type { BodyRow } from "./crud-body.ts";
import type { CrudCall } from "./crud-route.ts";
import {
  keyObject,
  returning,
  type Updated,
  type Upserted,
  updateRow,
  type Versions,
  withinScope,
} from "./crud-write.ts";

/**
 * Inserts the row with a key, or replaces it: a column that a client may write and that the row does not have gets its
 * default (RFC 9110, 9.3.4).
 */
export async function putWhole(
  call: CrudCall,
  sql: SqlHandle,
  key: unknown,
  row: BodyRow,
): Promise<Upserted> {
  const update = Object.fromEntries(ownColumns(call).map(name => [name, expr`${excluded(name)}`]));
  const whole = { ...row, ...keyObject(call, key) };
  const isChange = Object.keys(update).length > 0;
  return await withinScope(call, () =>
    upsert(sql, call.schema, call.route.table, whole, {
      returning: returning(call),
      inserted: true,
      ...(isChange && { update }),
    }),
  );
}

/** Replaces the row that has one of the versions. Throws NotFoundError and StaleError. */
export async function replaceRow(
  call: CrudCall,
  sql: SqlHandle,
  key: unknown,
  row: BodyRow,
  versions: Versions,
): Promise<Updated> {
  // In the statement of the row's values, because a CHECK constraint can reject the new values beside the old ones.
  const missing = ownColumns(call).filter(name => !Object.hasOwn(row, name));
  const defaults = Object.fromEntries(missing.map(name => [name, defaultOf(call, name)]));
  return await updateRow(call, sql, key, { ...row, ...defaults }, versions);
}

/** The columns of a row that a client replaces: those of the key stay, the numbers of an identity column, and what is computed. */
function ownColumns({ schema, route }: CrudCall): readonly string[] {
  const { version } = route.options;
  const { columns } = tableRules(schema, route.table, "update");
  return [...route.write].filter(
    name => !route.key.includes(name) && name !== version && columns.get(name)?.column.identity === null,
  );
}

function defaultOf({ schema, route }: CrudCall, name: string): Fragment | null {
  const { default: text } = planColumn(relationPlan(schema, route.table), name);
  return text === null ? null : expr(text);
}
