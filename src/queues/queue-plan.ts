import { ArgumentError, UnknownNameError } from "../errors.ts";
import { requireValidRow } from "../rows/write.ts";
import { type OptionNames, requireFunction, requireOptions } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { planColumn, type RelationPlan, relationPlan, requireKey } from "../statements/relation-plan.ts";

/** The columns and statuses of a table of jobs, and its tries. */
export interface QueueOptions {
  /** The columns: `status`, and `attempts`, `error` and `run_at` if they exist; `false` ignores a column. */
  readonly columns?: {
    readonly status?: string;
    readonly attempts?: string | false;
    readonly error?: string | false;
    readonly runAt?: string | false;
  };
  /** The values of the status: `pending`, `done` and `failed`; `dead`, after the last of several tries, is `failed` by default. */
  readonly statuses?: {
    readonly pending?: unknown;
    readonly done?: unknown;
    readonly failed?: unknown;
    readonly dead?: unknown;
  };
  /** The number of tries of a job whose handler throws; 1 by default. */
  readonly tries?: number;
  /** Milliseconds until the next try, by the number of tries so far; 1 s, 2 s, 4 s, up to an hour by default. */
  readonly backoff?: (attempt: number) => number;
}

/** The names of the options in `QueueOptions`. */
export const QUEUE_OPTIONS: OptionNames<QueueOptions> = {
  columns: true,
  statuses: true,
  tries: true,
  backoff: true,
};
const COLUMN_NAMES: OptionNames<NonNullable<QueueOptions["columns"]>> = {
  status: true,
  attempts: true,
  error: true,
  runAt: true,
};
const STATUS_NAMES: OptionNames<NonNullable<QueueOptions["statuses"]>> = {
  pending: true,
  done: true,
  failed: true,
  dead: true,
};

/** A table of jobs with its columns, and the options with their defaults. */
export interface QueuePlan {
  readonly plan: RelationPlan;
  readonly status: ColumnPlan;
  readonly attempts: ColumnPlan | undefined;
  readonly error: ColumnPlan | undefined;
  /** The maximum number of characters of an error; undefined for any number. */
  readonly errorLength: number | undefined;
  readonly runAt: ColumnPlan | undefined;
  readonly statuses: Readonly<Record<"pending" | "done" | "failed" | "dead", unknown>>;
  readonly tries: number;
  readonly backoff: (attempt: number) => number;
}

const HOUR_MS = 3_600_000;

/** The plan of a table of jobs; throws if a column does not exist, has the wrong type, or cannot hold a status. */
export function queuePlan(schema: AnySchema, table: string, options: QueueOptions): QueuePlan {
  requireOptions("statuses", options.statuses, STATUS_NAMES);
  requireOptions("columns", options.columns, COLUMN_NAMES);
  const { tries = 1, backoff = attempt => Math.min(500 * 2 ** attempt, HOUR_MS) } = options;
  requireFunction("backoff", backoff);
  const plan = relationPlan(schema, table);
  requireKey(plan);
  const columns = queueColumns(plan, options.columns ?? {});
  requireTries(plan, columns, tries);
  return {
    plan,
    ...columns,
    errorLength: columns.error && lengthLimit(schema, columns.error),
    statuses: queueStatuses(schema, table, columns.status, options),
    tries,
    backoff,
  };
}

/** The limit of varchar(n) and char(n), whose modifier has 4 more. */
function lengthLimit({ types }: AnySchema, { column }: ColumnPlan): number | undefined {
  let { typeKey, typmod } = column;
  for (let type = types[typeKey]; type?.kind === "domain"; type = types[typeKey])
    [typeKey, typmod] = [type.base, type.baseTypmod];
  return typmod === -1 ? undefined : typmod - 4;
}

type QueueColumns = Pick<QueuePlan, "status" | "attempts" | "error" | "runAt">;

function queueColumns(plan: RelationPlan, names: NonNullable<QueueOptions["columns"]>): QueueColumns {
  const find = (name: string | false | undefined, usual: string): ColumnPlan | undefined =>
    name === false || (name === undefined && !plan.columns.has(usual))
      ? undefined
      : planColumn(plan, name ?? usual);
  const attempts = find(names.attempts, "attempts");
  const error = find(names.error, "error");
  const runAt = find(names.runAt, "run_at");
  requireType(
    attempts,
    hasFamily(attempts, ["integer", "bigint"]),
    "the column for attempts must be an integer",
  );
  requireType(error, hasFamily(error, ["text"]), "the column for errors must be text");
  requireType(runAt, runAt?.codec.castType === "timestamptz", "the column for run_at must be timestamptz");
  const columns = { status: statusColumn(plan, names.status), attempts, error, runAt };
  for (const column of Object.values(columns)) if (column !== undefined) requireOutsideScope(plan, column);
  return columns;
}

// The end of a job would move its row out of the scope.
function requireOutsideScope({ scope }: RelationPlan, { column, label }: ColumnPlan): void {
  if (scope.names.has(column.name))
    throw new ArgumentError(
      `${label} is part of the scope, so jobs cannot change it; use where in its place`,
    );
}

function statusColumn(plan: RelationPlan, name = "status"): ColumnPlan {
  if (name !== "status" || plan.columns.has(name)) return planColumn(plan, name);
  throw new UnknownNameError(
    `${plan.relation.key} has no column "status"; add the column, or name a different one with columns: { status: "column" }`,
  );
}

function hasFamily(column: ColumnPlan | undefined, families: readonly string[]): boolean {
  const shape = column?.codec.shape;
  return shape?.kind === "scalar" && families.includes(shape.family);
}

function requireType(column: ColumnPlan | undefined, isRight: boolean, rule: string): void {
  if (column !== undefined && !isRight)
    throw new ArgumentError(`${column.label} has type ${column.column.type}; ${rule}`);
}

function requireTries({ relation }: RelationPlan, { attempts, runAt }: QueueColumns, tries: number): void {
  if (!Number.isSafeInteger(tries) || tries < 1)
    throw new ArgumentError(`tries must be a positive integer, received ${String(tries)}`);
  if (tries > 1 && (attempts === undefined || runAt === undefined))
    throw new ArgumentError(
      `${relation.key}: tries: ${tries} requires an integer column attempts and a timestamptz column run_at; add them or name others with columns`,
    );
}

function queueStatuses(
  schema: AnySchema,
  table: string,
  { column }: ColumnPlan,
  options: QueueOptions,
): QueuePlan["statuses"] {
  const given = { pending: "pending", done: "done", failed: "failed", ...options.statuses };
  const statuses = { ...given, dead: given.dead ?? given.failed };
  for (const value of Object.values(statuses))
    requireValidRow({ schema, table, options: undefined }, "update", { [column.name]: value });
  return statuses;
}
