import type { AnySchema } from "../schema/snapshot.ts";
import { type ColumnOperatorName, columnOperator } from "../statements/column-operators.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { Codec } from "../types/codec.ts";
import type { JsonSchema } from "../types/json-forms.ts";
import { codecJsonSchema, nullableSchema } from "../types/json-schema.ts";

/** The limits of a filter. */
export interface FilterRules {
  readonly schema: AnySchema;
  readonly table: string;
  readonly columns: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
  readonly maxDepth: number;
  readonly maxList: number;
}

/** The JSON Schema of a filter. The filters inside `and`, `or` and `not` are only described as objects. */
export function filterJsonSchema(rules: FilterRules): JsonSchema {
  const { schema, table, columns, maxList } = rules;
  const filters = { type: "array", items: { type: "object" }, maxItems: maxList };
  const plans = [...relationPlan(schema, table).columns.values()].filter(({ column }) =>
    columns.has(column.name),
  );
  const entries = plans.map(plan => [plan.column.name, columnSchema(rules, plan)] as const);
  const combinations = { and: filters, or: filters, not: { type: "object" } };
  return {
    type: "object",
    properties: { ...combinations, ...Object.fromEntries(entries) },
    additionalProperties: false,
  };
}

function columnSchema({ operators, maxList }: FilterRules, { filterCodec: codec }: ColumnPlan): JsonSchema {
  const entries = [...operators].flatMap(name => {
    const operand = operandSchema(codec, name as ColumnOperatorName, maxList);
    return operand === undefined ? [] : [[name, operand] as const];
  });
  const properties = Object.fromEntries(entries);
  const filter = { type: "object", properties, additionalProperties: false, minProperties: 1 };
  const value = codec.equals === null ? [] : [codecJsonSchema(codec, "input")];
  return { anyOf: [...value, { type: "null" }, filter] };
}

// Undefined if the operator does not apply to the type.
function operandSchema(codec: Codec, name: ColumnOperatorName, maxList: number): JsonSchema | undefined {
  const value = codecJsonSchema(codec, "input");
  const { shape } = codec;
  switch (columnOperator(name).operand) {
    case "value":
      return value;
    case "value or null":
      return codec.equals === null ? { type: "null" } : nullableSchema(value);
    case "pair":
      return { type: "array", items: value, minItems: 2, maxItems: 2 };
    case "list":
      return codec.equals === null
        ? undefined
        : { type: "array", items: nullableSchema(value), maxItems: maxList };
    case "string":
      return shape.kind === "scalar" && shape.family === "text" ? { type: "string" } : undefined;
    case "key":
      return codec.castType === "jsonb" ? { type: "string" } : undefined;
    case "content":
      return contentSchema(codec, name);
    case "flag":
      return { type: "boolean" };
    case "none":
      return undefined;
  }
}

function contentSchema(codec: Codec, name: ColumnOperatorName): JsonSchema | undefined {
  const { shape, castType } = codec;
  const value = codecJsonSchema(codec, "input");
  if (shape.kind === "array") return value;
  if (castType === "jsonb") return name === "overlaps" ? undefined : value;
  const range = shape.kind === "multirange" ? shape.range : codec;
  if (range.shape.kind !== "range") return undefined;
  const parts = [codecJsonSchema(range, "input"), ...(shape.kind === "multirange" ? [value] : [])];
  return { anyOf: name === "contains" ? [...parts, codecJsonSchema(range.shape.subtype, "input")] : parts };
}
