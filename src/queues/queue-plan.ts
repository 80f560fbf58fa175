import { ArgumentError } from "../errors.ts";
import { checkedRow } from "../rows/write.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import {
  type ColumnPlan,
  planColumn,
  type RelationPlan,
  relationPlan,
  requireKey,
} from "../statements/relation-plan.ts";

/** What a table of jobs looks like, and how often a job is tried. */
export interface QueueOptions {
  /** The columns: `status`, and where the table has them `attempts`, `error` and `run_at`; `false` for none. */
  readonly columns?: {
    readonly status?: string;
    readonly attempts?: string | false;
    readonly error?: string | false;
    readonly runAt?: string | false;
  };
  /** The values of the status: `pending`, `done`, `failed`; `dead`, after the last of several tries, is `failed` too by default. */
  readonly statuses?: {
    readonly pending?: unknown;
    readonly done?: unknown;
    readonly failed?: unknown;
    readonly dead?: unknown;
  };
  /** How often a job is tried whose handler throws; once by default. */
  readonly tries?: number;
  /** Milliseconds until the next try, by the number of those before it; 1 s, 2 s, 4 s ... up to an hour by default. */
  readonly backoff?: (attempt: number) => number;
}

/** A table of jobs, its columns judged. */
export interface QueuePlan {
  readonly plan: RelationPlan;
  readonly status: ColumnPlan;
  readonly attempts: ColumnPlan | undefined;
  readonly error: ColumnPlan | undefined;
  readonly runAt: ColumnPlan | undefined;
  readonly statuses: Readonly<Record<"pending" | "done" | "failed" | "dead", unknown>>;
  readonly tries: number;
  readonly backoff: (attempt: number) => number;
}

const HOUR_MS = 3_600_000;

/** The plan of a table of jobs; throws for columns that are not there, of another type, or that cannot hold a status. */
export function queuePlan(schema: AnySchema, table: string, options: QueueOptions = {}): QueuePlan {
  const { columns = {}, tries = 1 } = options;
  const plan = relationPlan(schema, table);
  requireKey(plan);
  const find = (given: string | false | undefined, usual: string): ColumnPlan | undefined =>
    given === false || (given === undefined && !plan.columns.has(usual))
      ? undefined
      : planColumn(schema, plan, given ?? usual);
  const status = planColumn(schema, plan, columns.status ?? "status");
  const attempts = find(columns.attempts, "attempts");
  const error = find(columns.error, "error");
  const runAt = find(columns.runAt, "run_at");
  requireFamily(attempts, ["integer", "bigint"], "a whole number");
  requireFamily(error, ["text"], "text");
  if (runAt !== undefined && runAt.codec.castType !== "timestamptz")
    throw new ArgumentError(`${runAt.label} is ${runAt.column.type}: timestamptz is needed`);
  if (!Number.isSafeInteger(tries) || tries < 1)
    throw new ArgumentError(`tries is a whole number from 1, received ${String(tries)}`);
  if (tries > 1 && (attempts === undefined || runAt === undefined))
    throw new ArgumentError(
      `${plan.relation.key}: several tries need columns for attempts (a whole number) and run_at (timestamptz)`,
    );
  const statuses = { pending: "pending", done: "done", failed: "failed", ...options.statuses };
  const dead = statuses.dead ?? statuses.failed;
  for (const value of [statuses.pending, statuses.done, statuses.failed, dead])
    checkedRow(schema, table, { [status.column.name]: value }, "update", undefined);
  const backoff = options.backoff ?? (attempt => Math.min(500 * 2 ** attempt, HOUR_MS));
  return { plan, status, attempts, error, runAt, statuses: { ...statuses, dead }, tries, backoff };
}

function requireFamily(column: ColumnPlan | undefined, families: readonly string[], needed: string): void {
  const shape = column?.codec.shape;
  if (shape !== undefined && !(shape.kind === "scalar" && families.includes(shape.family)))
    throw new ArgumentError(`${column!.label} is ${column!.column.type}: ${needed} is needed`);
}
