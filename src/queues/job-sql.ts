import type { AnySchema } from "../schema/snapshot.ts";
import type { Where } from "../statements/filter.ts";
import { col, expr } from "../statements/fragment.ts";
import { and, eq } from "../statements/operators.ts";
import type { OrderBy } from "../statements/order.ts";
import { keyTextsCondition } from "../statements/primary-key.ts";
import { requireKey, textColumn } from "../statements/relation-plan.ts";
import { assignments } from "../statements/row-values.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { newBinder, type RowStatement, type Statement } from "../statements/statement.ts";
import { setClause } from "../statements/update-sql.ts";
import type { QueuePlan } from "./queue-plan.ts";

/** The statement that takes a job, and which columns of its row are not the caller's. */
export interface JobStatement extends RowStatement {
  /** The columns with the key's exact texts, in key order. */
  readonly key: readonly string[];
  /** The column with the number of tries before this one. */
  readonly attempts: string | undefined;
}

/** Which jobs are taken. */
export interface JobFilter {
  readonly where?: Where<never>;
  readonly select?: readonly string[] | undefined;
  readonly orderBy?: OrderBy;
}

/** The next pending job whose time has come, locked; by default in the order of the key. */
export function jobSql(schema: AnySchema, queue: QueuePlan, options: JobFilter): JobStatement {
  const { plan, status, attempts, runAt, statuses } = queue;
  const keyColumns = requireKey(plan);
  const time = runAt && col(plan.relation.key, runAt.column.name);
  const due = time === undefined ? [] : [expr`${time} IS NULL OR ${time} <= statement_timestamp()`];
  const own = options.where === undefined ? [] : [options.where as Where];
  const statement = rowsWhereSql<Record<string, unknown>>(schema, plan.relation.key, {
    select: options.select,
    where: and({ [status.column.name]: eq(statuses.pending) }, ...due, ...own),
    orderBy: options.orderBy ?? keyColumns.map(({ column }) => column.name),
    limit: 1,
    lock: "update",
    skipLocked: true,
  });
  const key = keyColumns.map((column, index) => textColumn(schema, plan, column, `key${index + 1}`));
  const tried = attempts === undefined ? [] : [textColumn(schema, plan, attempts, "tried")];
  const extra = [...key, ...tried];
  return {
    text: statement.text.replace(/^SELECT /, () => `SELECT ${extra.map(({ sql }) => sql).join(", ")}, `),
    params: statement.params,
    output: [...extra.map(({ output }) => output), ...statement.output],
    key: key.map(({ output }) => output.name),
    attempts: tried[0]?.output.name,
  };
}

/** How a job ended, as it is written into its row. */
export interface JobEnd {
  readonly status: keyof QueuePlan["statuses"];
  readonly error: string | null;
  /** Milliseconds until it is taken again. */
  readonly after: number;
}

/** Writes the end of a job into its row, unless the handler has deleted it. */
export function endJobSql(
  schema: AnySchema,
  queue: QueuePlan,
  key: readonly string[],
  { status, error, after }: JobEnd,
): Statement {
  const { plan, attempts, runAt } = queue;
  const binder = newBinder();
  const table = plan.relation.key;
  const changes: Record<string, unknown> = { [queue.status.column.name]: queue.statuses[status] };
  if (attempts !== undefined)
    changes[attempts.column.name] = expr`coalesce(${col(table, attempts.column.name)}, 0) + 1`;
  if (queue.error !== undefined) changes[queue.error.column.name] = error;
  if (runAt !== undefined && status === "pending")
    changes[runAt.column.name] =
      expr`statement_timestamp() + make_interval(secs => ${String(after / 1000)}::float8)`;
  const set = setClause(schema, binder, assignments(schema, plan, changes));
  const where = keyTextsCondition(schema, plan, binder, key);
  return { text: `UPDATE ${plan.name} SET ${set} WHERE ${where}`, params: binder.params };
}
