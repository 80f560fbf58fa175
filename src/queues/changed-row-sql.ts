import type { AnySchema } from "../schema/snapshot.ts";
import { whereClause } from "../statements/condition.ts";
import type { Where } from "../statements/filter.ts";
import {
  type ColumnPlan,
  type RelationPlan,
  relationPlan,
  requireKey,
  selectColumns,
} from "../statements/relation-plan.ts";
import { newBinder, type RowStatement } from "../statements/statement.ts";

/** Reads a key that stands in a notification as JSON, with every digit. */
export function notifiedKeySql(schema: AnySchema, table: string, json: string): RowStatement {
  const plan = relationPlan(schema, table);
  const key = requireKey(plan);
  const { text, output } = selectColumns(
    schema,
    plan,
    key.map(({ column }) => column.name),
  );
  return { text: `SELECT ${text} FROM ${recordOf(plan, key)}`, params: [json], output };
}

/** Reads a row as it was before a change, when it is inside the scope and the filter lets it through. */
export function formerRowSql(
  schema: AnySchema,
  table: string,
  json: string,
  where: Where | undefined,
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = newBinder([json]);
  const { text, output } = selectColumns(schema, plan, undefined);
  const filter = whereClause({ schema, plan, binder, prefix: "" }, where);
  return {
    text: `SELECT ${text} FROM ${recordOf(plan, [...plan.columns.values()])}${filter}`,
    params: binder.params,
    output,
  };
}

function recordOf({ alias }: RelationPlan, columns: readonly ColumnPlan[]): string {
  const list = columns.map(({ column, quoted }) => `${quoted} ${column.type}`).join(", ");
  return `json_to_record($1::text::json) AS ${alias} (${list})`;
}
