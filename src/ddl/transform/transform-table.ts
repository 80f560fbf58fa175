import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError, QueryError } from "../../errors.ts";
import { quote } from "../../schema/look-ups.ts";
import type { SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import {
  built,
  type ChangeOptions,
  inOneTransaction,
  requireUnscoped,
  schemaAfter,
  sendStatements,
} from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import type { LossCheck } from "./loss-checks.ts";
import type { TableChanges } from "./table-changes.ts";
import type { TransformTableSqlOptions } from "./transform-table-sql.ts";

/** Options of `transformTable`. */
export interface TransformTableOptions extends TransformTableSqlOptions, ChangeOptions {}

/**
 * Changes columns and keys of a table, all or nothing, after a look at its data: a column with values is not dropped, and a
 * value that its new type cannot hold not rounded or cut, unless `allowLoss: true` says so. The table is locked meanwhile.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param changes what to drop, rename, retype, add; defaults, NOT NULL, keys, checks and indexes
 * @param options `allowLoss`, `onStatement`
 * @returns the new snapshot; forms and refinements follow renamed columns
 * @throws ArgumentError with the column and how many rows stand against it, and when views or foreign keys are in the way;
 * ScopeError; UnknownNameError; QueryError. Nothing has changed then
 * @example `schema = await transformTable(sql, schema, "track", { retype: { bytes: "numeric" }, rename: { name: "title" } })`
 */
export async function transformTable<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  changes: TableChanges,
  options: TransformTableOptions = {},
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const { statements, checks } = await built(({ lossChecks, transformTableSql }) => ({
    statements: transformTableSql(schema, table, changes, options),
    checks: lossChecks(schema, table, changes, options.allowLoss === true),
  }));
  const lock = `LOCK TABLE ${quote(schema, table)} IN ACCESS EXCLUSIVE MODE`;
  const columns = new Map(Object.entries(changes.rename ?? {}));
  return await inOneTransaction(sql, async tx => {
    if (checks.length > 0) await sendStatements(tx, [lock], options);
    for (const check of checks) await requireNone(tx, check);
    await sendStatements(tx, statements, options);
    return await schemaAfter(tx, schema, { table, columns });
  });
}

async function requireNone(tx: SqlHandle, { text, label, problem }: LossCheck): Promise<void> {
  const count = await countOf(tx, text, label);
  if (count > 0) throw new ArgumentError(`${label}: ${count} ${problem}`);
}

// Some value cannot be converted at all.
async function countOf(tx: SqlHandle, text: string, label: string): Promise<number> {
  try {
    return Number((await sendForValues(tx, text, []))[0]?.[0]);
  } catch (error) {
    if (!(error instanceof QueryError) || !error.sqlstate?.startsWith("22")) throw error;
    throw new ArgumentError(
      `${label}: not every value can be converted, say how with { type, using }: ${error.message}`,
      { cause: error },
    );
  }
}
