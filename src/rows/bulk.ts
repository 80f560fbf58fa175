import { withCallSite } from "../driver/call-site.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { issueAt } from "../validate/issue.ts";
import type { Purpose } from "../validate/table-rules.ts";
import { validateRows } from "../validate/validate-rows.ts";
import { ValidationError } from "../validate/validation-error.ts";
import type { Row, RowGroup } from "./bulk-groups.ts";
import type { WriteOptions } from "./write.ts";

/** Rows that are sent together. */
export const BATCH = 10_000;

/** Rows as the functions for many take them. */
export type ManyRows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** How the rows of one call are judged, divided and sent. */
export interface ManyWrite {
  /** The rows as they are to be written; throws ValidationError. `from` is the number of the first. */
  readonly check: (rows: readonly unknown[], from: number) => readonly Row[];
  /** Each group is one statement, or a transaction of its own. */
  readonly groups: (rows: readonly Row[]) => readonly RowGroup[];
  readonly send: (sql: SqlHandle, group: RowGroup, from: number) => Promise<void>;
  /** Rows of an array that are sent together, where it is not as many as of an iterable. */
  readonly batch?: number;
}

/** Writes all rows or none, in batches. The rows of an array are all judged before the first is sent. */
export async function writeMany(sql: SqlHandle, rows: ManyRows<unknown>, write: ManyWrite): Promise<void> {
  if (!Array.isArray(rows)) return await atomically(sql, tx => sendIterable(tx, rows, write));
  const checked = write.check(rows, 0);
  if (checked.length > (write.batch ?? BATCH))
    return await atomically(sql, tx => sendArray(tx, checked, write));
  const groups = write.groups(checked);
  if (groups.length === 1) return await write.send(sql, groups[0]!, 0);
  if (groups.length > 1) await atomically(sql, tx => sendGroups(tx, groups, 0, write));
}

/** As `writeMany`; the number of rows written. */
export async function countMany(
  sql: SqlHandle,
  rows: ManyRows<unknown>,
  write: Omit<ManyWrite, "send">,
  send: (sql: SqlHandle, group: RowGroup, from: number) => Promise<number>,
): Promise<number> {
  let count = 0;
  await writeMany(sql, rows, {
    ...write,
    send: async (tx, group, from) => {
      count += await send(tx, group, from);
    },
  });
  return count;
}

/** As `writeMany`; the rows written in the order given. */
export async function returnMany(
  sql: SqlHandle,
  rows: ManyRows<unknown>,
  write: Omit<ManyWrite, "send">,
  send: (sql: SqlHandle, group: RowGroup, from: number) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const placed: Row[] = [];
  await writeMany(sql, rows, {
    ...write,
    send: async (tx, group, from) => {
      const stored = await send(tx, group, from);
      for (const [at, row] of stored.entries()) placed[from + group.positions[at]!] = row;
    },
  });
  return placed.filter(row => row !== undefined);
}

/** A transaction, or a savepoint in the caller's. */
export async function atomically<Result>(
  sql: SqlHandle,
  run: (sql: SqlHandle) => Promise<Result>,
): Promise<Result> {
  try {
    return (await (isTransaction(sql) ? sql.savepoint(run) : sql.begin(run))) as Result;
  } catch (error) {
    throw withCallSite(error);
  }
}

async function sendGroups(
  sql: SqlHandle,
  groups: readonly RowGroup[],
  from: number,
  { send }: ManyWrite,
): Promise<void> {
  for (const group of groups) await send(sql, group, from);
}

async function sendArray(sql: SqlHandle, rows: readonly Row[], write: ManyWrite): Promise<void> {
  const { batch = BATCH } = write;
  for (let from = 0; from < rows.length; from += batch)
    await sendGroups(sql, write.groups(rows.slice(from, from + batch)), from, write);
}

async function sendIterable(sql: SqlHandle, rows: ManyRows<unknown>, write: ManyWrite): Promise<void> {
  let from = 0;
  let batch: unknown[] = [];
  const flush = async (): Promise<void> => {
    await sendGroups(sql, write.groups(write.check(batch, from)), from, write);
    from += batch.length;
    batch = [];
  };
  for await (const row of rows) if (batch.push(row) === BATCH) await flush();
  if (batch.length > 0) await flush();
}

/** The rows as they are to be written; `numberOf` tells a ValidationError which of all the rows each is. */
export function checkedRows(
  schema: AnySchema,
  table: string,
  rows: readonly unknown[],
  numberOf: (index: number) => number,
  purpose: Purpose,
  options: WriteOptions | undefined,
): readonly Row[] {
  if (options?.validate === false) return rows as readonly Row[];
  const result = validateRows(schema, table, rows, purpose);
  if (result.issues.length === 0) return result.rows as Row[];
  const issues = result.issues.map(({ path, ...issue }) => {
    const [first, ...rest] = path!;
    return issueAt({ ...issue }, { ...first, key: numberOf(Number(first.key)) } as typeof first, ...rest);
  });
  throw new ValidationError(table, issues);
}
