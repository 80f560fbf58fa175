import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import { literalSql } from "../define/literal-sql.ts";
import { newName } from "../define/new-name.ts";

const SCRATCH = 'pg_temp."rowfn_requested"';

/**
 * Throws ArgumentError if the query of an existing view is different. The requested query is created as a temporary view and
 * dropped, because only PostgreSQL can print it as that of an existing view.
 */
export async function requireSameQuery(
  tx: SqlHandle,
  schema: AnySchema,
  view: string,
  query: Fragment,
): Promise<void> {
  await sendForValues(tx, `CREATE VIEW ${SCRATCH} AS\n${literalSql(schema, query)}`, [], { isLaidOut: true });
  const existing = quoteLiteral(quoteName(newName(schema, view)));
  const [row] = await sendForValues(
    tx,
    `SELECT pg_get_viewdef(${existing}::regclass) = pg_get_viewdef('${SCRATCH}'::regclass)`,
    [],
  );
  await sendForValues(tx, `DROP VIEW ${SCRATCH}`, []);
  if (row?.[0] === true) return;
  throw new ArgumentError(
    `view ${view} already exists with another query; change it with replace: true, or leave out ifNotExists`,
  );
}
