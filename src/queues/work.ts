import type { ListeningHandle } from "../driver/handle.ts";
import { ArgumentError, UnknownOutcomeError } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { failureKind } from "../transactions/failure.ts";
import { type ClaimOneOptions, claimOne, type JobHandler, type JobResult } from "./claim-one.ts";
import { queuePlan } from "./queue-plan.ts";
import { wakeChannel } from "./wake-sql.ts";

/** Options of `work`. */
export interface WorkOptions<Row, Column extends string> extends ClaimOneOptions<Row, Column> {
  /** Jobs at the same time, each on a connection of the pool; 1 by default. */
  readonly concurrency?: number;
  /** Milliseconds after which an idle worker looks again without a notification; 1,000 by default. */
  readonly poll?: number;
  /** Stops the workers: running jobs are finished, no other is taken. */
  readonly signal?: AbortSignal;
  /** Called with each job that has ended. */
  readonly onJob?: (result: JobResult<Pick<Row, Column & keyof Row>>) => void;
  /** Called when the connection was lost; the workers go on when it is back. */
  readonly onLost?: (error: unknown) => void;
}

/**
 * Handles the jobs of a table as `claimOne` does, one after the other, until a signal stops it. Workers wait for a
 * notification (`wakeSql` makes the trigger) and look by themselves now and then. A lost connection is outlived.
 * @param sql a Bun SQL handle: a pool with a connection for each job at the same time
 * @param schema a snapshot; jobs outside its scope are not there
 * @param table the table of jobs
 * @param handler as for `claimOne`
 * @param options as for `claimOne`; `concurrency`, `poll` in milliseconds, `signal`
 * @returns the number of jobs that ended, once the signal has stopped it and the last job has ended
 * @throws as `claimOne`, when a job can neither be taken nor ended, after the other workers have stopped; ArgumentError
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
  const { concurrency = 1, poll = 1_000, onJob, onLost } = options;
  requirePositive("concurrency", concurrency, Number.isSafeInteger(concurrency));
  requirePositive("poll", poll, poll < 2 ** 31);
  queuePlan(schema, table, options);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const bell = makeBell(signal);
  const take = (): Promise<boolean> =>
    claimOne(sql, schema, table, handler, options).then(result => {
      if (result !== undefined) onJob?.(result as never);
      return result !== undefined;
    });
  const subscription = await sql.listen(wakeChannel(schema, table), bell.ring, bell.ring);
  try {
    const loops = Array.from({ length: concurrency }, () =>
      workerLoop(take, bell, poll, signal, onLost).catch(error => {
        failed.abort();
        throw error;
      }),
    );
    const ended = await Promise.allSettled(loops);
    const broken = ended.find(loop => loop.status === "rejected");
    if (broken !== undefined) throw broken.reason;
    return ended.reduce((sum, loop) => sum + (loop.status === "fulfilled" ? loop.value : 0), 0);
  } finally {
    await subscription.unlisten();
  }
}

async function workerLoop(
  take: () => Promise<boolean>,
  bell: Bell,
  poll: number,
  signal: AbortSignal,
  onLost: ((error: unknown) => void) | undefined,
): Promise<number> {
  let count = 0;
  while (!signal.aborted) {
    // Before looking: a job that comes while it looks must wake it as well.
    const rung = bell.next();
    try {
      if (await take()) count++;
      else await waitFor(rung, poll);
    } catch (error) {
      // Whether a commit that was lost took place is in the row: the job is done, or pending.
      if (!(error instanceof UnknownOutcomeError) && failureKind(error) !== "lost") throw error;
      onLost?.(error);
      await waitFor(bell.next(), poll);
    }
  }
  return count;
}

/** Wakes all who wait. */
interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring, or when the work is stopped. */
  readonly next: () => Promise<void>;
}

function makeBell(signal: AbortSignal): Bell {
  let waiting = Promise.withResolvers<void>();
  const ring = (): void => {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  };
  signal.addEventListener("abort", ring, { once: true });
  return { ring, next: () => (signal.aborted ? Promise.resolve() : waiting.promise) };
}

async function waitFor(rung: Promise<void>, milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([rung, promise]);
  clearTimeout(timer);
}

function requirePositive(name: string, value: number, isFit: boolean): void {
  if (!(isFit && value > 0))
    throw new ArgumentError(`${name} is a number above 0, received ${String(value)}`);
}
