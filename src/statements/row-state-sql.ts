import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import type { GetOptions } from "./get-sql.ts";
import { lockClause } from "./lock.ts";
import { keyClause } from "./primary-key.ts";
import { relationPlan, selectColumns, unusedName } from "./relation-plan.ts";
import { namesShape, type RowStatement, shapeOf, statementOf } from "./statement.ts";

/** The statement of a row and its stored state. */
export interface RowStateStatement {
  readonly statement: RowStatement;
  /** The result column with the state. */
  readonly state: string;
}

/**
 * The statement that reads a row together with a hash of all columns that the role may read, whichever are selected. The
 * hash changes when the stored row changes.
 */
export function rowStateSql(
  schema: AnySchema,
  table: string,
  key: unknown,
  options: GetOptions = {},
): RowStateStatement {
  const plan = relationPlan(schema, table);
  const state = unusedName(plan, "state");
  const clauses = [keyClause(plan, key), lockClause(plan.relation.key, options)];
  const kind = shapeOf("state", namesShape(options.select));
  const statement = statementOf<RowStatement>(schema, plan.relation, kind, clauses, (where, lock) => {
    const { text, output } = selectColumns(plan, options.select);
    const hash = `md5(ROW(${plan.all.stored})::text) AS "${state}"`;
    return {
      text: `SELECT ${text === "" ? "" : `${text}, `}${hash} FROM ${plan.name} WHERE ${where}${lock}`,
      output: [...output, { name: state, label: state, codec: codecFor(schema, "text", -1) }],
    };
  });
  return { statement, state };
}
