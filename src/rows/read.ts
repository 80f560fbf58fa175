import { begin } from "../driver/begin.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { type Include, type IncludeNode, includeNodes, linkColumns } from "../statements/include.ts";
import { includeSql } from "../statements/include-sql.ts";
import { planColumn, type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { type ExactRead, exactRead } from "./exact-read.ts";
import { includeRows } from "./include-rows.ts";
import { type Context, type RunOptions, run } from "./run.ts";

/** Options of the functions that read rows of one table. */
export interface ReadOptions extends RunOptions {
  readonly select?: readonly string[] | undefined;
  readonly include?: Include;
  readonly lock?: string;
}

type Row = Record<string, unknown>;

/** The handle, the snapshot and the options of a call that reads rows. */
export interface ReadContext extends Context {
  readonly options: ReadOptions | undefined;
}

/**
 * Sends a statement and returns its rows. With an include it also reads the related rows: in the caller's transaction,
 * or in a transaction that shows all statements the same state of the data.
 */
export function readRows(
  context: ReadContext,
  statement: RowStatement,
  include: IncludePlan | undefined,
): Promise<Row[]> {
  return include === undefined
    ? run(context.sql, statement, context.options)
    : readIncluded(context, statement, include);
}

async function readIncluded(
  context: ReadContext,
  statement: RowStatement,
  include: IncludePlan,
): Promise<Row[]> {
  const { sql, options } = context;
  return await oneView(sql, options, async view => {
    const rows = await run(view, statement, options);
    await addIncluded({ sql: view, options }, rows, include);
    return rows;
  });
}

/** Adds the related rows to rows of the statement that `include.schema` built. */
export async function addIncluded(
  { sql, options }: Pick<Context, "sql" | "options">,
  rows: readonly Row[],
  { plan, nodes, hidden, schema, restore }: IncludePlan,
): Promise<void> {
  await includeRows({ sql, options, schema, restore }, plan, rows, nodes);
  restore(plan.relation.key, rows);
  dropColumns(rows, hidden);
}

/** Runs reads that have to see the same state of the data; in a transaction of the caller its isolation decides. */
export async function oneView<Result>(
  sql: SqlHandle,
  options: Pick<ReadOptions, "lock"> | undefined,
  read: (view: SqlHandle) => Promise<Result>,
): Promise<Result> {
  if (isTransaction(sql)) return await read(sql);
  const mode = options?.lock ? "" : " read only";
  return await begin(sql, read, `isolation level repeatable read${mode}`);
}

/** A validated include with the columns that have to be read for it. */
export interface IncludePlan extends ExactRead {
  readonly plan: RelationPlan;
  readonly nodes: readonly IncludeNode[];
  /** Columns that are only read to find the related rows. */
  readonly hidden: readonly string[];
  readonly select: readonly string[] | undefined;
}

/** The plan of an include, undefined without one; throws for every mistake in it before the first statement is sent. */
export function includePlan(
  schema: AnySchema,
  table: string,
  options: Pick<ReadOptions, "include" | "select"> | undefined,
): IncludePlan | undefined {
  if (options?.include === undefined) return undefined;
  const { include, select } = options;
  const read = exactRead(
    schema,
    usedColumns(relationPlan(schema, table), includeNodes(schema, table, include)),
  );
  const plan = relationPlan(read.schema, table);
  const nodes = includeNodes(read.schema, table, include);
  checkIncludes(read.schema, plan, nodes);
  const hidden = select === undefined ? [] : linkColumns(nodes).filter(name => !select.includes(name));
  return { ...read, plan, nodes, hidden, select: select && [...select, ...hidden] };
}

// The columns by whose values related rows are found.
function usedColumns(plan: RelationPlan, nodes: readonly IncludeNode[]): readonly ColumnPlan[] {
  return nodes.flatMap(({ link, plan: related, children }) => [
    ...link.from.map(name => planColumn(plan, name)),
    ...usedColumns(related, children),
  ]);
}

/** The options of a statement, with the columns that an include needs. */
export function optionsWith<Options extends Pick<ReadOptions, "select">>(
  options: Options | undefined,
  include: IncludePlan | undefined,
): Options | undefined {
  return include === undefined ? options : { ...(options as Options), select: include.select };
}

/** Removes columns that were only read for the library. */
export function dropColumns(rows: readonly Row[], names: readonly string[]): void {
  for (const name of names) for (const row of rows) delete row[name];
}

function checkIncludes(schema: AnySchema, parent: RelationPlan, nodes: readonly IncludeNode[]): void {
  for (const node of nodes) {
    includeSql(schema, parent, node, []);
    checkIncludes(schema, node.plan, node.children);
  }
}
