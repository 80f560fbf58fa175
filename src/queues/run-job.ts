import { isUnanswered } from "../driver/deadline.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { resultOf } from "../driver/own-transaction.ts";
import { sendAhead } from "../driver/pipeline.ts";
import { ArgumentError } from "../errors.ts";
import type { FoundRow } from "../statements/primary-key.ts";
import { transaction } from "../transactions/transaction.ts";
import { describeValue } from "../types/problem.ts";
import { type JobOutcome, outcomeOf, requireDelay } from "./job-outcome.ts";
import type { JobEnd } from "./job-sql.ts";
import type { QueuePlan } from "./queue-plan.ts";

/** Processes a job with the transaction `tx`, so that its work is rolled back with the transaction. */
export type JobHandler<Row> = (row: Row, tx: Bun.TransactionSQL, attempt: number) => unknown;

/** A claimed job. */
export interface Job extends FoundRow {
  readonly row: Record<string, unknown>;
  /** The number of this try, from 1. */
  readonly attempt: number;
}

interface JobWork {
  readonly queue: QueuePlan;
  readonly handler: JobHandler<unknown>;
  /** Milliseconds for the handler; no limit by default. */
  readonly timeout: number | undefined;
  /** Whether the transaction commits when the job is finished. */
  readonly isOutermost: boolean;
  /** Ends the transaction of the job, whose connection is dead. */
  readonly onUnanswered: () => void;
}

/** Runs the handler in a savepoint and returns the job's end. */
export async function runJob(
  tx: SqlHandle,
  job: Job,
  { queue, handler, timeout, isOutermost, onUnanswered }: JobWork,
): Promise<{ readonly end: JobEnd; readonly error: unknown }> {
  let checked: Promise<unknown> = Promise.resolve();
  const work = async (own: Bun.TransactionSQL): Promise<JobEnd> => {
    // A result that the table cannot store also rolls back the handler's work.
    const end = endOfResult(queue, await resultOf(handler(job.row, own, job.attempt)));
    // Otherwise a violated deferred constraint would fail the commit, and the job would be pending again.
    if (isOutermost) checked = sendAhead(own, CHECK_CONSTRAINTS);
    return end;
  };
  try {
    const end = await transaction(tx, work, timeout === undefined ? {} : { timeout });
    return { end, error: undefined };
  } catch (failure) {
    if (isUnanswered(failure)) onUnanswered();
    // After a violated constraint the end of the savepoint fails too.
    const error = await checked.then(
      () => failure,
      violation => violation,
    );
    return { end: endOfFailure(queue, job.attempt, error), error };
  }
}

const CHECK_CONSTRAINTS = { text: "SET CONSTRAINTS ALL IMMEDIATE", params: [] };

function endOfResult(queue: QueuePlan, result: unknown): JobEnd {
  const outcome = outcomeOf(result);
  if (outcome === undefined) return { status: "done", error: null };
  const { after, reason } = result as JobOutcome;
  const error = reason === null ? null : storedText(queue, reason);
  if (outcome === "failed") return { status: "failed", error };
  if (queue.runAt === undefined)
    throw new ArgumentError(
      `${queue.plan.relation.key}: retryLater requires a timestamptz column run_at; add the column, or name a different one with columns: { runAt: "column" }`,
    );
  return { status: "pending", error, after };
}

function endOfFailure(queue: QueuePlan, attempt: number, reason: unknown): JobEnd {
  const { tries, backoff } = queue;
  const error = storedText(queue, textOf(reason));
  if (attempt < tries)
    return { status: "pending", error, after: requireDelay("backoff must return", backoff(attempt)) };
  return { status: tries > 1 ? "dead" : "failed", error };
}

function textOf(reason: unknown): string {
  try {
    return reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  } catch {
    // An object without a prototype.
    return describeValue(reason);
  }
}

// Any text has to fit, or the job could never end. The type text has no NUL.
function storedText({ errorLength }: QueuePlan, text: string): string {
  const stored = text.replaceAll("\0", "");
  return errorLength === undefined ? stored : Array.from(stored).slice(0, errorLength).join("");
}

/** The end of a job whose error has only characters of every encoding: `\u{2192}` in place of an arrow. */
export function asciiEnd(queue: QueuePlan, end: JobEnd): JobEnd {
  if (end.error === null) return end;
  const escaped = end.error.replace(
    /\P{ASCII}/gu,
    character => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return { ...end, error: storedText(queue, escaped) };
}
