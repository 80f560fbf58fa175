import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnOperatorName } from "./column-operators.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type CombinationName, isCombination, type Operator, operatorName } from "./filter.ts";
import { isFragment } from "./fragment.ts";
import { type LinkOptions, linkOf } from "./relation-link.ts";
import { planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";

/** True or false for every row; undefined if it depends on the row. */
type Constant = boolean | undefined;

/**
 * Whether a valid filter is true or false for every row because of its form and because columns hold no NULL. The filter is
 * compiled as it is: this only decides whether a write needs `all: true`.
 */
export function constantFilter(schema: AnySchema, plan: RelationPlan, where: unknown): Constant {
  if (where === undefined) return true;
  if (isFragment(where)) return undefined;
  const name = operatorName(where);
  if (name === undefined)
    return every(Object.entries(where as object), ([column, value]) =>
      constantCondition(planColumn(plan, column), value),
    );
  const { operands } = where as Operator;
  const inner = (operand: unknown): Constant => constantFilter(schema, plan, operand);
  if (name === "some" || name === "none" || name === "every")
    return constantRelation(schema, plan, name, operands);
  return isCombination(name) ? combined(name, operands, inner) : undefined;
}

function constantRelation(
  schema: AnySchema,
  plan: RelationPlan,
  name: "some" | "none" | "every",
  [relation, where, options]: readonly unknown[],
): Constant {
  const link = linkOf(schema, plan.relation, relation as string, (options ?? {}) as LinkOptions);
  const found = constantFilter(schema, relationPlan(schema, link.table), where);
  if (name === "every") return found === true ? true : undefined;
  return found === false ? name === "none" : undefined;
}

function combined(
  name: CombinationName,
  operands: readonly unknown[],
  constantOf: (operand: unknown) => Constant,
): Constant {
  if (name === "not") return negated(constantOf(operands[0]));
  if (name === "and") return every(operands, constantOf);
  return negated(every(operands, operand => negated(constantOf(operand))));
}

function negated(constant: Constant): Constant {
  return constant === undefined ? undefined : !constant;
}

function every<Part>(parts: readonly Part[], constantOf: (part: Part) => Constant): Constant {
  let result: Constant = true;
  for (const part of parts) {
    const constant = constantOf(part);
    if (constant === false) return false;
    if (constant === undefined) result = undefined;
  }
  return result;
}

function constantCondition(column: ColumnPlan, value: unknown): Constant {
  const name = operatorName(value);
  if (name === undefined) return constantOperator(column, "eq", [value]);
  const { operands } = value as Operator;
  return isCombination(name)
    ? combined(name, operands, operand => constantCondition(column, operand))
    : constantOperator(column, name, operands);
}

function constantOperator(
  { column, filterCodec }: ColumnPlan,
  name: ColumnOperatorName,
  [operand]: readonly unknown[],
): Constant {
  if (name === "oneOf" || name === "noneOf")
    return (operand as readonly unknown[]).length === 0 ? name === "noneOf" : undefined;
  if (column.nullOnRead !== "never") return undefined;
  switch (name) {
    case "eq":
      return operand === null ? false : undefined;
    case "ne":
    case "distinctFrom":
      return operand === null ? true : undefined;
    case "isNull":
      return operand === false;
    case "notNull":
      return true;
    case "contains":
      return isEmpty(operand) && filterCodec.castType !== "jsonb" ? true : undefined;
    default:
      return undefined;
  }
}

// Every array contains an empty one, and every range an empty range.
function isEmpty(operand: unknown): boolean {
  return operand === "empty" || (Array.isArray(operand) && operand.length === 0);
}
