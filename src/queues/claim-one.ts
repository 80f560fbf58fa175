import { begin } from "../driver/begin.ts";
import { checkLimits, isTransaction, type SqlHandle } from "../driver/handle.ts";
import { codesOf } from "../driver/lost-connection.ts";
import { queryError } from "../driver/query-error.ts";
import { driverError } from "../driver/scope-handle.ts";
import { ArgumentError, type QueryError } from "../errors.ts";
import { type RunOptions, run } from "../rows/run.ts";
import { runCount } from "../rows/write.ts";
import { type OptionNames, requireFunction, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { abilitiesOf, printEngine } from "../schema/engine.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import type { Where } from "../statements/filter.ts";
import type { OrderBy } from "../statements/order.ts";
import { leaveStandby } from "../transactions/failure.ts";
import { transaction } from "../transactions/transaction.ts";
import { finishJobSql, type JobEnd, type JobFilter, type JobStatement, nextJobSql } from "./job-sql.ts";
import { QUEUE_OPTIONS, type QueueOptions, type QueuePlan, queuePlan } from "./queue-plan.ts";
import { asciiEnd, type Job, type JobHandler, runJob } from "./run-job.ts";

/** Options of `claimOne`. */
export interface ClaimOneOptions<Row, Column extends string> extends QueueOptions, RunOptions {
  /** A filter of the jobs; default: all pending jobs. */
  readonly where?: Where<Row>;
  /** The columns of the row; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
  /** The primary key by default. */
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** Milliseconds for the handler; then its statement is canceled and the job fails. */
  readonly timeout?: number | undefined;
  /** Cancels the running statement and rolls back; the job is pending again. */
  readonly signal?: AbortSignal | undefined;
}

/** The names of the options of `claimOne`. */
export const CLAIM_ONE_OPTIONS: OptionNames<ClaimOneOptions<unknown, string>> = {
  where: true,
  select: true,
  orderBy: true,
  ...QUEUE_OPTIONS,
  ...SEND_OPTIONS,
};

/** The result of `claimOne`: a job and its outcome. */
export interface JobResult<Row> {
  /** The row as it was when it was claimed. */
  readonly row: Row;
  /** `retry` if the job is pending again. */
  readonly status: "done" | "retry" | "failed" | "dead";
  /** The number of this try, from 1; always 1 without a column of attempts. */
  readonly attempt: number;
  /** The error that the handler threw. */
  readonly error: unknown;
}

/**
 * Claims the next pending job and runs a handler for it in one transaction: if the process or the connection dies, the job
 * is pending again. The job is done when the handler returns. If the handler throws, its work is rolled back, and the job
 * has failed or waits for its next try. A handler may delete its job.
 * @param sql a Bun SQL handle; inside a transaction the job is processed in a savepoint
 * @param schema a snapshot; only jobs inside its scope are claimed
 * @param table the table of jobs, which needs a primary key
 * @param handler is called with the row, the transaction's handle and the number of the try
 * @param options a filter, columns and statuses, `tries`, `timeout` of the handler in milliseconds; `signal`
 * @returns the row as it was claimed and the job's end; undefined if no job is due
 * @throws ArgumentError and ValidationError if the table is not a queue; UnknownNameError; QueryError; ConstraintError if
 * the status cannot be stored
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
  return await claimNext(sql, schema, table, handler, options);
}

/** As `claimOne`. After `stop` it starts no handler: a worker can still wait for a connection, or for its claim, at that time. */
export async function claimNext<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  handler: JobHandler<Pick<RowOf<Tables, Name>, Column>>,
  options: ClaimOneOptions<FilterOf<Tables, Name>, Column>,
  stop?: AbortSignal,
): Promise<JobResult<Pick<RowOf<Tables, Name>, Column>> | undefined> {
  requireFunction("handler", handler);
  requireOptions("claimOne", options, CLAIM_ONE_OPTIONS);
  checkLimits(options);
  const queue = queuePlan(schema, table, options);
  if (!abilitiesOf(schema).savepoints)
    throw new ArgumentError(
      `${table}: jobs require savepoints, which ${printEngine(schema)} lacks; change their status with update and a version column`,
    );
  const next = nextJobSql(schema, queue, options as JobFilter);
  const { onStatement, signal } = options;
  const send = onStatement === undefined ? {} : { onStatement };
  const lost = new AbortController();
  const onUnanswered = (): void => lost.abort(unansweredError(sql));
  const work = { queue, handler: handler as JobHandler<unknown>, timeout: options.timeout, onUnanswered };
  const isOutermost = !isTransaction(sql);
  const process = async (tx: SqlHandle): Promise<JobResult<unknown> | undefined> => {
    if (stop?.aborted) return undefined;
    const job = await claimJob(tx, next, send).catch(async error => {
      // A worker on a former primary goes on with a new connection.
      if (isOutermost) await leaveStandby(tx, error);
      throw error;
    });
    if (job === undefined || stop?.aborted) return undefined;
    const { end, error } = await runJob(tx, job, { ...work, isOutermost });
    await storeEnd(tx, queue, end, async (handle, stored) => {
      await runCount({ sql: handle, schema, table, options: send }, finishJobSql(schema, queue, job, stored));
    });
    const status = end.status === "pending" ? "retry" : end.status;
    return { row: job.row, status, attempt: job.attempt, error };
  };
  // Without a timeout of the handler nothing notices that the connection is dead.
  const stops = options.timeout === undefined ? [signal] : [signal, lost.signal];
  const result = await transaction(sql, process, { signal: anySignal(stops) });
  return result as JobResult<Pick<RowOf<Tables, Name>, Column>> | undefined;
}

function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter(signal => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}

function unansweredError(sql: SqlHandle): QueryError {
  const reason = driverError("ERR_POSTGRES_CONNECTION_CLOSED", "the server does not answer");
  return queryError(reason, "the transaction", { sql });
}

type StoreEnd = (sql: SqlHandle, end: JobEnd) => Promise<void>;

// The encoding of the database can lack a character of an error (22P05), and the job could never end.
async function storeEnd(tx: SqlHandle, queue: QueuePlan, end: JobEnd, store: StoreEnd): Promise<void> {
  const ascii = asciiEnd(queue, end);
  if (ascii.error === end.error) return await store(tx, end);
  try {
    await begin(tx, savepoint => store(savepoint, end));
  } catch (error) {
    if (codesOf(error).sqlstate !== "22P05") throw error;
    await store(tx, ascii);
  }
}

async function claimJob(tx: SqlHandle, next: JobStatement, options: RunOptions): Promise<Job | undefined> {
  const [row] = await run(tx, next, options);
  return row && jobOf(row, next);
}

// Moves the columns that `nextJobSql` adds out of the caller's row.
function jobOf(row: Record<string, unknown>, { key, tableoid, attempts }: JobStatement): Job {
  const take = (name: string): string => {
    const text = row[name];
    delete row[name];
    return text as string;
  };
  const before = attempts === undefined ? 0 : Number(take(attempts));
  return {
    row,
    key: key.map(take),
    tableoid: tableoid === undefined ? undefined : take(tableoid),
    attempt: before + 1,
  };
}
