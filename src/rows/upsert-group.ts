import type { SqlHandle } from "../driver/handle.ts";
import { QueryError, ScopeError } from "../errors.ts";
import { absentRowsSql } from "../statements/bulk-rows.ts";
import { canCopy } from "../statements/copy-in-sql.ts";
import { conflictTarget } from "../statements/on-conflict.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { scopeOf } from "../statements/scope.ts";
import type { RowStatement } from "../statements/statement.ts";
import { stagedUpsertSql, upsertManySql } from "../statements/upsert-many-sql.ts";
import { hasKey, type UpsertOptions } from "../statements/upsert-sql.ts";
import { atomically } from "./bulk.ts";
import type { Row, RowGroup } from "./bulk-groups.ts";
import { withFailingRow } from "./failing-row.ts";
import {
  type BulkTarget,
  insertGroup,
  insertGroupReturning,
  type ManyReturning,
  runCopy,
} from "./insert-group.ts";
import { runRows } from "./run.ts";
import { runCount, runWrite } from "./write.ts";

/** The table that rows go to, and what happens to those that are there. */
export interface UpsertTarget extends BulkTarget {
  readonly conflict: Pick<UpsertOptions, "key" | "update">;
}

/** Rows from which a temporary table and a COPY cost less than parameters. */
const STAGE_FROM = 2_000;

/** Upserts rows that have the same columns and no key twice; the number written. */
export async function upsertGroup(
  sql: SqlHandle,
  target: UpsertTarget,
  group: RowGroup,
  from: number,
): Promise<number> {
  const { schema, table, options, conflict } = target;
  const { rows } = group;
  if (!canConflict(target, group)) return await insertGroup(sql, target, group, from);
  const names = Object.keys(rows[0]!);
  const isStaged = rows.length >= STAGE_FROM && canCopy(relationPlan(schema, table), names);
  const builder = (): RowStatement => upsertManySql(schema, table, rows, { ...conflict, returning: false });
  return await insideScope(sql, target, group, from, async tx => {
    const staged = isStaged ? await upsertStaged(tx, target, rows) : undefined;
    const written = staged ?? (await runCount(tx, schema, options, builder));
    return { written, result: written };
  });
}

/** As `upsertGroup`, returning the rows written, in order. */
export async function upsertGroupReturning(
  sql: SqlHandle,
  target: UpsertTarget,
  group: RowGroup,
  from: number,
  options: ManyReturning,
): Promise<readonly Row[]> {
  if (!canConflict(target, group)) return await insertGroupReturning(sql, target, group, from, options);
  const { schema, table, conflict } = target;
  const returning = Array.isArray(options.returning) ? { returning: options.returning } : {};
  return await insideScope(sql, target, group, from, async tx => {
    const result = await runWrite(
      tx,
      schema,
      target.options,
      () => upsertManySql(schema, table, group.rows, { ...conflict, ...returning }),
      all => all,
    );
    return { written: result.length, result };
  });
}

function canConflict({ schema, table, conflict }: UpsertTarget, { rows }: RowGroup): boolean {
  const plan = relationPlan(schema, table);
  const target = conflictTarget(schema, plan, conflict.key, conflict.update !== "nothing");
  return hasKey(schema, plan, target, rows[0]!);
}

// A row outside the scope is left alone by its statement, which then undoes what it did to the others.
async function insideScope<Result>(
  sql: SqlHandle,
  target: UpsertTarget,
  group: RowGroup,
  from: number,
  send: (sql: SqlHandle) => Promise<{ readonly written: number; readonly result: Result }>,
): Promise<Result> {
  const { schema, table, conflict } = target;
  const isGuarded = scopeOf(schema, relationPlan(schema, table)).length > 0 && conflict.update !== "nothing";
  try {
    if (!isGuarded) return (await send(sql)).result;
    return await atomically(sql, async tx => {
      const { written, result } = await send(tx);
      if (written < group.rows.length) await requireInScope(tx, target, group, from);
      return result;
    });
  } catch (error) {
    throw withFailingRow(schema, table, error, group, from);
  }
}

async function requireInScope(
  sql: SqlHandle,
  { schema, table, options, conflict }: UpsertTarget,
  { rows, positions }: RowGroup,
  from: number,
): Promise<void> {
  const key = conflict.key ?? relationPlan(schema, table).key.map(({ column }) => column.name);
  const [first] = await runRows(
    sql,
    options,
    () => absentRowsSql(schema, table, key, rows),
    absent => absent,
  );
  if (first === undefined) return;
  const index = from + positions[Number(first["n"]) - 1]!;
  throw new ScopeError(
    `${table}, row ${index}: nothing was written: the key belongs to a row outside the snapshot's scope`,
  );
}

// Undefined when the role may not make temporary tables.
async function upsertStaged(
  sql: SqlHandle,
  { schema, table, options, conflict }: UpsertTarget,
  rows: readonly Row[],
): Promise<number | undefined> {
  const staged = stagedUpsertSql(schema, table, rows, conflict);
  const run = (tx: SqlHandle, text: string): Promise<number> =>
    runCount(tx, schema, options, () => ({ text, params: [], output: [] }));
  try {
    return await atomically(sql, async tx => {
      await run(tx, staged.create);
      await runCopy(tx, schema, options, () => staged.copy);
      const count = await runCount(tx, schema, options, () => staged.upsert);
      await run(tx, staged.drop);
      return count;
    });
  } catch (error) {
    if (error instanceof QueryError && error.sqlstate === "42501" && error.text === staged.create)
      return undefined;
    throw error;
  }
}
