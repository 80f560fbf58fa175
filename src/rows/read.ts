import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type Include, type IncludeNode, includeNodes, linkColumns } from "../statements/include.ts";
import { includeSql } from "../statements/include-sql.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { includeRows } from "./include-rows.ts";
import { type RunOptions, runRows } from "./run.ts";

/** Options of the functions that read rows of one table. */
export interface ReadOptions extends RunOptions {
  readonly select?: readonly string[] | undefined;
  readonly include?: Include;
  readonly lock?: string;
}

type Row = Record<string, unknown>;

/**
 * Reads rows and, with `include`, those related to them: all of one view of the data, in a transaction of its own, or
 * as the caller's transaction sees it.
 */
export function readRows<Result>(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  options: ReadOptions | undefined,
  build: (select: readonly string[] | undefined) => RowStatement,
  finish: (rows: Row[]) => Result,
): Promise<Result> {
  return options?.include === undefined
    ? runRows(sql, options, () => build(options?.select), finish)
    : readIncluded(sql, schema, table, options, build, finish);
}

async function readIncluded<Result>(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  options: ReadOptions,
  build: (select: readonly string[] | undefined) => RowStatement,
  finish: (rows: Row[]) => Result,
): Promise<Result> {
  const { plan, nodes, hidden, select } = includePlan(schema, table, options);
  const statement = build(select);
  const rows = await oneView(sql, options, async view => {
    const found = await runRows(
      view,
      options,
      () => statement,
      all => all,
    );
    await includeRows(view, schema, plan, found, nodes, options);
    return found;
  });
  const result = finish(rows);
  dropColumns(rows, hidden);
  return result;
}

/** Runs reads that belong together on one view of the data; a transaction of the caller's is what it is. */
export async function oneView<Result>(
  sql: SqlHandle,
  { lock }: ReadOptions,
  read: (view: SqlHandle) => Promise<Result>,
): Promise<Result> {
  if (isTransaction(sql)) return await read(sql);
  return (await sql.begin(`isolation level repeatable read${lock ? "" : " read only"}`, read)) as Result;
}

/** An include, resolved and judged, with the columns to read for it. */
export interface IncludePlan {
  readonly plan: RelationPlan;
  readonly nodes: readonly IncludeNode[];
  /** Columns that are read only to find related rows. */
  readonly hidden: readonly string[];
  readonly select: readonly string[] | undefined;
}

/** Throws for every mistake in an include before the first statement is sent. */
export function includePlan(schema: AnySchema, table: string, { include, select }: ReadOptions): IncludePlan {
  const plan = relationPlan(schema, table);
  const nodes = includeNodes(schema, table, include);
  checkIncludes(schema, plan, nodes);
  const hidden = select === undefined ? [] : linkColumns(nodes).filter(name => !select.includes(name));
  return { plan, nodes, hidden, select: select && [...select, ...hidden] };
}

export function dropColumns(rows: readonly Row[], names: readonly string[]): void {
  for (const name of names) for (const row of rows) delete row[name];
}

function checkIncludes(schema: AnySchema, parent: RelationPlan, nodes: readonly IncludeNode[]): void {
  for (const node of nodes) {
    includeSql(schema, parent, node, []);
    checkIncludes(schema, node.plan, node.children);
  }
}
