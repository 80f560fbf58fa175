import { copyIn } from "../driver/copy-in.ts";
import type { SqlHandle } from "../driver/handle.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { canCopy, copySql } from "../statements/copy-in-sql.ts";
import { insertManySql, insertSql } from "../statements/insert-sql.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { atomically } from "./bulk.ts";
import type { Row, RowGroup } from "./bulk-groups.ts";
import { constraintError } from "./constraint-error.ts";
import { withFailingRow } from "./failing-row.ts";
import type { RunOptions } from "./run.ts";
import { runCount, runWrite } from "./write.ts";

/** The table that rows go to, and what is asked of each statement. */
export interface BulkTarget {
  readonly schema: AnySchema;
  readonly table: string;
  readonly options: RunOptions | undefined;
}

/** What a function for many rows gives back. */
export interface ManyReturning<Column extends string = string> {
  /** `true` or columns for the stored rows in the order given; their number by default. */
  readonly returning?: boolean | readonly Column[];
}

/** Rows below which COPY's extra round trip costs more than it saves. */
const COPY_FROM = 100;

/** How many rows of an array are sent together where COPY may fill the whole table. */
export function copiedAtOnce(schema: AnySchema, table: string, rows: number): { readonly batch?: number } {
  const plan = relationPlan(schema, table);
  return canCopy(plan, [...plan.columns.keys()]) ? { batch: rows } : {};
}

/** Inserts rows that have the same columns; their number. `from` is the number of the batch's first row. */
export async function insertGroup(
  sql: SqlHandle,
  target: BulkTarget,
  group: RowGroup,
  from: number,
): Promise<number> {
  try {
    return await insertCounted(sql, target, group.rows);
  } catch (error) {
    throw withFailingRow(target.schema, target.table, error, group, from);
  }
}

async function insertCounted(
  sql: SqlHandle,
  { schema, table, options }: BulkTarget,
  rows: readonly Row[],
): Promise<number> {
  const names = Object.keys(rows[0]!);
  if (rows.length >= COPY_FROM && names.length > 0 && canCopy(relationPlan(schema, table), names))
    return await runCopy(sql, schema, options, () => copySql(schema, table, rows));
  if (names.length > 0)
    return await runCount(sql, schema, options, () =>
      insertManySql(schema, table, rows, { returning: false }),
    );
  const counts = await insertDefaults(sql, rows, tx =>
    runCount(tx, schema, options, () => insertSql(schema, table, {}, { returning: false })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Sends a COPY; the number of rows. */
export async function runCopy(
  sql: SqlHandle,
  schema: AnySchema,
  options: RunOptions | undefined,
  build: () => ReturnType<typeof copySql>,
): Promise<number> {
  const { text, chunks } = build();
  options?.onStatement?.({ text, params: [] });
  try {
    return await copyIn(sql, text, chunks);
  } catch (error) {
    throw constraintError(schema, error);
  }
}

/** As `insertGroup`, returning the stored rows in order, without those a trigger kept out. */
export async function insertGroupReturning(
  sql: SqlHandle,
  { schema, table, options }: BulkTarget,
  group: RowGroup,
  from: number,
  { returning }: ManyReturning,
): Promise<readonly Row[]> {
  const { rows } = group;
  const columns = Array.isArray(returning) ? { returning } : {};
  const send = (tx: SqlHandle, build: () => RowStatement): Promise<readonly Row[]> =>
    runWrite(tx, schema, options, build, all => all);
  try {
    if (Object.keys(rows[0]!).length > 0)
      return await send(sql, () => insertManySql(schema, table, rows, columns));
    const stored = await insertDefaults(sql, rows, tx =>
      send(tx, () => insertSql(schema, table, {}, columns)),
    );
    return stored.flat();
  } catch (error) {
    throw withFailingRow(schema, table, error, group, from);
  }
}

// DEFAULT VALUES is one row a statement.
async function insertDefaults<Result>(
  sql: SqlHandle,
  rows: readonly Row[],
  insertOne: (sql: SqlHandle) => Promise<Result>,
): Promise<readonly Result[]> {
  return await atomically(sql, async tx => {
    const results: Result[] = [];
    for (let left = rows.length; left > 0; left--) results.push(await insertOne(tx));
    return results;
  });
}
