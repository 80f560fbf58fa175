import { quoteLiteral } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type ColumnPlan, comparedSql, filterText } from "../statements/column-plan.ts";
import { and } from "../statements/combinations.ts";
import type { Where } from "../statements/filter.ts";
import { col, expr, ownFragment } from "../statements/fragment.ts";
import { eq } from "../statements/operators.ts";
import type { OrderBy } from "../statements/order.ts";
import { type FoundRow, foundRowSql } from "../statements/primary-key.ts";
import { identityColumns, requireKey, textColumn } from "../statements/relation-plan.ts";
import { assignments, setSql } from "../statements/row-values.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { type RowStatement, scopedBinder } from "../statements/statement.ts";
import { codecFor } from "../types/resolve.ts";
import type { QueuePlan } from "./queue-plan.ts";

/** The statement that claims a job, and the columns that it returns besides the caller's. */
export interface JobStatement extends RowStatement {
  /** The columns with the exact texts of `identityColumns`. */
  readonly key: readonly string[];
  /** The column with the table of the job, if other tables inherit from the table. */
  readonly tableoid: string | undefined;
  /** The column with the number of tries before this one. */
  readonly attempts: string | undefined;
}

/** The jobs to claim. */
export interface JobFilter {
  /** A filter of the jobs; default: all pending jobs. */
  readonly where?: Where<never>;
  readonly select?: readonly string[] | undefined;
  readonly orderBy?: OrderBy;
}

/** Selects and locks the next pending job that is due, by default in the order of the key. */
export function nextJobSql(schema: AnySchema, queue: QueuePlan, options: JobFilter): JobStatement {
  const { plan, attempts } = queue;
  const primaryKey = requireKey(plan).map(({ column }) => column.name);
  const statement = rowsWhereSql<Record<string, unknown>>(schema, plan.relation.key, {
    select: options.select,
    where: dueCondition(queue, options.where as Where | undefined),
    orderBy: options.orderBy ?? primaryKey,
    limit: 1,
    // Rows that refer to the job can be inserted while it is processed, by the handler on another connection too.
    lock: "no key update",
    skipLocked: true,
  });
  const key = identityColumns(plan).map((column, index) =>
    textColumn(schema, plan, column, `key${index + 1}`),
  );
  const tried = attempts === undefined ? [] : [textColumn(schema, plan, attempts, "tried")];
  const tableoid = { quoted: "tableoid", codec: codecFor(schema, "oid", -1) };
  const table = plan.hasChildren ? [textColumn(schema, plan, tableoid, "table")] : [];
  const extra = [...key, ...tried, ...table];
  return {
    text: statement.text.replace(/^SELECT /, () => `SELECT ${extra.map(({ sql }) => sql).join(", ")}, `),
    params: statement.params,
    output: [...extra.map(({ output }) => output), ...statement.output],
    key: key.map(({ output }) => output.name),
    attempts: tried[0]?.output.name,
    tableoid: table[0]?.output.name,
  };
}

function dueCondition({ plan, status, runAt, statuses }: QueuePlan, where: Where | undefined): Where {
  const time = runAt && col(plan.relation.key, runAt.column.name);
  const due =
    time === undefined ? [] : [ownFragment(expr`${time} IS NULL OR ${time} <= statement_timestamp()`)];
  const own = where === undefined ? [] : [where];
  return and(pendingCondition(status, statuses.pending), ...due, ...own);
}

// A literal: after some executions PostgreSQL plans a prepared statement for any parameter, for which it cannot use a partial
// index of the pending jobs, and would look through all finished jobs for each claim.
function pendingCondition(status: ColumnPlan, pending: unknown): Where {
  const { column, label, filterCodec } = status;
  if (pending === null || filterCodec.equals === null) return { [column.name]: eq(pending as string | null) };
  const literal = quoteLiteral(filterText(label, filterCodec, pending));
  const text = `${comparedSql(status, "")} ${filterCodec.equals} ${literal}::${filterCodec.castType}`;
  return ownFragment(expr(text));
}

/** The status and error that are stored in a job's row; `after` is the milliseconds until a pending job is due again. */
export type JobEnd =
  | { readonly status: "pending"; readonly error: string | null; readonly after: number }
  | { readonly status: Exclude<keyof QueuePlan["statuses"], "pending">; readonly error: string | null };

/** Stores the end of a job; changes no row if the handler has deleted it. */
export function finishJobSql(schema: AnySchema, queue: QueuePlan, job: FoundRow, end: JobEnd): RowStatement {
  const { plan } = queue;
  const binder = scopedBinder(schema);
  const set = setSql(schema, plan, binder, assignments(plan, jobChanges(queue, end)));
  const where = foundRowSql(plan, binder, job);
  return { text: `UPDATE ${plan.name} SET ${set} WHERE ${where}`, params: binder.params, output: [] };
}

function jobChanges(queue: QueuePlan, end: JobEnd): Record<string, unknown> {
  const { plan, attempts, runAt } = queue;
  const changes: Record<string, unknown> = { [queue.status.column.name]: queue.statuses[end.status] };
  if (attempts !== undefined) {
    const tried = col(plan.relation.key, attempts.column.name);
    changes[attempts.column.name] = ownFragment(expr`coalesce(${tried}, 0) + 1`);
  }
  if (queue.error !== undefined) changes[queue.error.column.name] = end.error;
  if (runAt !== undefined && end.status === "pending") {
    const seconds = String(end.after / 1000);
    changes[runAt.column.name] = ownFragment(
      expr`statement_timestamp() + make_interval(secs => ${seconds}::float8)`,
    );
  }
  return changes;
}
