import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { type RunOptions, runRows } from "../rows/run.ts";
import { runCount } from "../rows/write.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import type { Where } from "../statements/filter.ts";
import type { OrderBy } from "../statements/order.ts";
import { transaction } from "../transactions/transaction.ts";
import { type JobOutcome, outcomeOf, requireDelay } from "./job-outcome.ts";
import { endJobSql, type JobEnd, type JobFilter, jobSql } from "./job-sql.ts";
import { type QueueOptions, type QueuePlan, queuePlan } from "./queue-plan.ts";

/** Options of `claimOne`. */
export interface ClaimOneOptions<Row, Column extends string> extends QueueOptions, RunOptions {
  readonly where?: Where<Row>;
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
  /** By the key by default. */
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** Milliseconds for the handler; then its statement is stopped and the job has failed. */
  readonly timeout?: number;
}

/** What a handler does with a job: through `tx`, so that it is undone with it. */
export type JobHandler<Row> = (row: Row, tx: Bun.TransactionSQL, attempt: number) => unknown;

/** A job that was taken, and how it ended. */
export interface JobResult<Row> {
  readonly row: Row;
  /** `retry` when it will be taken again. */
  readonly status: "done" | "retry" | "failed" | "dead";
  /** From 1; always 1 without a column of attempts. */
  readonly attempt: number;
  /** What the handler threw. */
  readonly error: unknown;
}

interface Claimed {
  readonly row: Record<string, unknown>;
  readonly key: readonly string[];
  readonly attempt: number;
}

/**
 * Takes the next pending job and runs a handler with it, all in one transaction: when the process or the connection
 * dies on the way the job is pending as before. The job is done when the handler returns; when it throws its work is
 * rolled back, and the job has failed, or waits for another of its tries. A handler may delete its job.
 * @param sql a Bun SQL handle; in a transaction of yours the job is handled within it
 * @param schema a snapshot; jobs outside its scope are not there
 * @param table the table of jobs, which has a primary key
 * @param handler gets the row, the transaction's handle and the number of the try
 * @param options which jobs, columns and statuses, `tries`, `timeout` of the handler in milliseconds
 * @returns the row as it was taken and how the job ended; undefined when there is none to take
 * @throws ArgumentError and ValidationError for a table that is no such queue; UnknownNameError; QueryError, and
 * ConstraintError when the status cannot be written
 * @example `await claimOne(sql, schema, "job", (job, tx) => sendMail(job, tx), { tries: 5 })`
 */
export async function claimOne<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  handler: JobHandler<Pick<RowOf<Tables, Name>, Column>>,
  options: ClaimOneOptions<FilterOf<Tables, Name>, Column> = {},
): Promise<JobResult<Pick<RowOf<Tables, Name>, Column>> | undefined> {
  const queue = queuePlan(schema, table, options);
  const statement = jobSql(schema, queue, options as JobFilter);
  const isOutermost = !isTransaction(sql);
  return await transaction(sql, async tx => {
    const rows = await runRows(
      tx,
      options,
      () => statement,
      all => all,
    );
    const job = rows[0] && claimed(rows[0], statement);
    if (job === undefined) return undefined;
    const { end, error } = await handled(
      tx,
      queue,
      job,
      handler as JobHandler<unknown>,
      options,
      isOutermost,
    );
    await runCount(tx, schema, options, () => ({ ...endJobSql(schema, queue, job.key, end), output: [] }));
    const status = end.status === "pending" ? "retry" : end.status;
    return { row: job.row, status, attempt: job.attempt, error } as JobResult<
      Pick<RowOf<Tables, Name>, Column>
    >;
  });
}

function claimed(
  row: Record<string, unknown>,
  { key, attempts }: { readonly key: readonly string[]; readonly attempts: string | undefined },
): Claimed {
  const hidden = (name: string): string => {
    const text = row[name];
    delete row[name];
    return text as string;
  };
  const tried = attempts === undefined ? 0 : Number(hidden(attempts));
  return { row, key: key.map(hidden), attempt: tried + 1 };
}

interface Handled {
  readonly end: JobEnd;
  readonly error: unknown;
}

async function handled(
  tx: SqlHandle,
  queue: QueuePlan,
  job: Claimed,
  handler: JobHandler<unknown>,
  { timeout }: { readonly timeout?: number },
  isOutermost: boolean,
): Promise<Handled> {
  try {
    const work = async (own: Bun.TransactionSQL): Promise<unknown> => {
      const result = await handler(job.row, own, job.attempt);
      // A broken deferred constraint is the handler's failure, not that of the commit, which would leave the job pending.
      if (isOutermost) await own.unsafe("SET CONSTRAINTS ALL IMMEDIATE");
      return result;
    };
    const result = await transaction(tx, work, timeout === undefined ? {} : { timeout });
    return { end: endOf(queue, result), error: undefined };
  } catch (error) {
    return { end: failureEnd(queue, job.attempt, error), error };
  }
}

function endOf(queue: QueuePlan, result: unknown): JobEnd {
  const outcome = outcomeOf(result);
  if (outcome === undefined) return { status: "done", error: null, after: 0 };
  const { after, reason } = result as JobOutcome;
  if (outcome === "failed") return { status: "failed", error: reason, after: 0 };
  if (queue.runAt === undefined)
    throw new ArgumentError(`${queue.plan.relation.key}: retryLater needs a column run_at (timestamptz)`);
  return { status: "pending", error: reason, after };
}

function failureEnd({ tries, backoff }: QueuePlan, attempt: number, reason: unknown): JobEnd {
  const error = (reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)).replaceAll(
    "\0",
    "",
  );
  if (attempt < tries)
    return { status: "pending", error, after: requireDelay("backoff returns", backoff(attempt)) };
  return { status: tries > 1 ? "dead" : "failed", error, after: 0 };
}
