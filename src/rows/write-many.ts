import { begin, savepoint } from "../driver/begin.ts";
import { withCallSite } from "../driver/call-site.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { isLost, unknownOutcome } from "../driver/lost-connection.ts";
import { ArgumentError, QueryError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";
import { constraintError } from "./constraint-error.ts";
import { ownRow } from "./own-rows.ts";
import type { Row, RowGroup } from "./row-groups.ts";
import { rowSize } from "./row-size.ts";
import type { Context } from "./run.ts";
import { notedSnapshot, passSnapshot, type WriteContext } from "./write.ts";

/** Rows of an iterable that are sent together. */
const BATCH_ROWS = 10_000;
/** About the characters of these rows. Longer rows would fill the memory, and PostgreSQL takes at most 1 GB as one parameter. */
const BATCH_SIZE = 16_000_000;

/** The option that decides what a function for many rows returns. */
export interface ManyReturning<Column extends string = string> {
  /** `true` or column names for the stored rows in input order; default: the number of rows. */
  readonly returning?: boolean | readonly Column[];
}

/** The rows that the functions for many rows accept. */
export type ManyRows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** The steps of a call that writes many rows. */
export interface ManyWrite {
  /** Runs before each batch of an iterable is validated. */
  readonly prepare?: (context: WriteContext, rows: readonly unknown[], from: number) => Promise<void>;
  /** Returns the rows to write; throws ValidationError. `from` is the number of the first row. */
  readonly validate: (rows: readonly unknown[], from: number) => readonly Row[];
  /** Divides rows into groups, of which each is one statement or one transaction. */
  readonly groups: (
    rows: readonly Row[],
    from: number,
    context: WriteContext,
  ) => readonly RowGroup[] | Promise<readonly RowGroup[]>;
  /**
   * Locks the rows of several groups before the first one is sent: each statement locks its own rows in the order of their keys,
   * but two calls can have them in different groups.
   */
  readonly lock?: (context: WriteContext, groups: readonly RowGroup[]) => Promise<void>;
  readonly send: (context: WriteContext, group: RowGroup) => Promise<void>;
  /** Rows of an array that are sent together; default: as many as of an iterable. */
  readonly batch?: number;
}

/** Writes all rows or none, in batches. The rows of an array, which `ownList` has copied, are validated before a connection is needed. */
export async function writeMany(
  context: WriteContext,
  rows: ManyRows<unknown>,
  write: ManyWrite,
): Promise<void> {
  try {
    const valid = Array.isArray(rows) ? write.validate(rows, 0) : undefined;
    await limited(context.sql, context.options, sql => writeAll({ ...context, sql }, rows, valid, write));
  } catch (error) {
    throw withCallSite(error);
  }
}

async function writeAll(
  context: WriteContext,
  rows: ManyRows<unknown>,
  valid: readonly Row[] | undefined,
  write: ManyWrite,
): Promise<void> {
  if (valid === undefined) {
    requireIterable(rows);
    // The code that an asynchronous source waits for may write in the same transaction.
    const holds = !(Symbol.asyncIterator in rows);
    return await atomically(context, inner => sendIterable(inner, rows, write), holds);
  }
  if (valid.length > (write.batch ?? BATCH_ROWS))
    return await atomically(context, inner => sendArray(inner, valid, write));
  const groups = await write.groups(valid, 0, context);
  if (groups.length === 1) return await write.send(context, groups[0]!);
  if (groups.length > 1) await atomically(context, inner => sendGroups(inner, groups, write));
}

/** As `writeMany`; returns the number of rows written. */
export async function countMany(
  context: WriteContext,
  rows: ManyRows<unknown>,
  write: Omit<ManyWrite, "send">,
  send: (context: WriteContext, group: RowGroup) => Promise<number>,
): Promise<number> {
  let count = 0;
  await writeMany(context, rows, {
    ...write,
    send: async (inner, group) => {
      count += await send(inner, group);
    },
  });
  return count;
}

/** As `writeMany`; returns the rows written, in input order. */
export async function returnMany(
  context: WriteContext,
  rows: ManyRows<unknown>,
  write: Omit<ManyWrite, "send">,
  send: (context: WriteContext, group: RowGroup) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const placed: Row[] = [];
  await writeMany(context, rows, {
    ...write,
    send: async (inner, group) => {
      const stored = await send(inner, group);
      for (const [at, row] of stored.entries()) placed[group.positions[at]!] = row;
    },
  });
  return placed.filter(row => row !== undefined);
}

/**
 * Runs a function in a transaction, or in a savepoint of the caller's transaction.
 * @param holds whether later savepoints of the transaction wait for this one
 */
export async function atomically<Inner extends Pick<Context, "sql" | "options">, Result>(
  context: Inner,
  run: (inner: Inner) => Promise<Result>,
  holds = true,
): Promise<Result> {
  let inner: SqlHandle | undefined;
  const work = async (tx: SqlHandle): Promise<Result> => {
    inner = tx;
    const result = await run({ ...context, sql: tx });
    passSnapshot(tx, context.sql);
    return result;
  };
  try {
    return await limited(context.sql, context.options, sql =>
      isTransaction(sql) ? savepoint(sql, work, { holds }) : begin(sql, work),
    );
  } catch (error) {
    // Its own COMMIT: that of the caller comes later.
    if (error instanceof QueryError && error.text === "COMMIT" && isLost(error))
      throw withCallSite(unknownOutcome(error));
    const schema = inner && notedSnapshot(inner);
    throw withCallSite(constraintError({ sql: context.sql, schema, isMany: true }, error));
  }
}

async function sendGroups(
  context: WriteContext,
  groups: readonly RowGroup[],
  { lock, send }: ManyWrite,
): Promise<void> {
  const locked = groups.length > 1 ? lock?.(context, groups) : undefined;
  locked?.catch(() => {});
  for (const [index, group] of groups.entries())
    try {
      await send(context, group);
    } finally {
      // The first group is sent with the lock. Without the lock it fails too, and the error of the lock is the reason.
      if (index === 0) await locked;
    }
}

async function sendArray(context: WriteContext, rows: readonly Row[], write: ManyWrite): Promise<void> {
  const { batch = BATCH_ROWS } = write;
  for (let from = 0; from < rows.length; from += batch)
    await sendGroups(context, await write.groups(rows.slice(from, from + batch), from, context), write);
}

async function sendIterable(context: WriteContext, rows: ManyRows<unknown>, write: ManyWrite): Promise<void> {
  let from = 0;
  let batch: unknown[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    await write.prepare?.(context, batch, from);
    await sendGroups(context, await write.groups(write.validate(batch, from), from, context), write);
    from += batch.length;
    batch = [];
    size = 0;
  };
  for await (const row of rows) {
    const own = ownRow(row);
    size += rowSize(own);
    if (batch.push(own) === BATCH_ROWS || size >= BATCH_SIZE) await flush();
  }
  if (batch.length > 0) await flush();
}

function requireIterable(rows: unknown): void {
  const isObject = typeof rows === "object" && rows !== null;
  if (!isObject || !(Symbol.iterator in rows || Symbol.asyncIterator in rows))
    throw new ArgumentError(
      `rows must be an array, an iterable or an async iterable of rows, received ${describeValue(rows)}`,
    );
}
