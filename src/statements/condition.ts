import { ArgumentError } from "../errors.ts";
import { compileFragment } from "./compile-fragment.ts";
import { type Operator, operatorName } from "./filter-types.ts";
import type { ConditionContext } from "./filter-value.ts";
import { isFragment } from "./fragment.ts";
import { operatorCondition } from "./operator-condition.ts";
import { relationCondition } from "./relation-condition.ts";
import { type ColumnPlan, planColumn } from "./relation-plan.ts";
import { scopeCondition } from "./scope.ts";

/** ` WHERE ...` of the filter and the scope together, or nothing. */
export function whereClause(context: ConditionContext, where: unknown): string {
  const conditions = [
    condition(context, where),
    scopeCondition(context.schema, context.plan, context.binder, context.prefix),
  ];
  const text = conditions.filter(part => part !== "").join(" AND ");
  return text === "" ? "" : ` WHERE ${text}`;
}

/** A filter as SQL that can stand beside AND; empty when it has no condition. */
export function condition(context: ConditionContext, where: unknown): string {
  if (where === undefined) return "";
  if (isFragment(where)) return `(${compileFragment(context.schema, context.binder, where)})`;
  const name = operatorName(where);
  const { operands } = (where ?? {}) as Operator;
  if (name === "and" || name === "or")
    return combination(
      name,
      operands.map(operand => condition(context, required(context, operand))),
    );
  if (name === "not") return negation(condition(context, required(context, operands[0])));
  if (name === "some" || name === "none" || name === "every")
    return relationCondition(context, name, operands, condition);
  if (name !== undefined)
    throw new ArgumentError(
      `${context.plan.relation.key}: ${name}(...) needs a column: { column: ${name}(...) }`,
    );
  return columnConditions(context, where);
}

function required({ plan }: ConditionContext, operand: unknown): unknown {
  if (operand === undefined) throw new ArgumentError(`${plan.relation.key}: undefined inside and, or, not`);
  return operand;
}

function columnConditions(context: ConditionContext, where: unknown): string {
  const { schema, plan } = context;
  if (typeof where !== "object" || where === null || Array.isArray(where)) {
    throw new ArgumentError(
      `${plan.relation.key}: where takes an object of column → value, and/or/not or expr, received ${typeof where}`,
    );
  }
  return Object.entries(where)
    .map(([name, value]) => columnCondition(context, planColumn(schema, plan, name), value))
    .filter(text => text !== "")
    .join(" AND ");
}

function columnCondition(context: ConditionContext, column: ColumnPlan, value: unknown): string {
  const name = operatorName(value);
  const { operands } = (value ?? {}) as Operator;
  if (name === "and" || name === "or") {
    return combination(
      name,
      operands.map(operand => {
        if (operatorName(operand) === undefined)
          throw new ArgumentError(`${column.label}: ${name} takes operators here`);
        return columnCondition(context, column, operand);
      }),
    );
  }
  if (name === "not") return negation(columnCondition(context, column, operands[0]));
  return operatorCondition(context, column, name ?? "eq", name === undefined ? [value] : operands);
}

function combination(name: "and" | "or", conditions: readonly string[]): string {
  const parts = conditions.map(text => (text === "" ? "true" : text));
  if (parts.length === 0) return name === "and" ? "true" : "false";
  return `(${parts.join(name === "and" ? " AND " : " OR ")})`;
}

function negation(text: string): string {
  return `NOT (${text === "" ? "true" : text})`;
}
