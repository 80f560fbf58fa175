import type { SqlHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import { quoteLiteral, quoteName } from "../schema/quote.ts";
import type { Relation } from "../schema/snapshot.ts";

/**
 * Throws ArgumentError if row security applies to the current role, also as the owner: a query would silently pass over rows.
 * @param task what needs all rows: `transformTable cannot check all values`
 */
export async function requireAllRows(tx: SqlHandle, relation: Relation, task: string): Promise<void> {
  const text = `SELECT row_security_active(${quoteLiteral(quoteName(relation))}::regclass)`;
  const [row] = await sendForValues(tx, text, []);
  if (row?.[0] !== true) return;
  throw new ArgumentError(
    `${relation.key}: ${task}, because row security can hide rows from this role; use a role that bypasses it, or, as the owner, ALTER TABLE ${quoteName(relation)} NO FORCE ROW LEVEL SECURITY before the call`,
  );
}
