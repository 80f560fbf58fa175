import { ArgumentError } from "../errors.ts";
import { condition } from "./condition.ts";
import type { Where } from "./filter-types.ts";
import type { ConditionContext } from "./filter-value.ts";
import { scopeCondition } from "./scope.ts";

/** Which rows a write touches. */
export interface WriteFilter<Row = Record<string, unknown>> {
  readonly where?: Where<Row>;
  /** Needed to touch every row (every row inside the scope): an empty filter alone is refused. */
  readonly all?: boolean;
}

/** ` WHERE ...` of a write; throws ArgumentError for a filter that lets everything through by accident. */
export function writeWhereClause(context: ConditionContext, { where, all }: WriteFilter<never>): string {
  const own = condition(context, where);
  if ((own === "" || own === "true") && all !== true) {
    throw new ArgumentError(
      `${context.plan.relation.key}: the filter is empty, which means every row; say so with all: true`,
    );
  }
  const scope = scopeCondition(context.schema, context.plan, context.binder, context.prefix);
  const text = [own, scope].filter(part => part !== "").join(" AND ");
  return text === "" ? "" : ` WHERE ${text}`;
}
