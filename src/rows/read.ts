import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type Include, includeNodes, linkColumns } from "../statements/include.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { includeRows } from "./include-rows.ts";
import { type RunOptions, runRows } from "./run.ts";

/** Options of the functions that read rows of one table. */
export interface ReadOptions extends RunOptions {
  readonly select?: readonly string[] | undefined;
  readonly include?: Include;
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
  const nodes = includeNodes(schema, table, options.include);
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
    const present = rows.filter(row => row !== undefined);
    await includeRows(view, schema, relationPlan(schema, table), present, nodes, options);
    for (const name of hidden) for (const row of present) delete row[name];
    return rows;
  };
  const rows = isTransaction(sql) ? await read(sql) : await sql.begin(VIEW, read);
  return finish(rows as Row[]);
}

const VIEW = "isolation level repeatable read read only";
