import { withCallSite } from "../driver/call-site.ts";
import { closedPoolError } from "../driver/closed-pool.ts";
import { whenUnanswered } from "../driver/deadline.ts";
import { type ListeningHandle, requireListening } from "../driver/handle.ts";
import { isUnavailable } from "../driver/lost-connection.ts";
import { ArgumentError, UnknownOutcomeError } from "../errors.ts";
import { type OptionNames, requireFunction, requireOptions } from "../schema/arguments.ts";
import { abilitiesOf } from "../schema/engine.ts";
import { quoteLiteral } from "../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { failureKind, retryDelay } from "../transactions/failure.ts";
import { CLAIM_ONE_OPTIONS, type ClaimOneOptions, claimNext, type JobResult } from "./claim-one.ts";
import { type JobFilter, nextJobSql } from "./job-sql.ts";
import { channelName, dropNotifyTriggerSql, notifyTriggerSql } from "./notify-trigger.ts";
import { queuePlan } from "./queue-plan.ts";
import type { JobHandler } from "./run-job.ts";
import { subscribe, unlessAborted } from "./subscribe.ts";

const NAME = "rowfn_jobs";
const TRIGGERS = { rowfn_jobs: ["AFTER INSERT", "FOR EACH STATEMENT"] } as const;

/**
 * The trigger that wakes idle workers of `work`: one notification per INSERT into the table or a partition in the
 * snapshot. Without it the workers only poll.
 * @param schema a snapshot
 * @param table the table of jobs
 * @returns the DDL, which can be run again
 * @throws UnknownNameError if the table does not exist; ArgumentError for a view
 * @example `for (const text of wakeSql(schema, "invoice")) await sql.unsafe(text);`
 */
export function wakeSql(schema: AnySchema, table: string): readonly string[] {
  const plan = relationPlan(schema, table);
  const channel = quoteLiteral(channelName(NAME, plan.relation));
  const body = `BEGIN PERFORM pg_catalog.pg_notify(${channel}, ''); RETURN NULL; END`;
  return notifyTriggerSql(schema, plan, { name: NAME, body, triggers: TRIGGERS });
}

/**
 * Drops the trigger of `wakeSql`.
 * @param schema a snapshot
 * @param table the table of jobs
 * @returns the DDL
 * @throws UnknownNameError if the table does not exist
 * @example `for (const text of unwakeSql(schema, "invoice")) await sql.unsafe(text);`
 */
export function unwakeSql(schema: AnySchema, table: string): readonly string[] {
  return [dropNotifyTriggerSql(relationPlan(schema, table), NAME)];
}

/** Options of `work`. */
export interface WorkOptions<Row, Column extends string> extends ClaimOneOptions<Row, Column> {
  /** The number of jobs that are processed at the same time, each on a connection of the pool; 1 by default. */
  readonly concurrency?: number;
  /** Milliseconds after which an idle worker polls without a notification; 1,000 by default. */
  readonly poll?: number;
  /** Stops the workers: running jobs are finished, no further job is claimed. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each finished job. */
  readonly onJob?: (result: JobResult<Pick<Row, Column & keyof Row>>) => void;
  /** Called when a connection is lost or cannot be opened, or the server is a standby; the workers continue as soon as they can. */
  readonly onLost?: (error: unknown) => void;
}

const WORK_OPTIONS: OptionNames<WorkOptions<unknown, string>> = {
  concurrency: true,
  poll: true,
  onJob: true,
  onLost: true,
  ...CLAIM_ONE_OPTIONS,
};

/**
 * Processes the jobs of a table, each as by `claimOne`, until a signal stops it. Idle workers wait for a notification (the
 * trigger of `wakeSql` sends it) and poll. Workers survive lost connections, a primary that becomes a standby, and
 * serialization failures.
 * @param sql a pool with one connection per concurrent job; listening uses one more
 * @param schema a snapshot; only jobs inside its scope are claimed
 * @param table the table of jobs
 * @param handler as for `claimOne`
 * @param options as for `claimOne`; `concurrency`, `poll` in milliseconds, `signal`
 * @returns the number of finished jobs, after the signal has stopped the workers and the last job is finished
 * @throws the error of `claimOne` if a job can be neither claimed nor finished, after the other workers have stopped;
 * QueryError if the pool is closed; ArgumentError if an option is invalid
 * @example `await work(sql, schema, "job", sendMail, { concurrency: 4, signal })`
 */
