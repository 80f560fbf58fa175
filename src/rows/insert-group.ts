import { copyIn } from "../driver/copy.ts";
import { limited } from "../driver/limited.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { canInsertByCopy, copySql } from "../statements/copy-in-sql.ts";
import { insertManySql, insertSql } from "../statements/insert-sql.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { constraintError } from "./constraint-error.ts";
import { failingRowError } from "./failing-row.ts";
import type { Row, RowGroup } from "./row-groups.ts";
import { noteSnapshot, runCount, runWrite, type WriteContext } from "./write.ts";
import { atomically, type ManyReturning } from "./write-many.ts";

/** The number of rows from which COPY is faster than parameters, despite its extra round trip. */
const COPY_ROWS = 100;

/** The `batch` of rows that COPY writes if it can fill every column of the table. */
export function copyBatch(schema: AnySchema, table: string, rows: number): { readonly batch?: number } {
  const plan = relationPlan(schema, table);
  return canInsertByCopy(schema, plan, [...plan.columns.keys()]) ? { batch: rows } : {};
}

/** Inserts rows that have the same columns and returns their number. */
export async function insertGroup(context: WriteContext, group: RowGroup): Promise<number> {
  try {
    return await insertCounted(context, group.rows);
  } catch (error) {
    throw failingRowError(context, error, group);
  }
}

async function insertCounted(context: WriteContext, rows: readonly Row[]): Promise<number> {
  const { schema, table } = context;
  const names = Object.keys(rows[0]!);
  if (names.length === 0) {
    const statement = insertSql(schema, table, {}, { returning: false });
    const counts = await insertDefaults(context, rows.length, inner => runCount(inner, statement));
    return counts.reduce((sum, count) => sum + count, 0);
  }
  if (rows.length >= COPY_ROWS && canInsertByCopy(schema, relationPlan(schema, table), names))
    return await runCopy(context, copySql(schema, table, rows));
  return await runCount(context, insertManySql(schema, table, rows));
}

/** Sends a COPY and returns the number of rows. */
export async function runCopy(
  context: WriteContext,
  copy: ReturnType<typeof copySql>,
  before?: string,
): Promise<number> {
  const { sql, schema, options } = context;
  noteSnapshot(sql, schema);
  try {
    return await limited(sql, options, handle => {
      options?.onStatement?.({ text: copy.text, params: copy.params });
      return copyIn(handle, copy, before);
    });
  } catch (error) {
    throw constraintError(context, error);
  }
}

/** As `insertGroup`; returns the stored rows in order, without the rows that a trigger suppressed. */
export async function insertGroupReturning(
  context: WriteContext,
  group: RowGroup,
  { returning }: ManyReturning,
): Promise<readonly Row[]> {
  const { schema, table } = context;
  const { rows } = group;
  const columns = { returning: returning ?? true };
  try {
    if (Object.keys(rows[0]!).length > 0)
      return await runWrite(context, insertManySql(schema, table, rows, columns));
    const statement = insertSql(schema, table, {}, columns);
    const stored = await insertDefaults(context, rows.length, inner => runWrite(inner, statement));
    return stored.flat();
  } catch (error) {
    throw failingRowError(context, error, group);
  }
}

// DEFAULT VALUES inserts one row per statement.
async function insertDefaults<Result>(
  context: WriteContext,
  count: number,
  insertOne: (context: WriteContext) => Promise<Result>,
): Promise<readonly Result[]> {
  return await atomically(context, async inner => {
    const results: Result[] = [];
    for (let left = count; left > 0; left--) results.push(await insertOne(inner));
    return results;
  });
}
