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
export async function readRows<Result>(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  options: ReadOptions | undefined,
  build: (select: readonly string[] | undefined) => RowStatement,
  finish: (rows: Row[]) => Result,
): Promise<Result> {
  if (options?.include === undefined)
    return await runRows(sql, options, () => build(options?.select), finish);
  const plan = relationPlan(schema, table);
  const nodes = includeNodes(schema, table, options.include);
  checkIncludes(schema, plan, nodes);
  const { select } = options;
  const hidden = select === undefined ? [] : linkColumns(nodes).filter(name => !select.includes(name));
  const statement = build(select && [...select, ...hidden]);
  const read = async (view: SqlHandle): Promise<Row[]> => {
    const rows = await runRows(
      view,
      options,
      () => statement,
      all => all,
    );
    await includeRows(view, schema, plan, rows, nodes, options);
    return rows;
  };
  const rows = (
    isTransaction(sql) ? await read(sql) : await sql.begin(options.lock ? VIEW : `${VIEW} read only`, read)
  ) as Row[];
  const result = finish(rows);
  for (const name of hidden) for (const row of rows) delete row[name];
  return result;
}

// A mistake in a nested include is found before the first statement is sent.
function checkIncludes(schema: AnySchema, parent: RelationPlan, nodes: readonly IncludeNode[]): void {
  for (const node of nodes) {
    includeSql(schema, parent, node, []);
    checkIncludes(schema, node.plan, node.children);
  }
}

const VIEW = "isolation level repeatable read";