export async function work<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: ListeningHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  handler: JobHandler<Pick<RowOf<Tables, Name>, Column>>,
  options: WorkOptions<FilterOf<Tables, Name>, Column> = {},
): Promise<number> {
  requireListening(sql);
  requireFunction("handler", handler);
  requireOptions("work", options, WORK_OPTIONS);
  const { concurrency = 1, poll = 1_000, signal, onJob, onLost, ...jobs } = options;
  requireLimits(concurrency, poll);
  // An invalid option is rejected at once, even if the signal is already aborted.
  nextJobSql(schema, queuePlan(schema, table, options), options as JobFilter);
  const failure = new AbortController();
  const stop = AbortSignal.any([failure.signal, ...(signal === undefined ? [] : [signal])]);
  const bell = newBell(stop);
  const processNext = async (): Promise<boolean> => {
    const claim = (run: typeof handler) => claimNext(sql, schema, table, run, jobs, stop);
    const result = await untilStopped(claim, handler, stop);
    if (result !== undefined) onJob?.(result as never);
    return result !== undefined;
  };
  const isClosed = async (): Promise<boolean> => (await closedPoolError(sql)) !== undefined;
  const worker = { processNext, isClosed, bell, poll, stop, onLost };
  const channel = channelName(NAME, relationPlan(schema, table).relation);
  // Without LISTEN they only poll.
  const { listen } = abilitiesOf(schema);
  const subscription = listen
    ? await unlessAborted(subscribe(sql, channel, bell.ring, bell.ring), stop)
    : undefined;
  try {
    return await runWorkers(concurrency, worker, failure);
  } finally {
    await subscription?.unlisten();
  }
}

/** Waits for a claim and its job. A server that hangs does not answer a claim, and without a job there is nothing to finish. */
async function untilStopped<Row, Result>(
  claim: (handler: JobHandler<Row>) => Promise<Result | undefined>,
  handler: JobHandler<Row>,
  stop: AbortSignal,
): Promise<Result | undefined> {
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<undefined>();
  const stopWaiting = whenUnanswered(stop, () => giveUp(undefined));
  const claimed = claim((...job) => {
    stopWaiting();
    return handler(...job);
  });
  try {
    return await Promise.race([claimed, givenUp]);
  } catch (error) {
    throw withCallSite(error);
  } finally {
    stopWaiting();
  }
}

function requireLimits(concurrency: number, poll: number): void {
  if (!(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw new ArgumentError(`concurrency must be a positive integer, received ${String(concurrency)}`);
  if (!(Number.isFinite(poll) && poll > 0 && poll < 2 ** 31))
    throw new ArgumentError(
      `poll must be a positive number of milliseconds below 2^31, received ${String(poll)}`,
    );
}

interface Worker {
  /** Returns false if no job is due. */
  readonly processNext: () => Promise<boolean>;
  /** Whether the caller has closed the pool, so that no job will be claimed any more. */
  readonly isClosed: () => Promise<boolean>;
  readonly bell: Bell;
  readonly poll: number;
  readonly stop: AbortSignal;
  readonly onLost: ((error: unknown) => void) | undefined;
}

/** Runs workers until they are stopped; if one fails, it stops the others. */
async function runWorkers(count: number, worker: Worker, failure: AbortController): Promise<number> {
  const loops = Array.from({ length: count }, async () => {
    try {
      return await workerLoop(worker);
    } catch (error) {
      failure.abort();
      throw error;
    }
  });
  await Promise.allSettled(loops);
  const counts = await Promise.all(loops);
  return counts.reduce((sum, finished) => sum + finished, 0);
}

async function workerLoop({ processNext, isClosed, bell, poll, stop, onLost }: Worker): Promise<number> {
  let count = 0;
  let conflicts = 0;
  while (!stop.aborted) {
    // Before the claim, so that a job that is inserted during the claim wakes the worker too.
    const heard = bell.rings();
    try {
      if (await processNext()) count++;
      else await bell.wait(heard, poll);
      conflicts = 0;
    } catch (error) {
      // Claiming and finishing a job conflict with other sessions above READ COMMITTED, and on engines that have only that.
      if (failureKind(error) === "conflict") await bell.wait(bell.rings(), retryDelay(++conflicts));
      else {
        // After a lost commit the job's row says whether the job is done or still pending.
        if (!(error instanceof UnknownOutcomeError) && !isGone(error)) throw error;
        if (await isClosed()) throw error;
        onLost?.(error);
        await bell.wait(bell.rings(), poll);
      }
    }
  }
  return count;
}

// A server that became a standby, or has no connection left, is gone for a while too.
function isGone(error: unknown): boolean {
  return failureKind(error) === "lost" || isUnavailable(error);
}

/** Wakes all workers that wait. */
interface Bell {
  readonly ring: () => void;
  /** How often it has rung. */
  readonly rings: () => number;
  /** Waits until it rings, unless it has since `heard`, the workers are stopped, or the milliseconds have passed. */
  readonly wait: (heard: number, milliseconds: number) => Promise<void>;
}

function newBell(stop: AbortSignal): Bell {
  let count = 0;
  // A promise of the next ring would remember every wait that ended without one.
  const waiting = new Set<() => void>();
  const ring = (): void => {
    count++;
    for (const wake of waiting) wake();
  };
  stop.addEventListener("abort", ring);
  const wait: Bell["wait"] = async (heard, milliseconds) => {
    if (stop.aborted || count !== heard) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
  };
  return { ring, rings: () => count, wait };
}
